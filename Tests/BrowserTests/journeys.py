"""What people come for: assessing, importing, asking support, answering, looking at the status. In this order."""
import os
import struct
import tempfile
import time
import unittest
import zlib

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from portal import PHONE, Browser, person

MARK = str(int(time.time()))[-6:]


class Journeys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clinic = Browser()
        cls.staff = Browser()

    @classmethod
    def tearDownClass(cls):
        cls.clinic.quit()
        cls.staff.quit()

    def complaints(self, *browsers):
        for browser in browsers:
            found, browser.complaints = browser.complaints, []
            self.assertEqual(found, [])

    def test_01_wrong_password_is_told_and_the_right_one_leads_home(self):
        b, who = self.clinic, person("administrator", "clinic")
        b.go("/tickets")
        self.assertTrue(b.path.startswith("/sign-in?next="), b.path)
        b.look("sign-in")
        b.fill(email=who["email"], password="wrong wrong wrong")
        b.act(b.find("main form button").click)
        self.assertIn("/sign-in", b.path)
        self.assertTrue(b.all("#problems"), b.text)
        self.assertEqual(b.find("[name=email]").get_attribute("value"), who["email"])
        b.look("sign-in-refused")
        b.fill(password=who["password"])
        b.act(b.find("main form button").click)
        self.assertEqual(b.path, "/tickets")
        b.go("/")
        self.assertIn("Subjects", b.text)
        b.look("home-desktop")
        self.complaints(b)

    def test_02_a_subject_is_found_and_shows_where_things_stand(self):
        b = self.clinic
        b.go("/subjects")
        b.look("subjects")
        b.fill(search="C0007")
        b.act(lambda: b.find("[name=search]").send_keys(Keys.ENTER))
        self.assertEqual(len(b.all("#subjects tbody tr")), 1)
        b.click("C0007")
        self.assertIn("Where things stand", b.text)
        self.assertIn("BMI", b.text)
        b.look("subject-imported")
        self.complaints(b)

    def test_03_an_assessment_is_entered_classified_and_joins_the_trend(self):
        b = self.clinic
        b.click("New assessment")
        b.fill(value__weight="198", unit__weight="lb", unit__height="cm", value__height="175", unit__waist="cm", value__waist="98", value__systolic="134", value__diastolic="92",
               value__total_cholesterol="215", unit__total_cholesterol="mg/dL", value__hdl="1.1")
        self.assertIn("BMI will be 29.3", b.find("output.preview").text)
        b.look("assessment-new")
        b.click("Save assessment")
        self.assertIn("saved and classified", b.text)
        for words in ["Overweight", "Stage 1 range", "NICE", "calculated"]:
            self.assertIn(words, b.text)
        b.look("assessment")
        b.click("BMI")
        self.assertTrue(b.all("svg.chart .line"))
        self.assertGreaterEqual(len(b.all("svg.chart .dot")), 2)
        self.complaints(b)

    def test_04_what_is_wrong_in_an_assessment_is_named_and_nothing_typed_is_lost(self):
        b = self.clinic
        b.go("/subjects?search=C0007")
        b.click("C0007", "a")
        b.click("New assessment")
        b.fill(value__weight="eighty", value__height="17500", value__waist="90")
        b.click("Save assessment")
        self.assertIn("is not a number", b.text)
        self.assertEqual(b.find("[name='value.waist']").get_attribute("value"), "90")
        self.assertEqual(len(b.all("[aria-invalid=true]")), 2)
        b.look("assessment-refused")
        self.complaints(b)

    def test_05_a_subject_is_added_and_edited(self):
        b = self.clinic
        b.go("/subjects/new")
        b.look("subject-new")
        b.fill(reference=f"B{MARK}", name="Edith <Browser>", sex="F", born="1984-05-02", group="Ward 7")
        b.click("Add subject", "button")
        self.assertIn("Edith <Browser>", b.text)
        self.assertIn("Not assessed yet", b.text)
        b.look("subject-empty")
        b.click("Edit", "a")
        b.fill(name="Edith Browser")
        b.click("Save", "button")
        self.assertIn("The subject is saved", b.text)
        b.go("/subjects/new")
        b.fill(reference=f"B{MARK}")
        b.click("Add subject", "button")
        self.assertTrue(b.all("#problems"), b.text)
        self.complaints(b)

    def test_05_several_assessments_make_a_course(self):
        b = self.clinic
        for taken, weight, waist, systolic, diastolic in [("2025-11-10", "84", "96", "148", "92"), ("2026-02-16", "81.5", "93", "142", "90"), ("2026-05-25", "78", "89", "137", "88"), ("2026-09-07", "74.5", "85", "131", "84")]:
            b.go(f"/subjects?search=B{MARK}")
            b.click("Edith", "#subjects a")
            b.click("New assessment")
            b.fill(taken=taken, unit__weight="kg", value__weight=weight, unit__height="cm", value__height="168", unit__waist="cm", value__waist=waist, value__systolic=systolic, value__diastolic=diastolic)
            b.click("Save assessment")
            self.assertIn("saved and classified", b.text)
        b.click("Edith", "main a")
        self.assertTrue(b.all("svg.spark"))
        self.assertIn("Overweight", b.text)
        b.look("subject-desktop")
        b.click("BMI", "#content a")
        self.assertIn("4 values from 29.8 to 26.4", b.text)
        b.look("trend")
        self.complaints(b)

    def test_06_an_import_skips_or_refuses_and_reports_line_by_line(self):
        b = self.clinic
        with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
            file.write(f"reference,sex,born,weight_kg,height_cm,mood\nI{MARK}a,F,1990-01-02,61,168,7\nI{MARK}b,M,1990-13-02,80,180,5\nI{MARK}c,M,1971-03-04,8000,180,6\n")
        for choice, words in [("refuse", "Nothing was taken in"), ("skip", "1 line taken in")]:
            b.go("/imports/new")
            if choice == "refuse":
                b.look("import")
            b.fill(file=file.name)
            b.find(f"input[value={choice}]").find_element(By.XPATH, "..").click()
            b.click("Import", "main button")
            self.assertIn(words, b.text)
            self.assertIn("Line 3", b.text)
            self.assertIn("Line 4", b.text)
            b.look(f"import-{choice}")
        os.unlink(file.name)
        b.go(f"/subjects?search=I{MARK}a")
        self.assertEqual(len(b.all("#subjects tbody tr")), 1)
        self.complaints(b)

    def test_07_a_ticket_is_opened_answered_by_staff_and_closed(self):
        b, s = self.clinic, self.staff
        b.go("/tickets/new")
        b.look("ticket-new")
        b.fill(title=f"Scale off by a pound {MARK}", body="Since Monday the scale shows\none pound more. <b>Why?</b>", priority="high")
        b.click("Send", "main button")
        self.assertIn("The ticket is open", b.text)
        where = b.path
        b.go("/tickets")
        self.assertIn(f"Scale off by a pound {MARK}", b.text)
        b.look("tickets")

        s.sign_in(person("support", None))
        s.look("staff-home")
        s.go("/tickets?state=open")
        s.look("staff-queue")
        self.assertIn("Clinic", s.text)
        s.click(f"Scale off by a pound {MARK}")
        self.assertIn("<b>Why?</b>", s.text)
        s.fill(body="Please put it on a hard floor and set it to zero.")
        s.click("Send", "main button")
        s.look("staff-ticket")

        b.go(where)
        self.assertIn("set it to zero", b.text)
        self.assertIn("Answered", b.text)
        b.look("ticket")
        b.fill(body="That was it, thank you.")
        b.click("Send and close")
        self.assertIn("The ticket is closed", b.text)
        b.click("Reopen ticket")
        self.assertIn("open again", b.text)
        self.complaints(b, s)

    def test_07b_tickets_are_assigned_noted_on_held_merged_and_taken_apart_again(self):
        b, s = self.clinic, self.staff
        numbers = []
        for title in [f"Report is empty {MARK}", f"Report still empty {MARK}"]:
            b.go("/tickets/new")
            self.assertIn("+44 20 7946 0018", b.text)
            b.fill(title=title, body="Since this morning.")
            b.click("Send", "main button")
            numbers.append(b.path.rsplit("/", 1)[1])
        first, second = numbers

        s.go("/tickets")
        self.assertIn("What has to be done next", s.text)
        s.go(f"/tickets/{first}")
        s.fill(body="The customer has no restore point yet.")
        s.click("Keep as internal note")
        self.assertIn("only staff see it", s.text)
        s.fill(assignee=person("support", None)["email"], priority="urgent", state="on-hold", reason="The first restore point", tags="report vip")
        s.click("Save", "form[action$='/change'] button")
        self.assertIn("The ticket is changed", s.text)
        s.look("staff-desk")
        s.go("/tickets?assignee=me")
        self.assertIn(f"Report is empty {MARK}", s.text)

        b.go(f"/tickets/{first}")
        self.assertIn("The first restore point", b.text)
        self.assertNotIn("no restore point yet", b.text)
        self.assertNotIn("vip", b.text)

        s.go(f"/tickets/{second}")
        s.find("main details summary").click()
        s.fill(into=first)
        s.driver.execute_script("window.confirm = () => true")
        s.click("Merge", "form[action$='/merge'] button")
        self.assertEqual(s.path, f"/tickets/{first}")
        self.assertIn("both numbers lead here", s.text)
        s.look("staff-merged")
        b.go(f"/tickets/{second}")
        self.assertEqual(b.path, f"/tickets/{first}")
        self.assertIn(f"from #{second}", b.text)
        s.click("Undo merge")
        self.assertIn("its own conversation again", s.text)
        b.go(f"/tickets/{second}")
        self.assertEqual(b.path, f"/tickets/{second}")
        self.complaints(b, s)

    def test_07c_who_answers_while_another_does_is_told_and_loses_nothing(self):
        b, s = self.clinic, self.staff
        b.go("/tickets/new")
        b.fill(title=f"Two at once {MARK}", body="Hello?")
        b.click("Send", "main button")
        where = b.path
        s.go(where)
        b.fill(body="One more thing.")
        b.click("Send", "main button")
        s.fill(body="Here I am.")
        s.click("Send", "main button")
        self.assertIn("wrote on this ticket while you did", s.text)
        self.assertIn("One more thing.", s.text)
        self.assertEqual(s.find("textarea[name=body]").get_attribute("value"), "Here I am.")
        s.click("Send", "main button")
        self.assertIn("Sent.", s.text)
        self.complaints(b, s)

    def test_07d_files_travel_with_messages_and_never_run(self):
        b, s = self.clinic, self.staff
        folder = tempfile.mkdtemp()
        # A red picture, and a page that would run if it were shown.
        def part(kind, content):
            return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        rows = zlib.compress((b"\0" + b"\xc0\x20\x20" * 96) * 64)
        png = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", 96, 64, 8, 2, 0, 0, 0)) + part(b"IDAT", rows) + part(b"IEND", b"")
        for name, content in [("pixel.html", png), ("evil.png", b"<script>document.title='run'</script>")]:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        b.go("/tickets/new")
        b.fill(title=f"With files {MARK}", body="See both.", file=os.path.join(folder, "pixel.html") + "\n" + os.path.join(folder, "evil.png"))
        b.click("Send", "main button")
        self.assertIn("pixel.html", b.text)
        b.look("ticket-files")
        links = [a.get_attribute("href") for a in b.all(".files a[download]")]
        self.assertEqual(len(links), 2)
        told = [b.driver.execute_async_script("""
            const done = arguments[1]; fetch(arguments[0]).then(async a => done([a.status, a.headers.get('content-type'), a.headers.get('content-disposition'),
            a.headers.get('x-content-type-options'), a.headers.get('content-security-policy'), (await a.arrayBuffer()).byteLength]))""", link + "?show=1") for link in links]
        self.assertEqual([t[:2] for t in told], [[200, "image/png"], [200, "text/plain; charset=utf-8"]])
        self.assertTrue(told[0][2].startswith("inline") and told[1][2].startswith("attachment"), told)
        self.assertEqual([t[3] for t in told], ["nosniff", "nosniff"])
        self.assertTrue(all("sandbox" in t[4] for t in told))
        self.assertEqual(told[0][5], len(png))
        # Signed in as another customer the link leads nowhere.
        club = Browser()
        club.sign_in(person("administrator", "club"))
        club.driver.get(links[0])
        self.assertIn("404", club.driver.title + club.text)
        club.quit()
        s.go(b.path)
        self.assertIn("evil.png", s.text)
        self.complaints(b, s)

    def test_08_staff_see_the_texts_and_customers_do_not(self):
        self.staff.go("/outbox")
        self.staff.look("outbox")
        self.assertIn("Outbox", self.staff.text)
        self.clinic.go("/outbox")
        self.assertIn("Not allowed", self.clinic.text)
        self.staff.go("/subjects")
        self.assertIn("Not allowed", self.staff.text)
        self.complaints(self.clinic, self.staff)

    def test_09_the_corporate_report_is_drawn_and_comes_as_a_file(self):
        b = self.clinic
        b.go("/reports")
        self.assertIn("Corporate report", b.text)
        b.look("report-desktop", whole=False)
        if "Download CSV" in b.text:
            status, text = b.driver.execute_async_script(
                "const done = arguments[0]; fetch('/reports/corporate.csv').then(async r => done([r.status, await r.text()]))")
            self.assertEqual(status, 200)
            self.assertTrue(text.startswith("group,measure,"), text[:100])
        self.complaints(b)

    def test_10_people_account_and_units(self):
        b = self.clinic
        b.go("/people")
        self.assertIn("tomas@clinic.example", b.text)
        b.look("people")
        b.go("/account")
        b.look("account")
        b.find("input[value=imperial]").find_element(By.XPATH, "..").click()
        b.click("Save", "main button")
        b.go("/subjects?search=C0007")
        b.click("C0007", "a")
        self.assertIn("lb", b.text)
        b.go("/account")
        b.find("input[value=metric]").find_element(By.XPATH, "..").click()
        b.click("Save", "main button")
        self.complaints(b)

    def test_11_the_status_is_there_for_anybody(self):
        b = Browser()
        try:
            b.go("/status")
            b.look("status-desktop")
            b.size(PHONE)
            b.look("status-phone")
            self.complaints(b)
        finally:
            b.quit()

    def test_12_a_wrong_address_helps(self):
        b = self.clinic
        b.go("/nowhere/at/all")
        self.assertIn("There is nothing here", b.text)
        b.look("error-404")
        b.go("/subjects/zzzzzzzzzzzzzzzz")
        self.assertIn("There is nothing here", b.text)
        self.complaints(b)

    def test_13_a_forgotten_password_answers_the_same_for_everybody(self):
        answers = []
        for email in ["nobody@nowhere.example", person("operator", "clinic")["email"]]:
            b = Browser()
            try:
                b.go("/forgotten-password")
                b.fill(email=email)
                b.act(b.find("main form button").click)
                b.look("forgotten-password")
                answers.append(b.find("main").text)
                self.complaints(b)
            finally:
                b.quit()
        self.assertEqual(answers[0], answers[1])
        self.assertIn("Look into your mail", answers[0])

    def test_14_signing_out_ends_it(self):
        b = self.clinic
        b.go("/")
        b.click("Sign out")
        self.assertIn("You are signed out", b.text)
        b.look("signed-out")
        b.go("/subjects")
        self.assertIn("/sign-in", b.path)
        self.complaints(b)


if __name__ == "__main__":
    unittest.main()
