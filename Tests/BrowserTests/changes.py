"""A request for change from the customer's wish to its end: written, assessed, quoted, voted on, scheduled, carried out, reviewed, closed."""
import time
import unittest
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from portal import PHONE, URL, Browser, person

MARK = str(int(time.time()))[-6:]


class Changes(unittest.TestCase):
    def browser(self, who, **more):
        browser = Browser(**more)
        self.addCleanup(browser.quit)
        browser.sign_in(who)
        return browser

    def moment(self, browser, name, ahead):
        """Fills in a time on the clock the form names."""
        zone = ZoneInfo(browser.driver.execute_script("return document.documentElement.dataset.zone"))
        text = (datetime.now(timezone.utc) + timedelta(minutes=ahead)).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        browser.driver.execute_script("document.querySelector(`[name=${arguments[0]}]`).value = arguments[1]", name, text)

    def test_a_change_from_draft_to_closed(self):
        customer, support = self.browser(person("administrator", "clinic")), self.browser(person("support", None))
        customer.go("/changes/new")
        customer.fill(title=f"Blood pressure twice {MARK}", reason="One reading is not enough.")
        customer.click("Save as a draft")
        path = customer.path
        self.assertIn("Draft", customer.text)
        customer.click("Submit")
        self.assertIn("Submitted", customer.text)

        # Nothing is assessed before it says what may go wrong; what is missing is named.
        support.go(path)
        support.click("Assess")
        self.assertIn("Please correct this", support.text)
        support.look("change-refused-desktop")
        support.click("Write")
        support.fill(impact="moderate", likelihood="likely", plan="A second field beside the first.", back_out="The field is hidden again.", evidence="Tried on a copy of the clinic.")
        support.find("input[name=parts][value=pages]").click()
        support.click("Save")
        support.click("Assess")
        self.assertIn("Advisory board", support.text)
        support.fill(amount="1250.00")
        support.click("Offer")
        support.click("Approve")
        self.assertIn("vote", support.text)

        # A second of the board decides; the customer sees neither of them, only what came of it, and the price.
        operations = self.browser(person("operations", None))
        operations.go(path)
        operations.click("Approve")
        self.assertIn("Approved", operations.text)
        operations.look("change-approved-desktop")
        customer.go(path)
        self.assertIn("1,250.00", customer.text)
        self.assertNotIn("Advisory board", customer.text)
        customer.look("change-customer-desktop")
        customer.click("Accept")
        self.assertIn("Accepted", customer.text)

        support.go(path)
        self.moment(support, "starts", 0)
        self.moment(support, "ends", 120)
        support.click("Schedule")
        self.assertIn("Scheduled", support.text)
        support.go("/changes/calendar")
        self.assertIn(f"Blood pressure twice {MARK}", support.text)
        support.look("changes-calendar-desktop")
        support.go(path)
        for step, note in (("Carried out", "Done in ten minutes."), ("Reviewed", "Nothing went wrong."), ("Close", "Thank you.")):
            support.fill(note=note)
            support.click(step)
        self.assertIn("Closed", support.text)
        support.look("change-closed-desktop")
        support.size(PHONE)
        support.look("change-closed-phone")
        customer.dark()
        customer.go(path)
        self.assertIn("Nothing went wrong.", customer.text)
        customer.look("change-closed-dark")
        for browser in (customer, support, operations):
            self.assertEqual(browser.complaints, [])


if __name__ == "__main__":
    unittest.main()
