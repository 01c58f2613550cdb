# A whole portal fleet for a measurement: started, filled with as many tickets as wanted while it is down, signed in to, its CPU by tier.
import bisect, itertools, json, os, random, re, shutil, signal, sqlite3, ssl, subprocess, sys, tempfile, time, urllib.parse, urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent
TIERS = ["balancer", "web", "data", "management", "reporting"]
PACKAGES = ["libssl-dev", "libsqlite3-dev", "libcurl4-openssl-dev", "zlib1g-dev", "wrk"]


def programs():
    """The directory of built programs: what FITECH_BINARIES names, else those Scripts/build makes."""
    if "FITECH_BINARIES" not in os.environ:
        subprocess.run(["Scripts/build"], check=True, stdout=sys.stderr)
    return Path(os.environ.get("FITECH_BINARIES", ".build/release")).resolve()


class Words:
    """Words of two to ten letters by Zipf's law: the thousandth comes a thousandth as often as the first."""

    def __init__(self, seed=7):
        random.seed(seed)
        syllables = ["ka", "to", "mi", "ra", "ne", "so", "lu", "be", "di", "fo", "gu", "pe", "sta", "tri", "ver"]
        self.all = list(dict.fromkeys("".join(random.choice(syllables) for _ in range(random.randint(1, 4))) for _ in range(120_000)))[:20_000]
        self.weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(self.all))))

    def text(self, count):
        return " ".join(self.all[bisect.bisect(self.weights, random.random() * self.weights[-1])] for _ in range(count))

    def queries(self, count=500):
        """What people type: common and rare words, two, beginnings, phrases, exclusions, numbers, and words nobody wrote; each as a path."""
        def word(low, high):
            return self.all[random.randint(low, high)]
        made = []
        for _ in range(count):
            kind = random.randint(0, 8)
            made.append([word(0, 30) + " ", word(30, 1000) + " ", word(1000, 19_000) + " ", word(0, 300) + " " + word(0, 300) + " ", word(0, 3000)[:random.randint(2, 7)],
                         f'"{word(0, 40)} {word(0, 40)}"', word(0, 500) + " -" + word(0, 500), str(random.randint(1001, 2000)), "qx" + word(0, 5000)][kind])
        return ["/search?q=" + urllib.parse.quote(query) for query in made]


