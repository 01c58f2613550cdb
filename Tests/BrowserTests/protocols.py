"""Which protocol a browser speaks with the balancer: HTTP/2 for pages, their parts and forms."""
import unittest

from portal import Browser, person

PROTOCOL = "return performance.getEntriesByType('navigation')[0].nextHopProtocol"
PARTS = "return performance.getEntriesByType('resource').map(e => [e.name, e.nextHopProtocol])"


class Protocols(unittest.TestCase):
    def test_pages_parts_and_forms_go_over_http2(self):
        browser, who = Browser(), person("administrator", "clinic")
        try:
            browser.go("/sign-in")
            self.assertEqual(browser.driver.execute_script(PROTOCOL), "h2")
            for name, protocol in browser.driver.execute_script(PARTS):
                self.assertEqual(protocol, "h2", name)
            browser.fill(email=who["email"], password=who["password"])
            browser.act(browser.find("main form button").click)
            self.assertEqual(browser.driver.execute_script(PROTOCOL), "h2")
            self.assertIn("Subjects", browser.text)
        finally:
            browser.quit()
