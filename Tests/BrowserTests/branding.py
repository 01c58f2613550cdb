"""An organisation's colour and logo: on every page of its people, readable in light and dark, and nobody else's."""
import os
import struct
import tempfile
import unittest
import zlib

from portal import PHONE, Browser, person


def picture(width, height):
    """A PNG of one colour, made here."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\0" + b"\xf0\x90\x20" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Branding(unittest.TestCase):
    def test_a_colour_and_a_logo_are_on_every_page_of_the_organisation(self):
        browser, other = Browser(), Browser()
        self.addCleanup(browser.quit)
        self.addCleanup(other.quit)
        browser.sign_in(person("administrator", "clinic"))
        browser.go("/people")
        browser.click("Look")
        browser.fill(colour="orange")
        browser.click("Save")
        self.assertIn("is no colour", browser.text)
        # One that is too pale for words on white.
        browser.fill(colour="#ffb020")
        browser.click("Save")
        self.assertIn("too pale", browser.text)
        with tempfile.TemporaryDirectory() as folder:
            for name, data in (("bad.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), ("logo.png", picture(120, 40))):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(data)
                browser.fill(logo=os.path.join(folder, name))
                browser.click("Use this logo")
                if name == "bad.png":
                    self.assertIn("no picture a browser may show", browser.text)
        self.assertEqual(browser.driver.execute_script("const i = document.querySelector('.logo-shown'); return [i.naturalWidth, i.naturalHeight]"), [120, 40])
        browser.look("look-desktop")
        accent = "return getComputedStyle(document.documentElement).getPropertyValue('--accent')"
        for path, name in (("/", "branded-home-desktop"), ("/tickets", None), ("/subjects", "branded-subjects-desktop")):
            browser.go(path)
            self.assertNotIn("#0a6470", browser.driver.execute_script(accent))
            browser.look(name)
        browser.dark()
        browser.go("/")
        browser.look("branded-home-dark")
        browser.size(PHONE)
        browser.look("branded-home-phone-dark")
        other.sign_in(person("administrator", "club"))
        self.assertIn("#0a6470", other.driver.execute_script(accent))
        self.assertEqual(other.all(".brand.own"), [])
        # As it was, for whoever walks here next.
        browser.size((1280, 900))
        browser.go("/organisation/look")
        browser.find("[name=colour]").clear()
        browser.click("Save")
        browser.driver.execute_script("window.confirm = () => true")
        browser.click("Take it away")
        self.assertEqual(browser.all(".brand.own"), [])
        self.assertEqual(browser.complaints, [])


if __name__ == "__main__":
    unittest.main()
