"""What happens while a page is looked at comes to it by itself: replies, who else is there, the queue; and no typed word is lost."""
import json
import ssl
import time
import unittest
import urllib.request

import portal
from portal import PHONE, URL, Browser, person

MARK = str(int(time.time()))[-6:]


class Program:
    """Somebody elsewhere, by the API."""

    def __init__(self, who):
        self.context = ssl.create_default_context()
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE
        self.cookie = ""
        _, headers = self.ask("POST", "/api/v1/sign-in", {"email": who["email"], "password": who["password"]})
        self.cookie = "; ".join(value.split(";")[0] for value in headers.get_all("Set-Cookie"))

    def ask(self, method, path, body=None):
        request = urllib.request.Request(URL + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json", "Origin": URL, "Cookie": self.cookie})
        with urllib.request.urlopen(request, context=self.context, timeout=60) as answer:
            return json.loads(answer.read() or b"null"), answer.headers


def until(question, what, seconds=30):
    for _ in range(seconds * 10):
        if question():
            return
        time.sleep(0.1)
    raise AssertionError(f"never came: {what}")


class Live(unittest.TestCase):
    def setUp(self):
        self.customer = Program(person("administrator", "clinic"))
        ticket, _ = self.customer.ask("POST", "/api/v1/tickets", {"title": f"The scales stand still {MARK}", "body": "It began today."})
        self.number = ticket["number"]
        self.browser = Browser()
        self.addCleanup(self.browser.quit)
        self.browser.sign_in(person("support", None))

    def test_a_reply_comes_to_the_page_while_an_answer_is_written(self):
        browser = self.browser
        browser.go(f"/tickets/{self.number}")
        browser.fill(body="I am writing an ans")
        browser.find("body").click()
        time.sleep(1.5)
        self.customer.ask("POST", f"/api/v1/tickets/{self.number}/replies", {"body": "It is worse now."})
        until(lambda: "It is worse now." in browser.find("#thread").text, "the reply")
        self.assertEqual(browser.find("textarea[name=body]").get_attribute("value"), "I am writing an ans")
        self.assertIn("wrote just now", browser.find(".news").text)
        self.assertEqual(len(browser.all(".message.fresh")), 1)
        browser.look("ticket-live-desktop")
        # What came in has been seen by now: the answer is taken.
        time.sleep(4.5)
        browser.click("Send")
        self.assertIn("Sent.", browser.text)
        self.assertEqual(browser.complaints, [])

    def test_who_else_of_staff_is_there_is_shown_and_forgotten(self):
        browser, other = self.browser, Browser()
        self.addCleanup(other.quit)
        browser.go(f"/tickets/{self.number}")
        other.sign_in(person("operations", None))
        other.go(f"/tickets/{self.number}")
        until(lambda: "looking at this ticket, too" in browser.find("#presence").text, "who looks")
        other.fill(body="Let me")
        until(lambda: "writing on this ticket too" in browser.find("#presence").text, "who writes")
        browser.look("ticket-presence-desktop")
        other.find("textarea[name=body]").clear()
        other.find("textarea[name=body]").send_keys(" ")
        other.go("/tickets")
        until(lambda: "looking" not in browser.find("#presence").text, "that they have gone")
        self.assertEqual(browser.complaints, [])

    def test_the_queue_shows_what_is_opened_meanwhile(self):
        browser = self.browser
        browser.size(PHONE)
        browser.go("/tickets?order=newest")
        time.sleep(1.5)
        self.customer.ask("POST", "/api/v1/tickets", {"title": f"Just now {MARK}", "body": "Look."})
        until(lambda: f"Just now {MARK}" in browser.find("#tickets").text, "the new ticket")
        self.assertEqual(browser.complaints, [])


if __name__ == "__main__":
    unittest.main()
