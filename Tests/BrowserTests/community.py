"""A post from its draft to a moderated comment, as staff and a customer's person do it; the feed read by Python's XML parser."""
import ssl
import time
import unittest
import urllib.request
import xml.etree.ElementTree as xml

from selenium.webdriver.common.by import By

from portal import PHONE, URL, Browser, person

ATOM = "{http://www.w3.org/2005/Atom}"
SCRIPT = "<script>document.title='stolen'</script>"
MARK = "W" + str(int(time.time()))[-6:]


class Community(unittest.TestCase):
    def browser(self, who, **how):
        browser = Browser(**how)
        self.addCleanup(browser.quit)
        browser.sign_in(who)
        return browser

    def test_a_post_and_its_comment(self):
        staff, reader = self.browser(person("support", None)), self.browser(person("operator", "clinic"))
        staff.go("/community/new")
        staff.fill(title=f"Measuring waists {MARK}", tags="advice measures",
                   body=f"# How to\n\nMeasure **half way** between ribs and hips.\n\n- stand\n- breathe out\n\n{SCRIPT}\n\n![pixel](https://evil.example/p.png) [more](https://example.org)")
        staff.look()
        staff.click("Save", css="main form button")
        self.assertIn("This is a draft", staff.text)
        address = staff.path
        reader.go(address)
        self.assertIn("no such post", reader.text)
        staff.go(address + "/edit")
        staff.find("[name=publish][value=now]").click()
        staff.click("Save", css="main form button")
        reader.go("/community")
        self.assertIn(MARK, reader.text)
        reader.look("community-desktop")
        reader.go(address)
        self.assertEqual(reader.all("main img"), [])
        self.assertNotEqual(reader.driver.title, "stolen")
        self.assertEqual(reader.find(".rich a").get_attribute("rel"), "nofollow noopener noreferrer")
        reader.fill(alias=f"Blue Heron {MARK}", body=f"We do it standing. {SCRIPT}")
        reader.click("Send", css="main form button")
        self.assertIn("Waits for support", reader.text)
        reader.look("post-desktop")
        other = self.browser(person("administrator", "club"), size=PHONE)
        other.go(address)
        self.assertNotIn("We do it standing", other.text)
        staff.go("/community/moderation")
        self.assertIn("tomas@clinic.example", staff.text)
        staff.look("moderation-desktop")
        own = next(item for item in staff.all("main li.message") if MARK in item.text)
        staff.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", own)
        staff.act(own.find_element(By.CSS_SELECTOR, "[value=show]").click)
        other.go(address)
        self.assertIn("Blue Heron", other.text)
        self.assertNotIn("tomas", other.text.lower())
        self.assertNotIn("clinic", other.find("main").text.lower())
        other.look("post-phone")
        for b in [staff, reader, other]:
            self.assertEqual(b.complaints, [])

    def test_smallest_and_dark(self):
        for how in [{"size": (320, 640)}, {"dark": True}]:
            b = self.browser(person("administrator", "clinic"), **how)
            b.go("/community")
            b.look()
            first = b.find("article h2 a")
            # On the smallest screen it lies behind the tab bar until somebody scrolls.
            b.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", first)
            b.act(first.click)
            b.look("post-dark" if "dark" in how else None)
            self.assertEqual(b.complaints, [])

    def test_the_feed(self):
        b = self.browser(person("administrator", "clinic"))
        cookie = "; ".join(f"{c['name']}={c['value']}" for c in b.driver.get_cookies())
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with urllib.request.urlopen(urllib.request.Request(URL + "/community/feed.atom", headers={"Cookie": cookie}), context=context, timeout=30) as answer:
            feed = xml.fromstring(answer.read())
        self.assertEqual(feed.tag, ATOM + "feed")
        for name in ["id", "title", "updated"]:
            self.assertTrue(feed.findtext(ATOM + name))
        entries = feed.findall(ATOM + "entry")
        self.assertTrue(entries)
        for entry in entries:
            for name in ["id", "title", "updated"]:
                self.assertTrue(entry.findtext(ATOM + name))
            self.assertTrue(entry.findtext(f"{ATOM}author/{ATOM}name"))
        self.assertEqual(len({e.findtext(ATOM + "id") for e in entries}), len(entries))


if __name__ == "__main__":
    unittest.main()
