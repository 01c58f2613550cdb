"""The same pages on a phone, in the dark, by keyboard alone and without a script."""
import unittest

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from portal import DESKTOP, PHONE, Browser, person

PAGES = ["/", "/subjects", "/subjects/new", "/imports/new", "/tickets", "/tickets/new", "/reports", "/people", "/account"]


class Looks(unittest.TestCase):
    def with_browser(self, body, **options):
        browser = Browser(**options)
        try:
            body(browser)
            self.assertEqual(browser.complaints, [])
        finally:
            browser.quit()

    def walk(self, b, suffix, named):
        for path in PAGES:
            b.go(path)
            name = path.strip("/").replace("/", "-") or "home"
            b.look(f"{name}-{suffix}" if path in named else None)
        # Whoever the journeys assessed several times, else anybody.
        b.go("/subjects?search=Edith")
        if not b.all("#subjects tbody a"):
            b.go("/subjects")
        first = b.all("#subjects tbody a")[0]
        # On the smallest screen it lies behind the tab bar until somebody scrolls.
        b.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", first)
        b.act(first.click)
        b.look(f"subject-{suffix}")
        b.click("New assessment")
        b.look(f"assessment-new-{suffix}")
        b.go("/tickets")
        if b.all("#tickets tbody a"):
            first = b.all("#tickets tbody a")[0]
            b.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", first)
            b.act(first.click)
            b.look(f"ticket-{suffix}", whole=False)

    def test_phone(self):
        def body(b):
            b.go("/sign-in")
            b.look("sign-in-phone")
            b.sign_in(person("administrator", "clinic"))
            self.walk(b, "phone", ["/", "/subjects", "/tickets", "/reports"])
        self.with_browser(body, size=PHONE)

    def test_narrowest(self):
        def body(b):
            b.sign_in(person("administrator", "clinic"))
            self.walk(b, "320", [])
        self.with_browser(body, size=(320, 640))

    def test_dark(self):
        def body(b):
            b.go("/sign-in")
            b.look("sign-in-dark")
            b.sign_in(person("administrator", "clinic"))
            self.walk(b, "dark", ["/", "/subjects", "/tickets", "/reports"])
            b.size(PHONE)
            b.go("/")
            b.look("home-dark-phone")
        self.with_browser(body, dark=True)

    def test_colours_are_chosen_without_the_device(self):
        def body(b):
            b.sign_in(person("operator", "clinic"))
            b.click("Dark", "button")
            self.assertEqual(b.find("html").get_attribute("data-theme"), "dark")
            b.look()
            b.click("Auto", "button")
            self.assertIsNone(b.find("html").get_attribute("data-theme"))
        self.with_browser(body)

    def test_keyboard_alone(self):
        who = person("administrator", "clinic")

        def body(b):
            def press(*keys):
                for key in keys:
                    b.driver.switch_to.active_element.send_keys(key)

            b.go("/sign-in")
            press(Keys.TAB)
            self.assertEqual(b.driver.switch_to.active_element.text, "Skip to content")
            self.assertGreaterEqual(b.driver.switch_to.active_element.rect["y"], 0)
            for _ in range(8):
                if b.driver.switch_to.active_element.get_attribute("name") == "email":
                    break
                press(Keys.TAB)
            press(who["email"], Keys.TAB, who["password"])
            b.act(lambda: press(Keys.ENTER))
            self.assertEqual(b.path, "/")
            # Every stop of the keyboard is visible and shows that it is there.
            for _ in range(25):
                press(Keys.TAB)
                element = b.driver.switch_to.active_element
                if element.tag_name == "body":
                    break
                outline = b.driver.execute_script("return getComputedStyle(arguments[0]).outlineStyle", element)
                self.assertNotEqual(outline, "none", element.get_attribute("outerHTML")[:100])
            b.picture("home-keyboard", whole=False)
        self.with_browser(body)

    def test_without_a_script(self):
        def body(b):
            b.sign_in(person("administrator", "clinic"))
            b.go("/subjects")
            b.fill(search="C0009")
            b.act(b.find("main form button").click)
            b.click("C0009", "a")
            b.click("New assessment")
            b.fill(value__weight="70", unit__weight="kg", value__height="175", unit__height="cm")
            b.click("Save assessment")
            self.assertIn("Healthy weight", b.text)
            b.go("/tickets/new")
            b.fill(title="Without a script", body="Works.")
            b.click("Send", "main button")
            self.assertIn("The ticket is open", b.text)
            b.click("Close ticket")
            self.assertIn("The ticket is closed", b.text)
            b.click("Dark", "button")
            self.assertEqual(b.find("html").get_attribute("data-theme"), "dark")
        self.with_browser(body, script=False)


if __name__ == "__main__":
    unittest.main()
