"""Every page there is, as each kind of person, in light and dark, checked by axe-core against WCAG 2.2 AA and its best practices."""
import collections
import importlib.util
import os
import re
import unittest

from portal import DESKTOP, PHONE, URL, Browser, person

# axe-core as this package of PyPI carries it; only the script is used.
AXE = os.path.join(os.path.dirname(importlib.util.find_spec("axe_playwright_python").origin), "axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """
const done = arguments[arguments.length - 1];
// Colours on their way from light to dark are nobody's colours.
Promise.allSettled(document.getAnimations().filter(a => a.effect.getTiming().iterations !== Infinity).map(a => a.finished)).then(() => axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}, resultTypes: ['violations']})).then(
  result => done(result.violations.map(v => [v.id, v.help, v.nodes.map(n => n.target.join(' ') + '  ' + n.html.slice(0, 120) + '  ' + (n.any[0] || n.all[0] || n.none[0] || {}).message).slice(0, 4)])),
  error => done([['axe', String(error), []]]));
"""
# What is no page (files, what a link would do), or one of so many alike that one stands for all.
NO_PAGE = re.compile(r"^/lists/|\.(csv|xlsx|json|pdf|txt|tar|css|js|svg|png|ico|xml|atom)$|^/(assets|api|sign-out)\b")
LISTED = ["/sign-in", "/status", "/nowhere"]
LOOKS = [(DESKTOP, False), (DESKTOP, True), (PHONE, False)]


def kind(path):
    """/tickets/17?search=x is like every ticket."""
    path = path.split("#")[0].split("?")[0]
    return re.sub(r"/(?=[^/]*\d)[^/]+|/[A-Za-z0-9_-]{16,}", "/*", path) or "/"


class Accessibility(unittest.TestCase):
    longMessage = False

    def check(self, b):
        with open(AXE) as file:
            b.driver.execute_script(file.read())
        b.driver.set_script_timeout(240)
        return b.driver.execute_async_script(RUN, RULES)

    def walk(self, who):
        b, found, seen = Browser(), [], set()
        self.addCleanup(b.quit)
        queue = collections.deque(LISTED if who is None else ["/"])
        if who is not None:
            b.sign_in(who)
        while queue:
            path = queue.popleft()
            if kind(path) in seen:
                continue
            seen.add(kind(path))
            b.go(path)
            for size, dark in LOOKS:
                b.size(size)
                b.dark(dark)
                for rule, words, places in self.check(b):
                    found.append(f"{path} ({size[0]} wide{', dark' if dark else ''}): {rule}: {words}\n    " + "\n    ".join(places))
            for link in b.driver.execute_script("return [...document.querySelectorAll('a[href]')].filter(a => !a.download).map(a => a.href)"):
                link = link[len(URL):] if link.startswith(URL) else ""
                if link.startswith("/") and not NO_PAGE.search(link.split("?")[0].split("#")[0]) and kind(link) not in seen:
                    queue.append(link)
        self.assertEqual(found, [], "\n".join(found))
        return seen

    def test_signed_out(self):
        self.walk(None)

    def test_an_administrator(self):
        seen = self.walk(person("administrator", "clinic"))
        # The walk has power: these it must have come to by itself.
        self.assertLessEqual({"/tickets", "/tickets/*", "/subjects", "/subjects/*", "/people", "/account", "/changes", "/changes/*", "/exports", "/audit"}, seen, sorted(seen))

    def test_support(self):
        self.walk(person("support", None))

    def test_operations(self):
        self.walk(person("operations", None))


if __name__ == "__main__":
    unittest.main()
