"""Announcements: support writes and publishes one, a customer meets it on every page, reads and acknowledges it, support sees that."""
import time
import unittest
from datetime import datetime, timedelta

from selenium.webdriver.common.by import By

from portal import Browser, person

MARK = str(int(time.time()))[-6:]
TITLE = f"Release {MARK}: faster reports"


class Announcements(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.staff, cls.clinic = Browser(), Browser()
        cls.staff.sign_in(person("support", None))
        cls.clinic.sign_in(person("administrator", "clinic"))

    @classmethod
    def tearDownClass(cls):
        cls.staff.quit()
        cls.clinic.quit()

    def complaints(self, *browsers):
        for browser in browsers:
            found, browser.complaints = browser.complaints, []
            self.assertEqual(found, [])

    def moment(self, name, days, hour=2):
        day = (datetime.now() + timedelta(days=days)).strftime("%Y-%m-%d")
        element = self.staff.find(f"[name={name}]")
        self.staff.driver.execute_script("arguments[0].value = arguments[1]", element, f"{day}T{hour:02}:00")

    def strip(self, browser):
        return [e.text for e in browser.all(".tellings .told")]

    def test_01_an_upgrade_on_short_notice_is_refused_with_everything_still_there(self):
        s = self.staff
        s.go("/announcements")
        s.look("announcements-staff")
        s.click("Write one")
        s.fill(kind="upgrade", title=TITLE, body="Reports of a whole year come in a second.\n\nSee https://example.org/reports for what is new.\n\n<b>Nothing</b> to do for you.")
        self.moment("starts", 3)
        self.moment("ends", 3, 4)
        s.look("announcement-new")
        s.click("Publish now")
        self.assertIn("14 days ahead", s.text)
        self.assertEqual(s.find("[name=title]").get_attribute("value"), TITLE)
        self.complaints(s)

    def test_02_it_is_published_and_meets_the_customer_on_every_page(self):
        s, c = self.staff, self.clinic
        self.moment("starts", 22)
        self.moment("ends", 22, 4)
        s.click("Publish now")
        self.assertIn("Published: its audience", s.text)
        s.look("announcement-published")
        for path in ["/", "/tickets", "/subjects", "/account"]:
            c.go(path)
            self.assertTrue(any(TITLE in one for one in self.strip(c)), path)
        c.go("/tickets?state=open")
        c.look("announcement-strip")
        self.complaints(s, c)

    def test_03_the_customer_reads_it_and_says_so(self):
        c = self.clinic
        c.act(lambda: c.find(".tellings").find_element(By.PARTIAL_LINK_TEXT, TITLE).click())
        self.assertIn("Upgrades are part of the service", c.text)
        self.assertIn("<b>Nothing</b> to do", c.text)
        self.assertEqual(c.find(".text a").get_attribute("href"), "https://example.org/reports")
        self.assertFalse(any(TITLE in one for one in self.strip(c)))
        c.look("announcement-customer", whole=False)
        c.click("I have read this")
        self.assertIn("It is kept that you have read it", c.text)
        self.assertIn("Acknowledged", c.text)
        c.go("/")
        self.assertFalse(any(TITLE in one for one in self.strip(c)))
        c.look()
        self.complaints(c)

    def test_04_support_sees_how_far_it_has_come_and_whose_mail_went_out(self):
        s = self.staff
        for _ in range(60):
            s.go(s.path.split("?")[0])
            if any(e.get_attribute("aria-label").startswith("Mails taken by the relay") and not e.get_attribute("aria-label").startswith("Mails taken by the relay: 0 of") for e in s.all(".reach svg")) or "failed" in s.text:
                break
            time.sleep(0.5)
        labels = [e.get_attribute("aria-label") for e in s.all(".reach svg")]
        # How many people the clinic has depends on what was done with them before.
        self.assertTrue(any(label.startswith("Acknowledged: 1 of ") for label in labels), labels)
        s.look("announcement-reach", whole=False)
        s.click("Riverside Clinic")
        self.assertIn("ruth@clinic.example", s.text)
        s.look("announcement-people")
        self.complaints(s)

    def test_05_moved_it_is_read_anew_by_who_had_acknowledged_it(self):
        s, c = self.staff, self.clinic
        self.moment("starts", 30)
        self.moment("ends", 30, 3)
        s.fill(note="The release needs another week of tests.")
        s.click("Move to this time")
        self.assertIn("is told again", s.text)
        c.go("/tickets")
        self.assertTrue(any(TITLE in one and "Moved" in one for one in self.strip(c)), self.strip(c))
        c.go("/announcements")
        c.look("announcements")
        c.click(TITLE)
        self.assertIn("The release needs another week of tests.", c.text)
        self.complaints(s, c)

    def test_06_without_script_in_the_dark_and_on_the_smallest_phone(self):
        b = Browser((320, 700), dark=True, script=False)
        try:
            b.sign_in(person("administrator", "club"))
            self.assertTrue(any(TITLE in one for one in self.strip(b)))
            b.picture("announcement-strip-phone", whole=False)
            b.act(lambda: b.find(".tellings form button").click())
            self.assertEqual(b.path, "/")
        finally:
            b.quit()
        b = Browser((320, 700), dark=True)
        try:
            b.sign_in(person("operator", "clinic"))
            b.go("/announcements")
            b.look("announcements-phone")
            b.click(TITLE)
            b.look("announcement-phone")
            self.assertEqual(b.complaints, [])
        finally:
            b.quit()

    def test_07_cancelled_it_says_so_and_why(self):
        s, c = self.staff, self.clinic
        s.fill(note="It comes with the next one.")
        s.driver.execute_script("window.confirm = () => true")
        s.click("Cancel the work")
        c.go("/")
        self.assertTrue(any(TITLE in one and "Cancelled" in one for one in self.strip(c)), self.strip(c))
        c.act(lambda: c.find(".tellings").find_element(By.PARTIAL_LINK_TEXT, TITLE).click())
        self.assertIn("It comes with the next one.", c.text)
        c.look()
        self.complaints(c)


if __name__ == "__main__":
    unittest.main()
