"""One box over everything: found from any page by its key, by people who see all, their own, or every customer's."""
import json
import ssl
import time
import unittest
import urllib.request

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from portal import DESKTOP, PHONE, URL, Browser, person

SCRIPT = "<script> document.title = 'stolen' </script> <img src=x onerror=\"document.title = 'stolen'\">"


class Searching(unittest.TestCase):
    def browser(self, who, **how):
        browser = Browser(**how)
        self.addCleanup(browser.quit)
        browser.sign_in(who)
        return browser

    def clean(self, b):
        self.assertEqual(b.complaints, [])

    def search(self, b, words):
        box = b.find("#seek")
        box.clear()
        box.send_keys(words)
        b.act(lambda: box.send_keys(Keys.ENTER))

    def test_a_person_finds_by_the_key_and_goes_on_to_the_thing(self):
        b = self.browser(person("administrator", "clinic"))
        b.go("/tickets/new")
        b.fill(title=f"Spirometer {SCRIPT}", body=f"The spirometer in room 4 is silent. {SCRIPT} Please send somebody.")
        b.click("Send", css="main form button")
        number = b.path.split("/")[-1].split("?")[0]
        b.go("/")
        b.find("body").send_keys("/")
        self.assertEqual(b.driver.switch_to.active_element.get_attribute("id"), "seek")
        self.search(b, "room spirom")
        self.assertTrue(b.path.startswith("/search?q=room"), b.path)
        self.assertEqual([m.text for m in b.all("main mark")][:1], ["Spirometer"])
        self.assertIn("<script>", b.find("main").text)
        self.assertEqual(b.driver.title, "Search · Fitech")
        b.look()
        # The number alone leads there too; a slash inside a field is a sign like any other.
        box = b.find("#seek")
        box.clear()
        box.send_keys("a/b")
        self.assertEqual(box.get_attribute("value"), "a/b")
        self.search(b, "#" + number)
        self.assertEqual(len(b.all(".hits li")), 1)
        b.act(b.find(".hits a").click)
        self.assertEqual(b.path, "/tickets/" + number)
        b.go("/search?q=glucose")
        b.look("search-desktop")
        b.go("/search?q=%22never+written+down%22")
        self.assertIn("Nothing found", b.text)
        b.look()
        b.go("/search")
        self.assertIn("side by side", b.text)
        b.look()
        b.go("/search?q=-glucose")
        self.assertIn("at least one word", b.text)
        self.clean(b)

    def test_staff_find_notes_and_every_customer(self):
        b = self.browser(person("support", None), dark=True)
        self.search(b, "pounds")
        self.assertIn("Fitness", b.find("main").text)
        b.look("search-dark")
        self.clean(b)

    def test_on_the_smallest_screen_and_a_phone(self):
        for size, name in [((320, 640), None), (PHONE, "search-phone")]:
            b = self.browser(person("administrator", "clinic"), size=size)
            self.search(b, "glucose")
            self.assertTrue(b.all(".hits li"))
            b.look(name, whole=False)
            self.clean(b)

    def test_without_a_script(self):
        b = self.browser(person("operator", "clinic"), script=False)
        self.search(b, "glucose -pounds")
        self.assertTrue(b.all(".hits li"))
        self.assertEqual(b.find("#seek").get_attribute("value"), "glucose -pounds")


if __name__ == "__main__":
    unittest.main()
