# Starts what the balancer is measured beside: two nginx origins, HAProxy, nginx and this project's balancer, on free ports.
import os, re, shutil, signal, socket, ssl, subprocess, tempfile, time
from pathlib import Path

HAS_TASKSET = shutil.which("taskset") is not None and os.cpu_count() > 1


def pinned(core, command):
    return (["taskset", "-c", str(core)] if HAS_TASKSET else []) + command


def cpu_nanoseconds(pid):
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total


def resident_kilobytes(pid):
    """Memory of this process alone: shared pages of programs and libraries do not count."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(number) for number in re.findall(r"^Private_\w+: +(\d+)", text, re.M))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


class Servers:
    """Processes of one measurement and a directory for their files; all gone at the end."""

    def __init__(self):
        self.scratch = Path(tempfile.mkdtemp())
        self.processes = []

    def __enter__(self):
        try:
            self.prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def prepare(self):
        pass

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def start(self, command, log, core=0):
        process = subprocess.Popen(pinned(core, command), stdout=open(log, "wb"), stderr=subprocess.STDOUT, preexec_fn=raise_descriptors)
        self.processes.append(process)
        return process

    def wait(self, url, name):
        for _ in range(200):
            done = subprocess.run(["curl", "-sk", "-o", "/dev/null", "-w", "%{size_download}", url], capture_output=True, text=True)
            if done.stdout == "100":
                return
            time.sleep(0.05)
        logs = "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-2000:]}" for path in self.scratch.glob("*.log"))
        raise SystemExit(f"{name} does not answer 100 bytes at {url}\n{logs}")

    def nginx(self, name, servers, log=True, core=0, prefix=()):
        here = self.scratch
        access = f"access_log {here}/{name}.access combined buffer=32k flush=1s;" if log else "access_log off;"
        (here / f"{name}.conf").write_text(f"""
            worker_processes 1; worker_rlimit_nofile 20000; pid {here}/{name}.pid; error_log {here}/{name}.log; daemon off; master_process off;
            user root;
            events {{ worker_connections 16384; }}
            http {{ {access} keepalive_requests 100000000; keepalive_timeout 300s; {servers} }}""")
        return self.start([*prefix, "nginx", "-c", f"{here}/{name}.conf", "-e", f"{here}/{name}.log"], here / f"{name}.out.log", core)

    def nginx_static(self, name, port):
        """The least nginx can be asked for: 100 bytes from its configuration."""
        return self.nginx(name, f"server {{ listen 127.0.0.1:{port}; default_type text/plain; location / {{ return 200 '{'x' * 100}'; }} }}", log=False)


class Peers(Servers):
    """This project's balancer, HAProxy and nginx in front of the same two origins."""

    def __init__(self, root):
        super().__init__()
        self.root = root
        self.ports = {}
        self.pids = {}

    # What asks for figures

    def port(self, name, tls, unix=False):
        return self.ports[name, tls, unix]

    def pid(self, name, tls, unix=False):
        return self.pids[name, tls, unix]

    def cookie(self, name, tls, unix=False):
        url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port(name, tls, unix)}/"
        found = re.search(r"^set-cookie: ([^;\r]*)", run(["curl", "-sik", url]), re.M | re.I)
        return found.group(1) if found else None

    # Setting up

    def prepare(self):
        env = dict(os.environ, FITECH_ONLY="BalancerTier,bench-balancer")
        run([str(self.root / "Scripts/install"), "libssl-dev", "nginx", "haproxy", "wrk", "openssl", "curl", "valgrind"])
        build = ["swift", "build", "-c", "release", "--product", "bench-balancer"]
        subprocess.run(build, check=True, env=env, cwd=self.root, stdout=subprocess.DEVNULL)
        self.binary = run(build + ["--show-bin-path"], env=env, cwd=self.root).strip() + "/bench-balancer"
        here = self.scratch
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", f"{here}/key.pem", "-out", f"{here}/crt.pem"])
        (here / "both.pem").write_text((here / "crt.pem").read_text() + (here / "key.pem").read_text())
        self.origins = [(free_port(), here / f"origin-{number}.sock") for number in (1, 2)]
        for port, path in self.origins:
            self.nginx(f"origin-{port}", f"""
                server {{ listen 127.0.0.1:{port}; listen unix:{path}; default_type text/plain;
                          location = / {{ return 200 '{'x' * 100}'; }}
                          location = /1k {{ return 200 '{'x' * 1024}'; }}
                          location = /1m {{ alias {here}/1m; }} }}""", log=False, core=1)
        (here / "1m").write_bytes(b"x" * (1 << 20))
        here.chmod(0o755)
        for unix in (False, True):
            self.start_haproxy(unix)
            self.start_nginx(unix)
            self.start_fitech(False, unix)
        self.start_fitech(True, False)
        for (name, tls, unix), port in self.ports.items():
            self.wait(f"{'https' if tls else 'http'}://127.0.0.1:{port}/", name)

    def start_nginx(self, unix, prefix=(), ports=None):
        here = self.scratch
        clear, secure = ports or (free_port(), free_port())
        servers = "".join(f"server unix:{path};" if unix else f"server 127.0.0.1:{port};" for port, path in self.origins)
        process = self.nginx(f"nginx-{unix}-{clear}", f"""
            upstream web {{ least_conn; {servers} keepalive 128; keepalive_requests 100000000; }}
            ssl_certificate {here}/crt.pem; ssl_certificate_key {here}/key.pem; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_tickets on;
            server {{ listen 127.0.0.1:{clear} backlog=4096; listen 127.0.0.1:{secure} ssl backlog=4096;
                      location / {{ proxy_pass http://web; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Host $host;
                                    proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; }} }}""", prefix=prefix)
        self.note("nginx", unix, clear, secure, process.pid)
        return process

    def note(self, name, unix, clear, secure, pid):
        for tls, port in ((False, clear), (True, secure)):
            if port:
                self.ports[name, tls, unix] = port
                self.pids[name, tls, unix] = pid

    def start_haproxy(self, unix, prefix=(), ports=None):
        here = self.scratch
        clear, secure = ports or (free_port(), free_port())
        servers = "\n    ".join(
            f"server web-{number} {f'unix@{path}' if unix else f'127.0.0.1:{port}'} check cookie w{number}" for number, (port, path) in enumerate(self.origins, 1))
        config = here / f"haproxy-{unix}-{clear}.cfg"
        config.write_text(f"""
global
    nbthread 1
    maxconn 8000
    log stdout format raw local0
    tune.ssl.default-dh-param 2048
defaults
    mode http
    log global
    option httplog
    option dontlognull
    timeout connect 2s
    timeout client 300s
    timeout server 60s
    option forwardfor
frontend public
    bind 127.0.0.1:{clear} backlog 4096
    bind 127.0.0.1:{secure} ssl crt {here}/both.pem backlog 4096
    http-request set-header X-Forwarded-Proto https if {{ ssl_fc }}
    default_backend web
backend web
    balance leastconn
    cookie NODE insert indirect nocache httponly
    {servers}
""")
        process = self.start([*prefix, "haproxy", "-f", str(config), "-db"], here / f"haproxy-{unix}-{clear}.access", 0)
        self.note("haproxy", unix, clear, secure, process.pid)
        return process

    def start_fitech(self, tls, unix, prefix=(), port=None):
        here = self.scratch
        port = port or free_port()
        state = here / f"fitech-{tls}-{unix}-{port}"
        for room in ("run", "keys", "nodes", "logs"):
            (state / room).mkdir(parents=True)
        shutil.copy(here / "crt.pem", state / "keys/public.crt")
        shutil.copy(here / "key.pem", state / "keys/public.key")
        origins = "\n".join(
            f"  - {{name: web-{number}, tier: web, origin: \"{f'unix:{path}' if unix else f'http://127.0.0.1:{origin}'}\"}}"
            for number, (origin, path) in enumerate(self.origins, 1))
        config = here / f"{state.name}.yaml"
        config.write_text(f"listen: {{{'https' if tls else 'http'}: 127.0.0.1:{port}}}\nname: localhost\nnodes:\n  - {{name: balancer-1, tier: balancer}}\n{origins}\n")
        process = self.start([*prefix, self.binary, str(config), str(state)], here / f"{state.name}.log", 0)
        self.note("fitech", unix, None if tls else port, port if tls else None, process.pid)
        return process

    # Instructions

    def instructions(self, name, tls, unix, path, returns):
        """Instructions of one request: callgrind's total of a run of 2,200 less that of one of 200, over 2,000."""
        totals = []
        cookie = self.cookie(name, tls, unix) if returns else None
        for count in (200, 2200):
            out = self.scratch / f"callgrind-{name}-{count}"
            prefix = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "-q"]
            ports = dict(self.ports), dict(self.pids)
            clear, secure = free_port(), free_port()
            start = {"haproxy": lambda: self.start_haproxy(unix, prefix, (clear, secure)), "nginx": lambda: self.start_nginx(unix, prefix, (clear, secure)),
                     "fitech": lambda: self.start_fitech(tls, unix, prefix, secure if tls else clear)}[name]
            process = start()
            self.ports, self.pids = ports
            port = secure if tls else clear
            self.ask(port, tls, path, cookie, count)
            process.send_signal(signal.SIGTERM if name != "nginx" else signal.SIGQUIT)
            process.wait(60)
            totals.append(int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M).group(1)))
        return (totals[1] - totals[0]) / 2000

    def ask(self, port, tls, path, cookie, count):
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n" + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n"
        deadline = time.monotonic() + 60
        while True:
            try:
                link = socket.create_connection(("127.0.0.1", port), timeout=60)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            link = context.wrap_socket(link, server_hostname="localhost")
        served = 0
        with link, link.makefile("rb") as answers:
            while served < count:
                link.sendall(head.encode())
                status = answers.readline()
                length = 0
                while (line := answers.readline()) not in (b"\r\n", b""):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                answers.read(length)
                if b" 200 " in status:
                    served += 1
                elif time.monotonic() > deadline:
                    raise SystemExit(f"no answers from port {port}: {status!r}")
                else:
                    time.sleep(0.1)


def raise_descriptors():
    import resource

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
