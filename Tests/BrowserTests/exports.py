"""Exports of everything, as an administrator has them: asked for, followed, downloaded, opened, a link made, ended."""
import hashlib
import io
import json
import os
import sqlite3
import ssl
import tarfile
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from portal import PHONE, URL, Browser, person


def fetch(address, headers={}):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), context=context, timeout=60) as answer:
        return answer.status, answer.headers, answer.read()


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.who = person("administrator", "clinic")
        cls.browsers = []

    @classmethod
    def tearDownClass(cls):
        for browser in cls.browsers:
            browser.quit()

    def browser(self, **how):
        browser = Browser(**how)
        self.browsers.append(browser)
        browser.sign_in(self.who)
        return browser

    def complaints(self, browser):
        found, browser.complaints = browser.complaints, []
        self.assertEqual(found, [])

    def until_ready(self, b, reload):
        for _ in range(200):
            # The list is replaced while it is looked at: read in one step.
            if "Ready" in (b.driver.execute_script("return document.querySelector('#exports li')?.innerText") or ""):
                return
            time.sleep(0.1)
            if reload:
                b.go("/exports")
        self.fail(b.find("#exports").text)

    def test_1_an_export_is_asked_for_followed_downloaded_and_opened(self):
        b = self.browser()
        b.go("/exports")
        b.click("Make the export")
        self.assertIn("on its way", b.text)
        b.look("exports-asked")
        self.until_ready(b, reload=False)
        b.go("/exports")
        self.assertIn("SHA-256", b.text)
        b.look("exports")
        digest = b.find("code.digest").text
        cookies = "; ".join(f"{c['name']}={c['value']}" for c in b.driver.get_cookies())
        status, headers, whole = fetch(b.find("a[download]").get_attribute("href"), {"Cookie": cookies})
        self.assertEqual((status, hashlib.sha256(whole).hexdigest()), (200, digest))
        with tempfile.TemporaryDirectory() as directory, tarfile.open(fileobj=io.BytesIO(whole)) as archive:
            archive.extractall(directory, filter="data")
            inside = os.path.join(directory, os.listdir(directory)[0])
            with open(os.path.join(inside, "manifest.json")) as file:
                manifest = json.load(file)
            for file in manifest["files"]:
                with open(os.path.join(inside, file["path"]), "rb") as taken:
                    self.assertEqual(hashlib.sha256(taken.read()).hexdigest(), file["sha256"])
            database = sqlite3.connect(os.path.join(inside, "customer.db"))
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertGreater(database.execute("SELECT count(*) FROM subject").fetchone()[0], 400)
            self.assertEqual(database.execute("SELECT count(*) FROM session").fetchone()[0], 0)
            database.close()
        self.complaints(b)

    def test_2_a_link_downloads_without_signing_in_resumes_and_ends_with_the_export(self):
        b = self.browser()
        b.go("/exports")
        self.until_ready(b, reload=True)
        b.click("Make a link")
        b.look("exports-link")
        link = b.find(".once code").text
        status, headers, whole = fetch(link)
        self.assertEqual(status, 200)
        status, rest, part = fetch(link, {"Range": f"bytes={len(whole) // 2}-", "If-Range": headers["ETag"]})
        self.assertEqual((status, part), (206, whole[len(whole) // 2:]))
        b.go("/exports")
        self.assertNotIn(link, b.driver.page_source)
        b.driver.execute_script("window.confirm = () => true")
        b.click("Remove")
        self.assertIn("has ended", b.text)
        self.assertIn("Gone", b.find("#exports li").text)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            fetch(link)
        self.assertEqual(refused.exception.code, 404)
        self.complaints(b)

    def test_4_exports_come_by_themselves(self):
        b = self.browser()
        b.go("/exports")
        b.find("form[action='/exports/schedule']").find_element("xpath", "./ancestor::details/summary").click()
        b.fill(address="sftp://fitech@10.0.0.1")
        b.click("Save the schedule", css="main form button")
        self.assertIn("The server's key is missing", b.text)
        b.look("schedule-refused")
        b.fill(address="sftp://fitech@files.example.com/exports/", host_key="SHA256:" + "a" * 43)
        b.click("Save the schedule", css="main form button")
        self.assertIn("Every Monday, 02:00", b.text)
        self.assertIn("ecdsa-sha2-nistp256", b.find(".once code").text)
        b.look("schedule")
        b.size(PHONE)
        b.look("schedule-phone")
        b.driver.execute_script("window.confirm = () => true")
        b.click("End the schedule", css="main form button")
        self.assertIn("None is set.", b.text)
        self.complaints(b)

    def test_3_on_a_phone_without_script_and_in_the_dark(self):
        b = self.browser(size=(390, 2000), script=False)  # as tall as the page: without the script nothing scrolls a button into sight here
        b.go("/exports")
        b.click("Make the export")
        self.until_ready(b, reload=True)
        b.quit()
        self.browsers.remove(b)
        for name, how in [("exports-phone", {"size": PHONE}), ("exports-dark", {"dark": True}), ("exports-small", {"size": (320, 700)})]:
            b = self.browser(**how)
            b.go("/exports")
            b.look(name)
            b.go("/subjects")
            b.find("details.menu summary").click()
            b.look("list-menu-" + name.split("-")[1])
            self.complaints(b)


if __name__ == "__main__":
    unittest.main()
