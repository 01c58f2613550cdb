"""The staff console as support uses it: canned replies, saved views, several tickets at once, watching, a customer's page, keys; with the script and without, on a phone, in the dark."""
import time
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from portal import PHONE, Browser, person

MARK = "S" + str(int(time.time()))[-6:]


class Staff(unittest.TestCase):
    maxDiff = None

    def browser(self, who, **how):
        browser = Browser(**how)
        self.addCleanup(browser.quit)
        browser.sign_in(who)
        return browser

    def ticket(self, title, customer="clinic"):
        """A new ticket of a customer's; answers its number."""
        b = self.browser(person("administrator", customer))
        b.go("/tickets/new")
        b.fill(title=title, body="It does not work.")
        b.click("Send", css="main form button")
        return int(b.path.rsplit("/", 1)[1])

    def test_canned_reply(self):
        number, staff = self.ticket(f"Scales {MARK}"), self.browser(person("support", None))
        staff.go("/canned-replies/new")
        staff.fill(title=f"Greeting {MARK}", category="General", body="Dear {{who}},")
        staff.click("Save", css="main form button")
        self.assertIn("Nothing is known for {{who}}", staff.text)
        self.assertIn("{{customer}}", staff.text)
        staff.look("canned-refused")
        staff.fill(body="Dear {{name}} of {{customer}},\n\nabout #{{number}}: we look at it. {{me}}")
        staff.click("Save", css="main form button")
        self.assertIn(f"Greeting {MARK}", staff.text)
        staff.look("canned-desktop")
        staff.click(f"Greeting {MARK}", css="a")
        self.assertIn("Dear Ruth Example of Example Clinic", staff.text)
        staff.look("canned-form")
        # With the script: in place, behind what stands there.
        staff.go(f"/tickets/{number}")
        area = staff.find("#f-body")
        area.send_keys("Typed first.")
        self.choose(staff, f"Greeting {MARK}")
        staff.find("button[data-canned]").click()
        for _ in range(100):
            if "Dear" in area.get_attribute("value"):
                break
            time.sleep(0.05)
        value = area.get_attribute("value")
        self.assertTrue(value.startswith("Typed first.\n\nDear "), value)
        self.assertIn(f"about #{number}: we look at it.", value)
        self.assertNotIn("{{", value)
        staff.look("canned-inserted")
        staff.click("Send", css="main form button")
        self.assertIn(f"about #{number}: we look at it.", staff.find(".thread").text)
        self.assertEqual(staff.complaints, [])

    def choose(self, b, title):
        Select(b.find("#f-canned")).select_by_visible_text(title)

    def test_canned_reply_without_script(self):
        number, staff = self.ticket(f"Plain {MARK}"), self.browser(person("support", None), script=False)
        staff.go("/canned-replies/new")
        staff.fill(title=f"Plain greeting {MARK}", body="Dear {{name}}, about #{{number}}.")
        staff.click("Save", css="main form button")
        staff.go(f"/tickets/{number}")
        staff.find("#f-body").send_keys("Typed first.")
        self.choose(staff, f"Plain greeting {MARK}")
        staff.act(staff.find("button[data-canned]").click)
        value = staff.find("#f-body").get_attribute("value")
        self.assertTrue(value.startswith("Typed first.\n\nDear "), value)
        self.assertIn(f"about #{number}.", value)
        self.assertNotIn(f"about #{number}.", staff.find(".thread").text)
        staff.click("Send", css="main form button")
        self.assertIn(f"about #{number}.", staff.find(".thread").text)

    def test_views(self):
        mine, other = self.ticket(f"Urgent {MARK}"), self.ticket(f"Calm {MARK}", "club")
        staff = self.browser(person("support", None))
        staff.go("/tickets")
        staff.find("details.narrow summary").click()
        staff.fill(customer="clinic")
        self.choose_in(staff, "assignee", "none")
        staff.look("queue-filter")
        staff.click("Show", css="main form button")
        self.assertIn(f"#{mine} ", staff.text)
        self.assertNotIn(f"#{other} ", staff.text)
        staff.click("Keep as a view", css="main form button")
        staff.fill(name=f"Clinic, nobody's {MARK}")
        self.assertEqual(staff.find("[name=customer]").get_attribute("value"), "clinic")
        staff.look("view-form")
        staff.find("[name=shared]").click()
        staff.click("Save", css="main form button")
        self.assertIn("/tickets?view=", staff.path)
        current = staff.find("nav.views [aria-current]")
        self.assertEqual(current.text, f"Clinic, nobody's {MARK}")
        self.assertIn(f"#{mine} ", staff.text)
        self.assertNotIn(f"#{other} ", staff.text)
        staff.look("queue-view")
        staff.go("/ticket-views")
        staff.look("views-desktop")
        staff.size(PHONE)
        staff.look("views-phone")
        row = next(r for r in staff.all("tbody tr") if MARK in r.text)
        staff.driver.execute_script("window.confirm = () => true; arguments[0].scrollIntoView({block: 'center'})", row)
        staff.act(row.find_element(By.CSS_SELECTOR, "form button").click)
        self.assertNotIn(f"nobody's {MARK}", staff.text)
        self.assertEqual(staff.complaints, [])

    def choose_in(self, b, name, value):
        Select(b.find(f"details.narrow [name={name}]")).select_by_value(value)

    def test_several_tickets(self):
        first, second = self.ticket(f"Bulk one {MARK}"), self.ticket(f"Bulk two {MARK}", "club")
        staff = self.browser(person("support", None))
        staff.go(f"/tickets?search={MARK}&order=newest")
        staff.look()
        for number in [first, second]:
            staff.find(f"input[name=ticket][value='{number}']").click()
        self.assertIn("(2)", staff.find("details.bulk summary").text)
        staff.fill(to_priority="high", to_add_tags=f"bulk-{MARK.lower()}")
        staff.fill(to_state="on-hold")
        staff.look("bulk-chosen")
        staff.act(staff.find("#bulk .button").click)
        self.assertIn("What they wait for is missing", staff.text)
        staff.look("bulk-refused")
        staff.fill(to_reason="A part that is ordered.")
        staff.click("Change them", css="main form button")
        self.assertIn("2 tickets are changed", staff.text)
        staff.look("bulk-result")
        # One that is closed cannot wait: the other goes on, and both are told of.
        staff.go(f"/tickets/{first}")
        staff.fill(state="closed")
        staff.click("Save", css="main form[action$='/change'] button")
        self.assertIn("The ticket is changed.", staff.text)
        staff.go(f"/tickets?search={MARK}&order=newest")
        staff.find(".pickall input").click()
        staff.fill(to_state="on-hold", to_reason="Another part.")
        staff.act(staff.find("#bulk .button").click)
        self.assertIn("A ticket that is closed cannot become on-hold", staff.text)
        self.assertIn(f"#{first} ", staff.text)
        staff.look("bulk-partly")
        staff.click("Back to the queue", css="main a")
        self.assertIn(f"search={MARK}", staff.path)
        self.assertEqual(staff.complaints, [])

    def test_several_tickets_without_script(self):
        number = self.ticket(f"Plain bulk {MARK}")
        staff = self.browser(person("support", None), script=False)
        staff.go(f"/tickets?search={MARK}&order=newest")
        staff.find(f"input[name=ticket][value='{number}']").click()
        staff.find("details.bulk summary").click()
        staff.fill(to_assignee="me")
        staff.act(staff.find("#bulk .button").click)
        self.assertIn("1 ticket is changed", staff.text)

    def test_watching(self):
        number, staff = self.ticket(f"Watched {MARK}"), self.browser(person("support", None))
        staff.go(f"/tickets/{number}")
        staff.click("Watch this ticket", css="main form button")
        self.assertIn("Watched by you.", staff.text)
        staff.look("watching")
        staff.click("Watch it no longer", css="main form button")
        self.assertIn("Nobody watches this ticket.", staff.text)
        customer = self.browser(person("administrator", "clinic"))
        customer.go(f"/tickets/{number}")
        self.assertNotIn("atch", customer.find("main").text.replace(f"Watched {MARK}", ""))
        self.assertEqual(staff.complaints, [])

    def test_customers(self):
        number, staff = self.ticket(f"Seen from the customer {MARK}"), self.browser(person("support", None))
        staff.go("/")
        staff.click("Customers", css="a")
        self.assertIn("clinic", staff.text)
        staff.look("customers-desktop")
        staff.go(f"/tickets/{number}")
        staff.act(staff.find(".facts a[href='/customers/clinic']").click)
        self.assertEqual(staff.path, "/customers/clinic")
        for words in ["Active tickets", "Support plan", "Last restore point", "Administrator"]:
            self.assertIn(words, staff.text)
        # The walk made one before it began.
        self.assertNotIn("Not known here at the moment", staff.text)
        staff.look("customer-desktop")
        staff.size(PHONE)
        staff.look("customer-phone")
        staff.dark()
        staff.go("/customers/clinic")
        staff.look("customer-dark")
        customer = self.browser(person("administrator", "clinic"))
        customer.go("/customers/club")
        self.assertNotIn("Support plan", customer.text)
        self.assertEqual(staff.complaints, [])

    def press(self, b, keys, leads=False):
        press = ActionChains(b.driver).send_keys(keys).perform
        b.act(press) if leads else press()

    def test_keys(self):
        numbers = [self.ticket(f"Keys {index} {MARK}") for index in range(3)]
        staff = self.browser(person("support", None))
        staff.go(f"/tickets?search=Keys&order=newest")
        self.press(staff, "jj")
        focused = lambda: staff.driver.execute_script("return document.activeElement.getAttribute('href') || document.activeElement.id")
        self.assertEqual(focused(), f"/tickets/{numbers[1]}")
        self.press(staff, "x")
        self.assertTrue(staff.find(f"input[name=ticket][value='{numbers[1]}']").is_selected())
        staff.look("keys-queue", whole=False)
        self.press(staff, "k")
        self.assertEqual(focused(), f"/tickets/{numbers[2]}")
        self.press(staff, "a", leads=True)
        self.assertIn("The ticket is yours.", staff.text)
        self.assertIn("search=Keys", staff.path)
        self.press(staff, "?")
        self.assertIn("The next ticket", staff.find("dialog.keys").text)
        staff.look("keys-help", whole=False)
        self.press(staff, Keys.ESCAPE)
        # Where people type, a letter is a letter.
        staff.find("#f-search").send_keys("jo?")
        self.assertEqual(staff.find("#f-search").get_attribute("value"), "Keysjo?")
        self.assertIn("/tickets?", staff.path)
        staff.go(f"/tickets?search=Keys&order=newest")
        self.press(staff, "j")
        self.press(staff, "o", leads=True)
        self.assertEqual(staff.path, f"/tickets/{numbers[2]}")
        self.press(staff, "n")
        self.assertEqual(focused(), "f-body")
        self.press(staff, f"Among us {MARK} rna?")
        self.assertFalse(staff.find("form[data-answer] .button.primary").is_displayed())
        staff.look("keys-note", whole=False)
        staff.click("Keep as internal note", css="main form button")
        self.assertIn(f"Among us {MARK} rna?", staff.find(".message.internal").text)
        self.press(staff, "r")
        self.assertEqual(focused(), "f-body")
        self.assertTrue(staff.find("form[data-answer] .button.primary").is_displayed())
        # Turned off, they do nothing.
        staff.find(".foot .linklike").click()
        staff.find("dialog.keys input").click()
        staff.find("dialog.keys .button").click()
        staff.go(f"/tickets/{numbers[1]}")
        self.press(staff, "r")
        self.assertNotEqual(focused(), "f-body")
        staff.find(".foot .linklike").click()
        staff.find("dialog.keys input").click()
        self.assertEqual(staff.complaints, [])

    def test_recycle_bin(self):
        number, staff = self.ticket(f"Buy cheap watches {MARK}"), self.browser(person("support", None))
        customer = self.browser(person("administrator", "clinic"))
        staff.go(f"/tickets/{number}")
        staff.find("form[action$='/delete']").find_element(By.XPATH, "./ancestor::details/summary").click()
        staff.look("delete-ticket")
        customer.go(f"/tickets/{number}")
        staff.fill(delete_reason="Spam, not from one of you.")
        staff.click("Delete ticket", css="main form[action$='/delete'] button")
        self.assertIn("The ticket is in the recycle bin.", staff.text)
        # Who had it open is told, and finds out why.
        for _ in range(100):
            if "This was deleted" in customer.text:
                break
            time.sleep(0.1)
        customer.click("Look again", css="a")
        self.assertIn("Spam, not from one of you.", customer.text)
        customer.go(f"/tickets/{number}")
        self.assertIn("Spam, not from one of you.", customer.text)
        self.assertIn("tell support before", customer.text)
        customer.look("ticket-deleted")
        staff.go("/canned-replies/new")
        staff.fill(title=f"Old greeting {MARK}", body="Dear {{name}},")
        staff.click("Save", css="main form button")
        staff.click(f"Old greeting {MARK}", css="a")
        staff.driver.execute_script("window.confirm = () => true")
        staff.click("Remove", css="main form button")
        self.assertIn("is in the recycle bin", staff.text)
        staff.go("/bin")
        self.assertIn(f"Buy cheap watches {MARK}", staff.text)
        self.assertIn(f"Old greeting {MARK}", staff.text)
        self.assertNotIn("Remove for good", staff.text)
        staff.look("bin-desktop")
        staff.size(PHONE)
        staff.look("bin-phone")
        row = next(r for r in staff.all("tbody tr") if "watches" in r.text)
        staff.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", row)
        staff.act(row.find_element(By.CSS_SELECTOR, "form button").click)
        self.assertEqual(staff.path, f"/tickets/{number}")
        self.assertIn("It is back, as it was.", staff.text)
        self.assertIn("It does not work.", staff.find(".thread").text)
        operations = self.browser(person("operations", None), dark=True)
        operations.go("/bin?only=canned-reply")
        self.assertNotIn("watches", operations.text)
        operations.look("bin-dark")
        row = next(r for r in operations.all("tbody tr") if MARK in r.text)
        operations.driver.execute_script("window.confirm = () => true")
        operations.act(row.find_elements(By.CSS_SELECTOR, "form button")[1].click)
        self.assertIn("gone for good", operations.text)
        self.assertNotIn(MARK, operations.text)
        self.assertEqual(staff.complaints + operations.complaints, [])

    def test_smallest_and_dark(self):
        for how in [{"size": (320, 640)}, {"dark": True}, {"size": PHONE}]:
            b = self.browser(person("support", None), **how)
            for path, name in [("/tickets", "queue"), ("/canned-replies", "canned"), ("/canned-replies/new", "canned-new"), ("/ticket-views/new", "view-new"), ("/customers", "customers"), ("/bin", "bin")]:
                b.go(path)
                b.look(f"staff-{name}-{'dark' if 'dark' in how else how['size'][0]}")
            self.assertEqual(b.complaints, [])


if __name__ == "__main__":
    unittest.main()
