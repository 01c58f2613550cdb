"""Whole lists as other programs read them: Python's csv, openpyxl and json, of values that spreadsheets stumble over."""
import csv
import datetime
import io
import json
import os
import ssl
import time
import unittest
import urllib.request

import openpyxl

from portal import URL, person

AWKWARD = ["=HYPERLINK(\"http://evil\",\"x\")", "+44 1234", "-5", "@SUM(A1)", "a \"quoted\" name, with comma", "two\nlines",
           "👩‍⚕️ emoji", "שלום עולם", "'=apostrophe", "00123", "1e5", "<b>&amp;"]
MARK = "L" + str(int(time.time()))[-7:]


class Client:
    def __init__(self, who):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), urllib.request.HTTPCookieProcessor())
        self.ask("POST", "/api/v1/sign-in", {"email": who["email"], "password": who["password"]})

    def ask(self, method, path, body=None):
        request = urllib.request.Request(URL + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json", "Origin": URL})
        with self.opener.open(request, timeout=60) as answer:
            return answer.read()


class Lists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client(person("administrator", "clinic"))
        for number, name in enumerate(AWKWARD):
            subject = json.loads(cls.client.ask("POST", "/api/v1/subjects", {
                "reference": f"{MARK}-{number:02}", "name": name, "sex": "F", "born": "1984-05-02", "group": "=1+1"}))
            if number < 2:
                cls.client.ask("POST", f"/api/v1/subjects/{subject['id']}/assessments", {
                    "taken": "2026-03-29T00:30:00Z", "measures": [{"code": "weight", "value": 72.5}, {"code": "height", "value": 180}]})

    def test_csv_opens_in_python_with_every_value_and_no_formula(self):
        bytes_ = self.client.ask("GET", f"/lists/subjects?format=csv&search={MARK}")
        self.assertTrue(bytes_.startswith(b"\xef\xbb\xbf"))
        self.assertNotIn(b"\n", bytes_.replace(b"\r\n", b"").replace(b"two\nlines", b""))
        rows = list(csv.DictReader(io.StringIO(bytes_.decode("utf-8-sig"), newline="")))
        self.assertEqual(len(rows), len(AWKWARD))
        for row, name in zip(rows, AWKWARD):
            self.assertNotIn(row["name"][0], "=+-@")
            self.assertEqual(row["name"][1:] if row["name"] != name else row["name"], name)
            self.assertEqual(row["group"], "'=1+1")
            self.assertEqual(row["born"], "1984-05-02")
            datetime.datetime.fromisoformat(row["created"].replace("Z", "+00:00"))

    def test_a_workbook_opens_in_openpyxl_typed_frozen_and_without_formulas(self):
        book = openpyxl.load_workbook(io.BytesIO(self.client.ask("GET", f"/lists/subjects?format=xlsx&search={MARK}")))
        sheet = book.active
        self.assertEqual(sheet.freeze_panes, "A2")
        heads = [cell.value for cell in sheet[1]]
        self.assertEqual(heads, ["Id", "Reference", "Name", "Sex", "Born", "Group", "Created (UTC)", "Last assessed (UTC)"])
        self.assertTrue(all(cell.font.bold for cell in sheet[1]))
        for row, name in zip(sheet.iter_rows(min_row=2), AWKWARD):
            cells = dict(zip(heads, row))
            self.assertEqual((cells["Name"].value, cells["Name"].data_type), (name, "s"))
            self.assertEqual(cells["Group"].data_type, "s")
            self.assertEqual(cells["Born"].value, datetime.datetime(1984, 5, 2))
            self.assertIsInstance(cells["Created (UTC)"].value, datetime.datetime)
        assessments = openpyxl.load_workbook(io.BytesIO(self.client.ask("GET", "/lists/assessments?format=xlsx"))).active
        heads = [cell.value for cell in assessments[1]]
        ours = [dict(zip(heads, row)) for row in assessments.iter_rows(min_row=2, values_only=True) if str(row[1]).startswith(MARK)]
        weight = [row for row in ours if row["Measure code"] == "weight"]
        self.assertEqual([row["Measure value"] for row in weight], [72.5, 72.5])
        self.assertEqual(weight[0]["Taken (UTC)"], datetime.datetime(2026, 3, 29, 0, 30))

    def test_json_is_what_the_api_answers_page_by_page(self):
        whole = json.loads(self.client.ask("GET", "/lists/tickets?format=json"))
        pages, after = [], ""
        while after is not None:
            page = json.loads(self.client.ask("GET", "/api/v1/tickets?limit=2" + (f"&after={after}" if after else "")))
            pages += page["items"]
            after = page["next"]
        self.assertEqual(whole["items"], pages)
        self.assertIsNone(whole["next"])

    def test_every_list_comes_in_every_form(self):
        for name in ["subjects", "assessments", "tickets", "people", "imports"]:
            rows = list(csv.reader(io.StringIO(self.client.ask("GET", f"/lists/{name}?format=csv").decode("utf-8-sig"), newline="")))
            book = openpyxl.load_workbook(io.BytesIO(self.client.ask("GET", f"/lists/{name}?format=xlsx")), read_only=True)
            self.assertGreater(len(rows), 1, name)
            self.assertEqual(len(rows), sum(1 for _ in book.active.iter_rows()), name)
            self.assertTrue(json.loads(self.client.ask("GET", f"/lists/{name}?format=json"))["items"], name)


if __name__ == "__main__":
    unittest.main()
