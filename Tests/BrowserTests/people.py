"""An organisation's own administration: invitations, suspension, sessions, API tokens, two-step sign-in by a computed code."""
import base64
import glob
import hashlib
import hmac
import json
import os
import re
import shutil
import sqlite3
import ssl
import struct
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from selenium.webdriver.common.by import By

import portal
from portal import PHONE, STATE, URL, person

MARK = str(int(time.time()))[-6:]
PASSWORD = "four plain words here"


class Browser(portal.Browser):
    """Everything pressed here leads to a page: waits for it as long as it takes, also on a busy machine that is hashing passwords."""

    PATIENCE, MAY_STAY = 30, False


def totp(secret, at=None):
    """The code an authenticator app shows (RFC 6238), computed here by itself."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int((at or time.time()) // 30)), hashlib.sha1).digest()
    return f"{(struct.unpack('>I', mac[mac[19] & 15:][:4])[0] & 0x7fffffff) % 1000000:06}"


def next_code(secret, used):
    """A code that was not used yet: waits for the next half minute if need be."""
    while True:
        for at in (time.time(), time.time() + 30):
            if totp(secret, at) not in used:
                used.add(totp(secret, at))
                return totp(secret, at)
        time.sleep(1)


def mailed_link(email):
    """The link of the newest mail to somebody, from the outbox that waits for a relay."""
    for _ in range(100):
        for file in glob.glob(os.path.join(STATE, "nodes", "management-1", "*.db")):
            # The node keeps its database to itself: a copy is read, and read again should it have been caught in the middle.
            with tempfile.TemporaryDirectory() as folder:
                for part in glob.glob(file + "*"):
                    shutil.copy(part, folder)
                try:
                    database = sqlite3.connect(os.path.join(folder, os.path.basename(file)))
                    row = database.execute("SELECT body FROM mails WHERE recipient = ? ORDER BY id DESC LIMIT 1", (email,)).fetchone()
                    if row and (found := re.search(r"https://\S+/invitation\?token=\S+", row[0])):
                        return found.group(0)
                except sqlite3.DatabaseError:
                    pass
        time.sleep(0.1)
    raise AssertionError(f"no mail to {email}")


def call(method, path, token, body=None):
    """What a program of the customer's does, like curl: a bearer token and JSON."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    request = urllib.request.Request(URL + "/api/v1" + path, method=method, headers={"Authorization": f"Bearer {token}"}, data=body and json.dumps(body).encode())
    if body:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


