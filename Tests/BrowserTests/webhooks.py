"""An administrator makes a webhook, keeps its secret, tries it, sees what became of it and removes it: a program of theirs listens on this machine."""
import base64
import hashlib
import hmac
import http.server
import threading
import time
import unittest

from portal import PHONE, Browser, person


class Receiver(http.server.BaseHTTPRequestHandler):
    calls = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.calls.append((self.headers, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Webhooks(unittest.TestCase):
    def test_a_webhook_from_its_making_to_its_end(self):
        server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        browser = Browser()
        self.addCleanup(browser.quit)
        browser.sign_in(person("administrator", "clinic"))
        browser.go("/people")
        browser.click("Webhooks")
        browser.look("webhooks-none-desktop")
        browser.click("New webhook")
        browser.fill(url="ftp://scales.example", note="Scales")
        browser.click("Make the webhook")
        self.assertIn("does not begin with https://", browser.text)
        browser.look("webhook-refused-desktop")
        browser.fill(url=f"http://127.0.0.1:{server.server_port}/fitech")
        browser.find("input[value='ticket.opened']").click()
        browser.find("input[value='assessment.saved']").click()
        browser.click("Make the webhook")
        secret = browser.find("#secret").text
        self.assertTrue(secret.startswith("whsec_"))
        browser.look("webhook-secret-desktop")
        browser.click("I have kept it")
        self.assertNotIn(secret, browser.driver.page_source)
        browser.click("Send a ping")
        for _ in range(300):
            browser.go(browser.path)
            if "Delivered" in browser.find("#deliveries").text:
                break
            time.sleep(0.1)
        self.assertIn("Delivered", browser.find("#deliveries").text)
        headers, body = Receiver.calls[-1]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        mine = base64.b64encode(hmac.new(base64.b64decode(secret[6:]), signed, hashlib.sha256).digest()).decode()
        self.assertEqual(headers["webhook-signature"], "v1," + mine)
        browser.look("webhook-desktop")
        browser.size(PHONE)
        browser.look("webhook-phone")
        browser.dark()
        browser.look("webhook-phone-dark")
        browser.go("/webhooks")
        browser.look("webhooks-phone-dark")
        browser.click("Scales")
        browser.driver.execute_script("window.confirm = () => true")
        browser.click("Remove")
        self.assertIn("The webhook is gone.", browser.text)
        self.assertEqual(browser.complaints, [])


if __name__ == "__main__":
    unittest.main()