class Portal:
    def __init__(self, binaries):
        self.binaries, self.scratch = binaries, Path(tempfile.mkdtemp())
        self.fleet, self.url, self.words = None, "", Words()
        self.context = ssl.create_default_context()
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE

    def __enter__(self):
        self.start("--demo")
        return self

    def __exit__(self, *_):
        if self.fleet and self.fleet.poll() is None:
            self.fleet.send_signal(signal.SIGTERM)
            try:
                self.fleet.wait(30)
            except subprocess.TimeoutExpired:
                self.fleet.kill()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def start(self, *more):
        out = open(self.scratch / "out", "wb")
        self.fleet = subprocess.Popen([self.binaries / "fitech", "up", "--config", ROOT / "Config/portal.yaml", "--state", self.scratch / "state", "--set", "listen.https=127.0.0.1:0",
                                       "--set", "listen.http=127.0.0.1:0", *more], stdout=out, stderr=open(self.scratch / "log", "wb"))
        for _ in range(600):
            found = re.search(r"^ready (.*)$", (self.scratch / "out").read_text(), re.M)
            if found:
                self.url = found.group(1)
                return
            time.sleep(0.1)
        sys.exit("the fleet did not get ready:\n" + (self.scratch / "log").read_text()[-3000:])

    def stop(self):
        self.fleet.send_signal(signal.SIGTERM)
        self.fleet.wait(60)

    def ask(self, path, body=None, cookie=None, accept="application/json"):
        headers = {"Content-Type": "application/json", "Origin": self.url, "Accept": accept}
        if cookie:
            headers["Cookie"] = cookie
        request = urllib.request.Request(self.url + path, headers=headers, data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, context=self.context, timeout=60) as answer:
            return answer.read(), answer.headers

    def page(self, path, cookie):
        return self.ask(path, cookie=cookie, accept="text/html")[0].decode()

    @property
    def who(self):
        """The clinic's administrator."""
        return json.loads((self.scratch / "state/demo.json").read_text())["people"][0]

    def sign_in(self):
        _, headers = self.ask("/api/v1/sign-in", {"email": self.who["email"], "password": self.who["password"]})
        return re.search(r"(__Host-fitech-session=[^;]+)", " ".join(headers.get_all("Set-Cookie"))).group(1)

    @property
    def database(self):
        return next(path for path in (self.scratch / "state").rglob("customers/clinic.db") if "data-1" in str(path))

    def fill(self, count, index=True):
        """Brings the clinic up to so many tickets with two replies each, while the fleet is down.

        - index: as a database looks that comes from a release without an index of searching: the next start brings all into it, and into
          that of staff. Without it the next start takes no notice of them but where they are asked for: for measuring lists.
        """
        database = sqlite3.connect(self.database)
        number, revision = database.execute("SELECT max(number), max(revision) FROM ticket").fetchone()
        person, name = database.execute("SELECT id, name FROM person WHERE role = 'administrator'").fetchone()
        last = database.execute("SELECT max(row) FROM reply").fetchone()[0]
        now = int(time.time() * 1000)
        for _ in range(count - database.execute("SELECT count(*) FROM ticket").fetchone()[0]):
            number, revision = number + 1, revision + 1
            title, isOpen = self.words.text(5), number % 20 == 0
            database.execute("INSERT INTO ticket (number, title, title_key, body, state, priority, person, opened_by, opened, updated, revision, replies, state_since, clocked, active) "
                             "VALUES (?, ?, ?, ?, ?, 'normal', ?, ?, ?, ?, ?, 2, ?, 1, ?)", (number, title, title, self.words.text(40), "open" if isOpen else "closed", person, name, now, now, revision, now, isOpen))
            # As the program writes it: without its history nobody would work out a ticket's clocks, and a reply would cost less.
            history = [("opened", "normal", False), ("replied", "", False), ("replied", "", True)]
            database.executemany("INSERT INTO ticket_event (ticket, at, kind, value, person, who, by_staff) VALUES (?, ?, ?, ?, ?, ?, ?)", [(number, now, kind, value, person, name, staff) for kind, value, staff in history])
            for reply in range(2):
                last += 1
                database.execute("INSERT INTO reply (row, id, ticket, person, author, by_staff, body, written, internal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
                                 (last, f"bench{last}", number, person, name, reply, self.words.text(40), now))
        if index:
            database.execute("UPDATE search_state SET built = 0")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        directory = sqlite3.connect(self.database.parent.parent / "directory.db")
        directory.execute("UPDATE counter SET next = max(next, ?) WHERE name = 'ticket'", (number + 1000,))
        if not index:
            directory.execute("UPDATE customer SET ticket_revision = ? WHERE name = 'clinic'", (revision,))
        directory.commit()
        directory.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        directory.close()

    def cpu(self, tier):
        total = 0
        for file in (self.scratch / "state/run").glob(tier + "-*.pid"):
            try:
                fields = Path(f"/proc/{file.read_text().strip()}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return total

    def spent(self, load):
        """What `load()` answers, with the microseconds of CPU each tier spent per request."""
        before = {tier: self.cpu(tier) for tier in TIERS}
        seen = load()
        seen["cpu"] = {tier: (self.cpu(tier) - before[tier]) * 1e6 / max(1, seen["requests"]) for tier in TIERS}
        return seen

    def settle(self):
        """Waits until the data tier has nothing to do of its own: what was filled in is still being brought into indexes after the start."""
        quiet, until = 0, time.time() + 600
        while quiet < 3:
            if time.time() > until:
                sys.exit("the data tier still has work of its own after ten minutes: look at what it does")
            before = self.cpu("data")
            time.sleep(1)
            quiet = quiet + 1 if self.cpu("data") - before < 0.05 else 0

    def script(self, name, requests, cookie=None):
        """A Lua file for wrk that goes through requests, each (method, path, body) with the session."""
        fields = {"Host": self.url.split("//")[1], "Origin": self.url, "Content-Type": "application/json"} | ({"Cookie": cookie} if cookie else {})
        lua = ", ".join(f"[{json.dumps(key)}] = {json.dumps(value)}" for key, value in fields.items())
        made = ",\n".join("{" + ", ".join("nil" if part is None else json.dumps(part) for part in one) + "}" for one in requests)
        path = self.scratch / f"{name}.lua"
        path.write_text(f"local all = {{{made}}}\nlocal i = 0\nfunction request()\n  i = i + 1\n  local one = all[(i * 7919) % #all + 1]\n"
                        f"  return wrk.format(one[1], one[2], {{{lua}}}, one[3])\nend\n")
        return path
