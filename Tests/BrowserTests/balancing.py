"""The balancers' page while people work and the fleet changes: nodes are cloned, drained and killed, and the page shows it."""
import os
import ssl
import subprocess
import threading
import time
import unittest
import urllib.request

from portal import DESKTOP, PHONE, STATE, URL, Browser, person

CTL = os.environ.get("FITECH_CTL")


class Load:
    """A few people who ask for pages all the time: some keep their cookie, some come anew with each request."""

    def __init__(self, people=6, strangers=2, pause=0.03):
        self.running = True
        self.failed = []
        self.asked = 0
        self.pause = pause
        self.threads = [threading.Thread(target=self.work, args=(n < people,), daemon=True) for n in range(people + strangers)]
        for thread in self.threads:
            thread.start()

    def work(self, keeps):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        cookie = None
        while self.running:
            request = urllib.request.Request(URL + "/sign-in", headers={"Accept": "text/html", "User-Agent": f"walk/{threading.get_ident()}"})
            if keeps and cookie:
                request.add_header("Cookie", cookie)
            try:
                with urllib.request.urlopen(request, context=context, timeout=20) as answer:
                    answer.read()
                    for value in answer.headers.get_all("Set-Cookie") or []:
                        if "fitech-node=" in value:
                            cookie = value.split(";")[0]
                self.asked += 1
            except Exception as error:  # noqa: BLE001: whatever it is, somebody's page did not come
                self.failed.append(repr(error))
            time.sleep(self.pause)

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join(30)


def ctl(*arguments):
    done = subprocess.run([CTL, "--state", STATE, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Balancing(unittest.TestCase):
    def setUp(self):
        self.staff = Browser()
        self.addCleanup(self.staff.quit)
        self.staff.sign_in(person("support", None))

    def wait_for(self, browser, words, seconds=30):
        """Until the page says so by itself: nobody reloads it."""
        for _ in range(seconds * 5):
            if words in browser.find("main").text:
                return
            time.sleep(0.2)
        raise AssertionError(f"{words!r} never appeared: {browser.find('main').text[:1500]}")

    def test_1_the_page_is_for_staff_and_moves_by_itself(self):
        b = self.staff
        load = Load()
        self.addCleanup(load.stop)
        b.click("Balancing", "nav a,main a")
        self.wait_for(b, "web-1")
        self.wait_for(b, "web-2")
        self.assertIn("Requests a second", b.find("main").text)
        before = b.find("#live").get_attribute("innerHTML")
        time.sleep(5)
        self.assertNotEqual(b.find("#live").get_attribute("innerHTML"), before)
        time.sleep(35)
        b.look("balancing-desktop")
        b.size(PHONE)
        b.look("balancing-phone", whole=False)
        b.size((320, 640))
        b.look()
        b.size(DESKTOP)
        other = Browser(dark=True)
        self.addCleanup(other.quit)
        other.sign_in(person("support", None))
        other.go("/balancing")
        other.look("balancing-dark")
        clinic = Browser()
        self.addCleanup(clinic.quit)
        clinic.sign_in(person("administrator", "clinic"))
        clinic.go("/balancing")
        self.assertIn("Not allowed", clinic.text)
        self.assertEqual(b.complaints + other.complaints, [])
        self.assertEqual(load.failed, [])

    def test_2_without_a_script_it_is_read_and_loaded_again(self):
        b = Browser(script=False)
        self.addCleanup(b.quit)
        b.sign_in(person("support", None))
        b.go("/balancing")
        self.assertIn("web-1", b.text)
        b.click("Look again", "a")
        self.assertIn("web-1", b.text)

    @unittest.skipUnless(CTL, "FITECH_CTL names no fitech-ctl to change the fleet with")
    def test_3_clone_drain_and_kill_are_seen_and_nothing_fails(self):
        b = self.staff
        load = Load(people=10, strangers=4)
        self.addCleanup(load.stop)
        b.go("/balancing")
        time.sleep(20)
        ctl("clone-node", "web-1", "--name", "web-9")
        self.wait_for(b, "web-9")
        self.wait_for(b, "ramping up")
        b.look("balancing-cloned")
        time.sleep(14)
        ctl("drain", "web-2", "--deadline", "40s")
        self.wait_for(b, "draining")
        time.sleep(12)
        b.look("balancing-drained")
        ctl("stop", "web-1", "--kill")
        time.sleep(6)
        b.look("balancing-killed")
        ctl("start", "web-1")
        ctl("undrain", "web-2")
        ctl("remove-node", "web-9")
        time.sleep(3)
        b.look("balancing-after")
        load.stop()
        self.assertEqual(load.failed, [], f"of {load.asked + len(load.failed)}")
        self.assertEqual(b.complaints, [])


if __name__ == "__main__":
    unittest.main()