class People(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.admin = Browser()
        cls.admin.sign_in(person("administrator", "clinic"))
        cls.admin.driver.execute_script("window.confirm = () => true")
        cls.email = f"nora{MARK}@clinic.example"
        cls.used = set()

    @classmethod
    def tearDownClass(cls):
        cls.admin.quit()

    def complaints(self, *browsers):
        for browser in browsers:
            found, browser.complaints = browser.complaints, []
            self.assertEqual(found, [])

    def press(self, b, words):
        b.driver.execute_script("window.confirm = () => true")
        b.click(words, "main button")

    def sign_in(self, b, password=PASSWORD):
        b.go("/sign-in")
        b.fill(email=self.email, password=password)
        b.act(b.find("main form button").click)

    def test_1_an_invitation_is_sent_sent_again_and_accepted_once(self):
        b = self.admin
        b.go("/people")
        b.fill(name="Nora Newcomer", email=self.email, role="operator")
        self.press(b, "Send invitation")
        self.assertIn("on its way", b.text)
        first = mailed_link(self.email)
        b.go("/people?state=invited&search=nora" + MARK)
        self.assertEqual(len(b.all("#people tbody tr")), 1)
        b.click("Nora Newcomer")
        b.look("member-invited")
        self.press(b, "Send it again")
        for _ in range(100):
            second = mailed_link(self.email)
            if second != first:
                break
            time.sleep(0.1)
        n = Browser()
        try:
            n.driver.get(first)
            self.assertIn("does not work any more", n.text)
            n.driver.get(second)
            self.assertIn("Welcome, Nora Newcomer", n.text)
            n.look("invitation")
            n.fill(password=PASSWORD, again=PASSWORD)
            n.act(n.find("main form button").click)
            self.assertIn("The password is set", n.text)
            self.sign_in(n)
            self.assertEqual(n.path, "/")
            n.driver.get(second)
            self.assertIn("does not work any more", n.text)
            self.complaints(n)
        finally:
            n.quit()
        self.complaints(b)

    def test_2_a_role_is_changed_and_the_last_administrator_stays(self):
        b = self.admin
        b.go("/people?search=nora" + MARK)
        b.click("Nora Newcomer")
        b.fill(role="super-operator")
        self.press(b, "Save")
        self.assertIn("Saved", b.text)
        self.assertIn("Super operator", b.text)
        b.look("member")
        b.go("/people?search=" + person("administrator", "clinic")["email"])
        b.act(b.all("#people tbody a")[0].click)
        b.fill(role="operator")
        self.press(b, "Save")
        self.assertIn("last administrator who can sign in", b.text)
        b.go("/people")
        b.look("people")
        self.complaints(b)

    def test_3_sessions_are_seen_apart_and_ended(self):
        one, two = Browser(), Browser(size=PHONE)
        try:
            self.sign_in(one)
            self.sign_in(two)
            one.go("/account")
            self.assertIn("This device", one.text)
            self.assertIn("Chrome on Linux", one.text)
            # Besides these two there is the one in which the invitation was accepted.
            self.assertEqual(len(one.all("#sessions li")), 3)
            one.look("account")
            self.press(one, "Sign out everywhere else")
            self.assertIn("Every other device is signed out", one.text)
            self.assertEqual(len(one.all("#sessions li")), 1)
            two.go("/tickets")
            self.assertIn("/sign-in", two.path)
            self.complaints(one, two)
        finally:
            one.quit()
            two.quit()

    def test_4_a_token_is_made_used_and_revoked(self):
        b = Browser()
        try:
            self.sign_in(b)
            b.go("/account/tokens/new")
            b.look("token-new")
            b.fill(name="The scales")
            self.press(b, "Make the token")
            self.assertIn("not said what the token is for", b.text)
            self.assertEqual(b.find("[name=name]").get_attribute("value"), "The scales")
            b.fill(**{"area-subjects": "write", "area-tickets": "read"})
            self.press(b, "Make the token")
            token = b.find("#token").text
            b.look("token-made")
            self.assertEqual(call("GET", "/me", token)[1]["email"], self.email)
            self.assertEqual(call("GET", "/subjects?limit=1", token)[0], 200)
            self.assertEqual(call("POST", "/subjects", token, {"reference": f"T{MARK}", "name": "By token", "sex": "F", "born": None, "group": None})[0], 201)
            self.assertEqual(call("GET", "/tickets", token)[0], 200)
            status, problem = call("POST", "/tickets", token, {"title": "x", "body": "x"})
            self.assertEqual((status, problem["code"]), (403, "token-scope"))
            self.assertEqual(call("GET", "/changes", token)[1]["code"], "token-scope")
            self.assertEqual(call("POST", "/me/tokens", token, {"name": "more", "scope": "all"})[1]["code"], "session-needed")
            b.go("/account")
            self.assertIn("The scales", b.text)
            self.assertNotIn(token, b.driver.page_source)
            self.press(b, "Revoke")
            self.assertIn("The token is revoked", b.text)
            self.assertEqual(call("GET", "/me", token)[0], 401)
            self.complaints(b)
        finally:
            b.quit()

    def test_5_two_step_sign_in_is_set_up_used_and_a_code_is_good_once(self):
        b = Browser()
        try:
            self.sign_in(b)
            b.go("/account/two-step")
            b.look("two-step-introduction")
            b.click("Set it up", "main button")
            People.secret = b.find("#secret").text.replace(" ", "")
            b.look("two-step-enrolment")
            b.fill(code="000000")
            b.click("Turn it on", "main button")
            self.assertIn("This code is wrong", b.text)
            self.assertEqual(b.find("#secret").text.replace(" ", ""), self.secret)
            b.fill(code=next_code(self.secret, self.used))
            b.click("Turn it on", "main button")
            self.assertIn("Two-step sign-in is on", b.text)
            People.codes = [e.text for e in b.all(".codes code")]
            self.assertEqual(len(self.codes), 10)
            b.look("two-step-codes")
            b.click("I have kept them")
            self.assertIn("10 recovery codes are left", b.text)

            again = Browser(size=PHONE)
            self.sign_in(again)
            self.assertTrue(again.path.startswith("/sign-in/code"), again.path)
            again.look("sign-in-code-phone")
            again.go("/subjects")
            self.assertTrue(again.path.startswith("/sign-in/code?next="), again.path)
            old = again.driver.get_cookie("__Host-fitech-session")["value"]
            code = next_code(self.secret, self.used)
            again.fill(code=code)
            again.act(again.find("main form button").click)
            self.assertEqual(again.path, "/subjects")
            self.assertNotEqual(again.driver.get_cookie("__Host-fitech-session")["value"], old)
            self.complaints(again)
            again.quit()

            third = Browser(script=False)
            self.sign_in(third)
            third.fill(code=code)
            third.act(third.find("main form button").click)
            self.assertIn("wrong, too old or was used already", third.text)
            third.click("Use a recovery code")
            third.fill(code=self.codes[0])
            third.act(third.find("main form button").click)
            self.assertEqual(third.path, "/")
            third.go("/account")
            self.assertIn("9 recovery codes are left", third.text)
            third.quit()
            self.complaints(b)
        finally:
            b.quit()

    def test_6_it_is_required_of_everybody_and_whoever_has_none_is_led_to_it(self):
        b, someone = self.admin, person("operator", "clinic")
        b.go("/people")
        self.press(b, "Require it of everybody")
        self.assertIn("Turn it on for yourself first", b.text)
        b.go("/account/two-step")
        b.click("Set it up", "main button")
        secret, used = b.find("#secret").text.replace(" ", ""), set()
        b.fill(code=next_code(secret, used))
        b.click("Turn it on", "main button")
        b.go("/people")
        self.press(b, "Require it of everybody")
        self.assertIn("Required of everybody", b.text)
        o = Browser(size=(320, 640))
        try:
            o.go("/sign-in")
            o.fill(email=someone["email"], password=someone["password"])
            o.act(o.find("main form button").click)
            self.assertEqual(o.path, "/sign-in/two-step")
            o.look("two-step-demand")
            o.go("/subjects")
            self.assertTrue(o.path.startswith("/sign-in/two-step?next="), o.path)
            o.click("Set it up", "main button")
            o.look("two-step-enrolment-320")
            o.fill(code=totp(o.find("#secret").text.replace(" ", "")))
            o.click("Turn it on", "main button")
            self.assertIn("Two-step sign-in is on", o.text)
            o.look("two-step-codes-320")
            o.click("I have kept them")
            self.assertEqual(o.path, "/subjects")
            self.complaints(o)
        finally:
            o.quit()
        # As before, so that the walks that follow sign in by their passwords.
        b.go("/people")
        self.press(b, "Leave it to everybody")
        self.assertIn("Left to everybody", b.text)
        b.go("/people?search=" + someone["email"])
        b.act(b.all("#people tbody a")[0].click)
        self.press(b, "Reset it")
        self.assertIn("is reset", b.text)
        b.go("/account")
        self.press(b, "Turn it off")
        self.assertIn("Two-step sign-in is off", b.text)
        self.complaints(b)

    def test_7_who_is_suspended_is_out_at_once_and_comes_back(self):
        b, n = self.admin, Browser()
        try:
            self.sign_in(n)
            n.fill(code=next_code(self.secret, self.used))
            n.act(n.find("main form button").click)
            self.assertEqual(n.path, "/")
            b.go("/people?search=nora" + MARK)
            b.click("Nora Newcomer")
            self.press(b, "Suspend")
            self.assertIn("Sessions and API tokens have ended", b.text)
            b.look("member-suspended")
            n.go("/subjects")
            self.assertIn("/sign-in", n.path)
            self.sign_in(n)
            self.assertIn("Your access is suspended", n.text)
            n.look("sign-in-suspended")
            self.press(b, "Give access again")
            self.assertIn("may sign in again", b.text)
            self.sign_in(n)
            self.assertTrue(n.path.startswith("/sign-in/code"), n.path)
            self.complaints(b, n)
        finally:
            n.quit()

    def test_7b_a_subject_is_given_their_data_and_erased(self):
        b = self.admin
        b.go("/subjects/new")
        b.fill(reference=f"E{MARK}", name="Erasmus Gone", sex="M", born="1970-01-02")
        self.press(b, "Add subject")
        where = b.path
        self.assertIn("Data protection", b.text)
        b.look("subject-protection")
        self.assertIn(b"erasmus", self.clinic_files())
        told = b.driver.execute_async_script("""
            const done = arguments[0], form = document.querySelector("form[action$='/file']");
            fetch(form.action, {method: "POST", body: new URLSearchParams(new FormData(form))}).then(async a => done([a.status, a.headers.get("content-disposition"), await a.json()]))""")
        self.assertEqual((told[0], told[2]["subject"]["name"]), (200, "Erasmus Gone"))
        self.assertIn("attachment", told[1])
        b.click("Erase", "main a")
        b.look("subject-erase")
        b.fill(reference="E000000")
        self.press(b, "Erase for good")
        self.assertIn("not the reference of the subject", b.text)
        b.fill(reference=f"E{MARK}")
        self.press(b, "Erase for good")
        self.assertIn("The subject is erased", b.text)
        b.go(where)
        self.assertIn("There is nothing here", b.text)
        b.go("/audit?object=subject/" + where.rsplit("/", 1)[1])
        self.assertIn("Erased a subject", b.text)
        self.assertNotIn("Erasmus", b.text)
        self.complaints(b)
        # Nor does it stand in the customer's file: that is written anew within a minute.
        until = time.time() + 90
        while b"erasmus" in self.clinic_files() and time.time() < until:
            time.sleep(1)
        self.assertNotIn(b"erasmus", self.clinic_files())

    def clinic_files(self):
        """The bytes of the clinic's database as they lie on the disk; its log may come and go."""
        found = b""
        for ending in ("", "-wal"):
            try:
                with open(os.path.join(STATE, "nodes", "data-1", "customers", "clinic.db" + ending), "rb") as file:
                    found += file.read().lower()
            except FileNotFoundError:
                pass
        return found

    def test_8_all_of_it_stands_in_the_audit_log(self):
        b = self.admin
        b.go("/audit?who=" + person("administrator", "clinic")["email"])
        for words in ["Suspended a person", "Reset two-step sign-in", "Required two-step sign-in of everybody", "Sent an invitation again"]:
            self.assertIn(words, b.text)
        b.look("audit-desktop", whole=False)
        self.complaints(b)

    def test_9_in_the_dark(self):
        b = Browser(dark=True)
        try:
            b.sign_in(person("administrator", "clinic"))
            for path, name in [("/people", "people-dark"), ("/account", "account-dark"), ("/account/tokens/new", "token-new-dark")]:
                b.go(path)
                b.look(name)
            b.go("/account/two-step")
            b.click("Set it up", "main button")
            b.look("two-step-enrolment-dark")
            self.complaints(b)
        finally:
            b.quit()


if __name__ == "__main__":
    unittest.main()
