# Others that make the page of Fitech's ticket list: from their own SQLite database, with a session looked up for each request.
import re, secrets, sqlite3, subprocess, sys, time, urllib.request

from peers import free_port
from portal import ROOT

FLASK = '''
import sqlite3, threading
from flask import Flask, abort, request
from pathlib import Path
app = Flask(__name__)
here = Path(__file__).resolve().parent
head, row, tail = [(here / name).read_text() for name in ("head.html", "row.html", "tail.html")]
template = ("{% raw %}" + head + "{% endraw %}{% for number, title, priority, opened, updated in rows %}"
    + row.replace("@number@", "{{ number }}").replace("@title@", "{{ title }}") + "{% endfor %}{% raw %}" + tail + "{% endraw %}")
compiled = app.jinja_env.from_string(template)
local = threading.local()

@app.get("/tickets")
def tickets():
    if not hasattr(local, "database"):
        local.database = sqlite3.connect(here / "peer.db")
    found = local.database.execute("SELECT person FROM session WHERE token = ?", (request.cookies.get("session", ""),)).fetchone()
    if not found:
        abort(401)
    rows = local.database.execute("SELECT number, title, priority, opened, updated FROM ticket WHERE person = ? ORDER BY number DESC LIMIT 20", found).fetchall()
    return compiled.render(rows=rows)
'''


class Peers:
    """Context: peers running on free ports; `all` is name to (url, pids), each asked with `cookie`."""

    def __init__(self, portal, cookie, rows, flask=True, hummingbird=True):
        self.all, self.processes = {}, []
        self.directory = portal.scratch / "peers"
        self.directory.mkdir()
        self.wants = (flask, hummingbird)
        page = portal.page("/tickets", cookie)
        token = secrets.token_hex(16)
        self.cookie = "session=" + token
        self.split(page)
        self.fill(rows, token, portal.words)
        self.portal, self.page = portal, page

    def split(self, page):
        """The page as what stands before its rows, one row with places for what differs, and what follows."""
        first, last = page.index("<tr", page.index("<tbody")), page.index("</tbody>")
        rows = re.findall(r"<tr\b.*?</tr>", page[first:last], re.S)
        number = re.search(r'href="/tickets/(\d+)"', rows[0]).group(1)
        title = re.search(rf'href="/tickets/{number}"[^>]*>([^<]*)<', rows[0]).group(1)
        row = rows[0].replace(title, "@title@").replace(number, "@number@")
        for name, text in [("head.html", page[:first]), ("row.html", row), ("tail.html", page[last:])]:
            (self.directory / name).write_text(text)

    def fill(self, rows, token, words):
        database = sqlite3.connect(self.directory / "peer.db")
        database.executescript("CREATE TABLE session (token TEXT PRIMARY KEY, person TEXT); CREATE TABLE ticket (number INTEGER PRIMARY KEY, title TEXT, priority TEXT, person TEXT, opened INTEGER, updated INTEGER);"
                               "CREATE INDEX ticket_person ON ticket (person, number);")
        database.execute("INSERT INTO session VALUES (?, 'p1')", (token,))
        database.executemany("INSERT INTO ticket VALUES (?, ?, 'normal', ?, 1, 2)", ((1000 + number, words.text(5), f"p{number % 50}") for number in range(rows)))
        database.commit()
        database.close()

    def __enter__(self):
        try:
            self.nginx()
            if self.wants[1]:
                self.hummingbird()
            if self.wants[0]:
                self.flask()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()

    def begin(self, name, command, url, workers=None):
        process = subprocess.Popen(command, cwd=self.directory, stdout=open(self.directory / f"{name.split()[0]}.log", "wb"), stderr=subprocess.STDOUT)
        self.processes.append(process)
        for _ in range(200):
            try:
                request = urllib.request.Request(url, headers={"Cookie": self.cookie})
                with urllib.request.urlopen(request, context=self.portal.context, timeout=5) as answer:
                    if b"</html>" in answer.read():
                        break
            except OSError:
                if process.poll() is not None:
                    break
            time.sleep(0.1)
        else:
            process.kill()
        if process.poll() is not None:
            raise SystemExit(f"{name} did not start:\n" + (self.directory / f"{name.split()[0]}.log").read_text()[-2000:])
        children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
        self.all[name] = (url, [process.pid] + [int(child) for child in children])

    def nginx(self):
        port, keys = free_port(), self.portal.scratch / "state/keys"
        (self.directory / "files").mkdir()
        (self.directory / "files/tickets").write_text(self.page)
        self.directory.chmod(0o755)
        (self.directory / "nginx.conf").write_text(f"""
            worker_processes 1; pid {self.directory}/nginx.pid; error_log {self.directory}/nginx-errors.log; daemon off; user root;
            events {{ worker_connections 1024; }}
            http {{ access_log off; keepalive_requests 100000000; default_type text/html;
                server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {keys}/public.crt; ssl_certificate_key {keys}/public.key; root {self.directory}/files; }} }}
            """)
        self.begin("nginx, the page as a file", ["nginx", "-c", str(self.directory / "nginx.conf"), "-e", str(self.directory / "nginx-errors.log")], f"https://127.0.0.1:{port}/tickets")

    def flask(self):
        venv = ROOT / ".build/flask-venv"
        if not (venv / "bin/gunicorn").exists():
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
            subprocess.run([venv / "bin/pip", "install", "-q", "flask==3.1.2", "gunicorn==23.0.0"], check=True, stdout=sys.stderr)
        (self.directory / "app.py").write_text(FLASK)
        port = free_port()
        command = [str(venv / "bin/gunicorn"), "-b", f"127.0.0.1:{port}", "-w", "2", "-k", "gthread", "--threads", "8", "--keep-alive", "60", "--log-level", "error", "app:app"]
        self.begin("Flask, gunicorn, SQLite", command, f"http://127.0.0.1:{port}/tickets")

    def hummingbird(self):
        room, scratch = ROOT / "Tests/Bench/HummingbirdPeer", ROOT / ".build/hummingbird"
        build = ["swift", "build", "-c", "release", "--scratch-path", str(scratch)]
        print("building Hummingbird, minutes the first time", file=sys.stderr)
        subprocess.run(build, check=True, cwd=room, stdout=subprocess.DEVNULL)
        binary = subprocess.run(build + ["--show-bin-path"], cwd=room, check=True, capture_output=True, text=True).stdout.strip() + "/bench-hummingbird"
        port = free_port()
        self.begin("Hummingbird, SQLite", [binary, str(port), str(self.directory)], f"http://127.0.0.1:{port}/tickets")
