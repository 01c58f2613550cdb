"""Requests at an even pace, a customer that is large, and checks that are printed: what soaks of one customer beside others share."""
import http.client, json, os, random, sqlite3, ssl, sys, threading, time

context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE


def p(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))] if values else 0.0


class Checks:
    def __init__(self):
        self.seen = []

    def add(self, name, holds, what=""):
        self.seen.append(bool(holds))
        print(f"{'ok  ' if holds else 'FAIL'}  {name}{': ' + what if what else ''}", flush=True)

    def end(self):
        failed = self.seen.count(False)
        print(f"{failed} of {len(self.seen)} checks failed" if failed else "passed")
        sys.exit(1 if failed else 0)


class Client:
    """A kept connection; what it lost is asked once more."""

    def __init__(self, fleet, token=None, cookie=None):
        self.fleet, self.connection = fleet, None
        self.who = {"Cookie": cookie, "Origin": f"https://127.0.0.1:{fleet.port}"} if cookie else {"Authorization": f"Bearer {token}"}

    def ask(self, method, path, body=None, headers={}):
        for again in (False, True):
            if self.connection is None:
                self.connection = http.client.HTTPSConnection("127.0.0.1", self.fleet.port, context=context, timeout=120)
            try:
                self.connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json", **self.who, **headers})
                answer = self.connection.getresponse()
                return answer.status, {name.lower(): answer.headers.get_all(name) for name in answer.headers}, answer.read()
            except (http.client.HTTPException, OSError):
                self.connection = None
                if again:
                    raise


def fill(path, megabytes, subjects):
    """Subjects, and replies of 64 KB to one ticket: rows as the program writes them, without the program's time for each. Gives the size."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    now = int(time.time() * 1000)
    ticket, person = database.execute("SELECT number, person FROM ticket LIMIT 1").fetchone()
    database.executemany("INSERT INTO subject (id, reference, sort, name, sex, created) VALUES (?, ?, ?, ?, 'U', ?)",
                         ((f"soak{n:012}", f"K{n}", f"k{len(str(n)):02}{n}", f"Soak {n}", now) for n in range(subjects)))
    for n in range(megabytes * 16):
        database.execute("INSERT INTO reply (id, ticket, person, author, by_staff, body, written) VALUES (?, ?, ?, 'Soak', 0, ?, ?)",
                         (f"fill{n:012}", ticket, person, random.randbytes(32768 - 16).hex(), now))
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return os.path.getsize(path)


class Load:
    """Reads and durable writes at an even pace; latencies count from when each was due."""

    paths = ["/api/v1/tickets?limit=20", "/api/v1/subjects?limit=20", "/api/v1/subjects?search=soak+77"]

    def __init__(self, fleet, token, rate):
        self.step, self.rate = "", rate
        # Kept from turn to turn: connecting is not what is measured.
        self.clients = [Client(fleet, token) for _ in range(8)]

    def run(self, until):
        """Gives (milliseconds, whether it was a write, the step it fell into) of each request, and how many failed."""
        self.latencies, self.failed, lock = [], 0, threading.Lock()

        def worker(number):
            client, pace = self.clients[number], 8 / self.rate
            due = time.monotonic() + pace * number / 8
            while not until():
                time.sleep(max(0, due - time.monotonic()))
                write = random.random() < 0.2
                try:
                    status, _, _ = client.ask("POST", "/api/v1/tickets", {"title": "soak", "body": "x"}) if write else client.ask("GET", random.choice(self.paths))
                except Exception:
                    status = 0
                with lock:
                    self.latencies.append(((time.monotonic() - due) * 1000, write, self.step))
                    self.failed += status not in (200, 201)
                due += pace
        threads = [threading.Thread(target=worker, args=(n,)) for n in range(8)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        return self.latencies, self.failed

    def seconds(self, long):
        end = time.monotonic() + long
        return self.run(lambda: time.monotonic() > end)
