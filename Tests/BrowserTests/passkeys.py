"""Passkeys by Chromium's own virtual authenticator: one is added, signs in without a name, stands in for the code and the password, and is removed."""
import time
import unittest

import portal
from people import next_code
from portal import PHONE, URL, person


class Browser(portal.Browser):
    """With a device that is built in, knows its person and keeps passkeys."""

    PATIENCE, MAY_STAY = 30, False

    def __init__(self, device=True, **options):
        super().__init__(**options)
        if device:
            self.driver.execute_cdp_cmd("WebAuthn.enable", {"enableUI": False})
            self.device = self.driver.execute_cdp_cmd("WebAuthn.addVirtualAuthenticator", {"options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}})["authenticatorId"]

    @property
    def passkeys(self):
        return self.driver.execute_cdp_cmd("WebAuthn.getCredentials", {"authenticatorId": self.device})["credentials"]

    def knows_its_person(self, yes):
        self.driver.execute_cdp_cmd("WebAuthn.setUserVerified", {"authenticatorId": self.device, "isUserVerified": yes})

    def said(self):
        """What the script says below the button, once it says something that stays."""
        for _ in range(200):
            words = self.find("form[data-passkey] [role=status]").text
            if words and "asks you now" not in words:
                return words
            time.sleep(0.05)
        raise AssertionError(f"nothing was said on {self.path}")

    def press(self, words):
        self.driver.execute_script("window.confirm = () => true")
        self.click(words, "main button")


class Passkeys(unittest.TestCase):
    who = person("super-operator", "clinic") if any(p["role"] == "super-operator" and p["customer"] == "clinic" for p in portal.people()) else person("operator", "clinic")

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.used = set()

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()

    def complaints(self, *browsers):
        for browser in browsers:
            found, browser.complaints = browser.complaints, []
            self.assertEqual(found, [])

    def sign_out(self, b):
        b.go("/account")
        b.press("Sign out here")
        self.assertEqual(b.path, "/signed-out")

    def test_1_one_is_added_on_the_page_of_the_account(self):
        b = self.browser
        self.assertTrue(URL.startswith("https://localhost:"), "an address of numbers can have no passkeys")
        b.sign_in(self.who)
        b.go("/account")
        self.assertIn("No passkeys", b.text)
        b.click("Add a passkey", "main a")
        self.assertEqual(b.path, "/account/passkeys/new")
        self.assertNotIn("This takes a browser", b.text)
        b.look("passkey-new")
        b.fill(name="Work laptop")
        b.press("Make the passkey")
        self.assertEqual(b.path, "/account")
        self.assertIn("The passkey is there", b.text)
        self.assertIn("Work laptop", b.find("#passkeys").text)
        self.assertIn("Never used", b.find("#passkeys").text)
        made = b.passkeys
        self.assertEqual([(p["rpId"], p["isResidentCredential"]) for p in made], [("localhost", True)])
        b.look("account-passkeys")
        # The device says itself that it has one already.
        b.go("/account/passkeys/new")
        b.find("form[data-passkey] button").click()
        self.assertIn("has a passkey of yours already", b.said())
        b.look()
        self.complaints(b)

    def test_2_it_signs_in_without_a_name(self):
        b = self.browser
        self.sign_out(b)
        b.go("/sign-in?next=/account")
        b.look("sign-in-passkey")
        b.press("Sign in with a passkey")
        self.assertEqual(b.path, "/account")
        self.assertIn("Last used", b.find("#passkeys").text)
        self.complaints(b)

    def test_3_a_device_that_does_not_know_its_person_signs_nobody_in(self):
        b = self.browser
        self.sign_out(b)
        b.knows_its_person(False)
        b.go("/sign-in")
        b.find("form[data-passkey] button").click()
        self.assertIn("cancelled or took too long", b.said())
        self.assertEqual(b.path, "/sign-in")
        b.look("sign-in-passkey-cancelled")
        b.knows_its_person(True)
        b.press("Sign in with a passkey")
        self.assertEqual(b.path, "/")
        self.complaints(b)

    def test_4_after_the_password_it_stands_in_for_the_code(self):
        b = self.browser
        b.go("/account/two-step")
        b.press("Set it up")
        secret = b.find("#secret").text.replace(" ", "")
        b.fill(code=next_code(secret, self.used))
        b.press("Turn it on")
        self.sign_out(b)
        b.go("/sign-in?next=/account")
        b.fill(email=self.who["email"], password=self.who["password"])
        b.act(b.find("main form button").click)
        self.assertEqual(b.path, "/sign-in/code?next=%2Faccount")
        b.look("sign-in-code-passkey")
        b.press("Use a passkey instead")
        self.assertEqual(b.path, "/account")
        # Alone it is both steps.
        self.sign_out(b)
        b.go("/sign-in")
        b.press("Sign in with a passkey")
        self.assertEqual(b.path, "/")
        self.complaints(b)

    def test_5_it_proves_once_more_who_one_is(self):
        b = self.browser
        b.go("/account/confirm?next=/account")
        b.look("confirm-passkey")
        b.press("Use a passkey instead")
        self.assertEqual(b.path, "/account")
        self.assertIn("Thank you", b.text)
        self.complaints(b)

    def test_6_on_a_phone_in_the_dark_and_without_the_script(self):
        b = self.browser
        b.size(PHONE)
        b.dark()
        for path, name in [("/account", "account-passkeys-phone-dark"), ("/account/passkeys/new", "passkey-new-phone-dark")]:
            b.go(path)
            b.look(name)
        b.go("/account")
        b.click("Change", "#passkeys a")
        b.look("passkey-phone-dark")
        b.dark(False)
        b.look("passkey-phone")
        b.size((320, 640))
        for path in ["/account", "/account/passkeys/new", "/account/confirm"]:
            b.go(path)
            b.look()
        b.size(portal.DESKTOP)
        plain = Browser(device=False, script=False)
        try:
            plain.go("/sign-in")
            self.assertNotIn("passkey", plain.text)
            plain.look("sign-in-no-script")
        finally:
            plain.quit()
        at = Browser(size=PHONE, dark=True)
        try:
            at.go("/sign-in")
            at.look("sign-in-passkey-phone-dark")
            # A device without one of ours.
            at.find("form[data-passkey] button").click()
            self.assertIn("no passkey on this device", at.said())
            self.complaints(at)
        finally:
            at.quit()
        self.complaints(b)

    def test_7_it_is_renamed_and_removed_and_opens_nothing_then(self):
        b = self.browser
        b.go("/account")
        b.click("Change", "#passkeys a")
        b.fill(name="Old laptop")
        b.press("Save")
        self.assertIn("Old laptop", b.find("#passkeys").text)
        b.click("Change", "#passkeys a")
        b.look("passkey")
        b.press("Remove it")
        self.assertIn("The passkey is removed", b.text)
        self.assertIn("No passkeys", b.text)
        b.press("Turn it off")
        self.assertIn("Two-step sign-in is off", b.text)
        self.sign_out(b)
        # The device still has it.
        self.assertEqual(len(b.passkeys), 1)
        b.go("/sign-in")
        b.press("Sign in with a passkey")
        self.assertIn("This passkey opens no account here", b.text)
        b.look("sign-in-passkey-refused")
        self.complaints(b)

    def test_8_at_an_address_of_numbers_the_account_says_why_there_are_none(self):
        b = Browser(device=False)
        try:
            url = URL.replace("localhost", "127.0.0.1")
            b.driver.get(url + "/sign-in")
            self.assertNotIn("passkey", b.text)
            b.fill(email=self.who["email"], password=self.who["password"])
            b.act(b.find("main form button").click)
            b.driver.get(url + "/account")
            self.assertIn("Browsers allow no passkeys at an address like 127.0.0.1.", b.text)
            b.look("account-passkeys-not")
            self.complaints(b)
        finally:
            b.quit()


if __name__ == "__main__":
    unittest.main()
