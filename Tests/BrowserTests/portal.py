"""A browser before the portal: signs in, fills in forms, takes pictures, and finds what a person would stumble over."""
import json
import os
import time

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

URL = os.environ["FITECH_URL"]
STATE = os.environ["FITECH_STATE"]
SCREENSHOTS = os.environ["FITECH_SCREENSHOTS"]

DESKTOP, PHONE = (1280, 900), (390, 844)

# What must hold on every page. Answers a list of complaints; the browser does the looking.
COMPLAINTS = r"""
const found = [], seen = element => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
const named = e => (e.outerHTML || '').slice(0, 90);
if (document.documentElement.scrollWidth > innerWidth + 1) {
  const wide = [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(named);
  found.push('scrolls sideways: ' + document.documentElement.scrollWidth + ' > ' + innerWidth + ' ' + wide.join(' | '));
}
if (!document.documentElement.lang) found.push('no language');
if (!document.title) found.push('no title');
if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
for (const e of document.querySelectorAll('input:not([type=hidden]),select,textarea')) {
  if (!seen(e)) continue;
  if (!e.labels?.length && !e.getAttribute('aria-label') && e.getAttribute('aria-hidden') !== 'true') found.push('no label: ' + named(e));
}
for (const e of document.querySelectorAll('a,button,input:not([type=hidden]),select,summary')) {
  if (!seen(e) || e.closest('.visually-hidden,.skip') || e.classList.contains('visually-hidden') || e.classList.contains('skip')) continue;
  const box = e.getBoundingClientRect(), inText = e.tagName === 'A' && e.closest('p,small,dd,.note,.crumbs,.hint');
  if (!inText && (box.width < 24 || box.height < 23.5)) found.push('target of ' + Math.round(box.width) + 'x' + Math.round(box.height) + ': ' + named(e));
  if (!(e.textContent || '').trim() && !e.getAttribute('aria-label') && !['INPUT', 'SELECT'].includes(e.tagName)) found.push('no name: ' + named(e));
}
const ids = [...document.querySelectorAll('[id]')].map(e => e.id), twice = ids.filter((id, i) => ids.indexOf(id) !== i);
if (twice.length) found.push('ids twice: ' + [...new Set(twice)].join(' '));
// Contrast (WCAG 2.2 1.4.3): colours as drawn, backgrounds found by walking up.
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const rgba = c => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
const behind = e => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] > 250) return c; } return [255, 255, 255, 255]; };
const told = new Set();
for (const e of document.querySelectorAll('body *')) {
  if (!seen(e) || e.closest('svg,.visually-hidden,.skip,option') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
  const style = getComputedStyle(e), front = rgba(style.color), back = behind(e), [a, b] = [light(front), light(back)].sort((x, y) => y - x);
  const ratio = (a + .05) / (b + .05), large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && style.fontWeight >= 700);
  const key = style.color + style.backgroundColor + e.className;
  if (ratio < (large ? 3 : 4.5) - .01 && !told.has(key)) { told.add(key); found.push('contrast ' + ratio.toFixed(2) + ': ' + named(e)); }
}
return found;
"""


def people():
    with open(os.path.join(STATE, "demo.json")) as file:
        return json.load(file)["people"]


def person(role, customer):
    return next(p for p in people() if p["role"] == role and p["customer"] == customer)


class Browser:
    os.environ["LANGUAGE"] = "en_GB"
    # Seconds until the next page must stand, and whether pressing something may also lead nowhere (what the script does in place).
    PATIENCE, MAY_STAY = 10, True

    def __init__(self, size=DESKTOP, dark=False, script=True):
        options = webdriver.ChromeOptions()
        for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--ignore-certificate-errors", "--hide-scrollbars", "--lang=en-GB", f"--window-size={size[0]},{size[1]}"]:
            options.add_argument(argument)
        options.binary_location = "/usr/bin/chromium"
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        if not script:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        self.script = script
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
        self.driver.set_page_load_timeout(30)
        self.size(size)
        if dark:
            self.dark()
        self.complaints = []

    def size(self, size):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False})

    def dark(self, dark=True):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def quit(self):
        self.driver.quit()

    # Going about

    def go(self, path):
        self.driver.get(URL + path)

    @property
    def path(self):
        return self.driver.current_url[len(URL):]

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def click(self, words, css="a,button"):
        """Presses what is called so, inside the page before the navigation."""
        for root in ["main ", ""]:
            for element in self.all(",".join(root + part for part in css.split(","))):
                if element.is_displayed() and words in element.text:
                    self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element) if self.script else None
                    return self.act(element.click)
        raise AssertionError(f"nothing called {words!r} on {self.path}: {self.text[:600]}")

    def act(self, action):
        """Does it and waits until the next page stands."""
        before = self.find("html")
        action()
        for turn in range(self.PATIENCE * 20):
            try:
                if self.find("html") != before and self.driver.execute_script("return document.readyState") == "complete":
                    return
            except Exception:
                pass
            time.sleep(0.05)
            if self.MAY_STAY and turn == 20 and self.find("html") == before:
                return  # stayed on the page
        if not self.MAY_STAY:
            raise AssertionError(f"nothing came of it on {self.path}")

    def fill(self, **fields):
        for name, value in fields.items():
            element = self.find(f"[name='{name.replace('__', '.')}']")
            if element.tag_name == "select":
                Select(element).select_by_visible_text(value) if not any(o.get_attribute("value") == value for o in Select(element).options) else Select(element).select_by_value(value)
            elif element.get_attribute("type") == "date":
                self.driver.execute_script("arguments[0].value = arguments[1]", element, value)
            else:
                if element.get_attribute("type") != "file":
                    element.clear()
                element.send_keys(value)

    def sign_in(self, who):
        self.go("/sign-in")
        self.fill(email=who["email"], password=who["password"])
        self.act(self.find("main form button").click)
        assert self.path == "/", f"signing in led to {self.path}: {self.text[:400]}"

    # Looking

    def look(self, name=None, whole=True):
        """Collects complaints about the page as it stands; with a name keeps a picture of it."""
        # Colours on their way from light to dark are neither.
        for _ in range(40):
            if not self.script or not self.driver.execute_script("return document.getAnimations().length"):
                break
            time.sleep(0.05)
        found = self.driver.execute_script(COMPLAINTS) if self.script else []
        for entry in self.driver.get_log("browser"):
            if entry["level"] == "SEVERE" and "the server responded with a status of" not in entry["message"]:
                found.append("console: " + entry["message"][:200])
        self.complaints += [f"{self.path}: {complaint}" for complaint in found]
        if name:
            self.picture(name, whole)

    def picture(self, name, whole=True):
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": whole, "format": "png"})
        import base64
        with open(os.path.join(SCREENSHOTS, name + ".png"), "wb") as file:
            file.write(base64.b64decode(shot["data"]))
