"""The portal edition with three balancers and four web nodes on ports of its own, for soaks that work with a whole fleet."""
import json, os, shutil, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


class Fleet:
    """fitech up in a directory of its own, and fitech-ctl. `binaries`: where the programs are; otherwise they are built. `keep`: the directory stays."""

    def __init__(self, binaries=None, keep=False):
        self.keep = keep
        if not binaries:
            subprocess.run([f"{ROOT}/Scripts/build"], check=True, stdout=sys.stderr)
        self.binaries = os.path.abspath(binaries or f"{ROOT}/.build/release")
        self.directory = tempfile.mkdtemp(prefix="fitech-soak-")
        self.state = f"{self.directory}/state"
        yaml = open(f"{ROOT}/Config/portal.yaml").read()
        yaml = yaml.replace("  - {name: web-2, tier: web}\n", "".join(f"  - {{name: web-{n}, tier: web}}\n" for n in (2, 3, 4)))
        open(f"{self.directory}/fleet.yaml", "w").write(yaml)
        self.log = open(f"{self.directory}/supervisor.log", "ab")
        # Should this script be killed, nothing is left for ever: without its directory every node ends by itself.
        if not keep:
            subprocess.Popen(["/bin/sh", "-c", f"while [ -d {self.directory} ]; do sleep 2; kill -0 {os.getpid()} 2>/dev/null || {{ "
                              f"{self.binaries}/fitech down --state {self.state}; rm -rf {self.directory}; }}; done"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def up(self, *more):
        self.supervisor = subprocess.Popen(
            [f"{self.binaries}/fitech", "up", "--config", f"{self.directory}/fleet.yaml", "--state", self.state, "--set", "listen.https=127.0.0.1:0",
             "--set", "listen.http=127.0.0.1:0", *more], stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.supervisor.stdout:
            if line.startswith("ready "):
                self.url = line.split()[1]
                self.port = int(self.url.rsplit(":", 1)[1])
                return
        last = open(f"{self.directory}/supervisor.log", errors="replace").readlines()[-20:]
        raise SystemExit(f"the fleet did not get ready; the end of its log:\n{''.join(last)}")

    def ctl(self, *words):
        done = subprocess.run([f"{self.binaries}/fitech-ctl", "--state", self.state, *words, "--json"], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"fitech-ctl {' '.join(words)}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def nodes(self):
        return {node["name"]: node for node in self.ctl("status")["nodes"]}

    def administrator(self, customer):
        """The demo's, with e-mail and password."""
        people = json.load(open(f"{self.state}/demo.json"))["people"]
        return next(one for one in people if one["customer"] == customer and one["role"] == "administrator")

    def pid(self, name):
        return self.nodes()[name]["pid"]

    def stop(self):
        """Stops the fleet and keeps its directory."""
        self.supervisor.terminate()
        self.supervisor.wait(30)

    def end(self):
        self.supervisor.terminate()
        try:
            self.supervisor.wait(15)
        except subprocess.TimeoutExpired:
            self.supervisor.kill()
        subprocess.run([f"{self.binaries}/fitech", "down", "--state", self.state], capture_output=True)
        if not self.keep:
            shutil.rmtree(self.directory, ignore_errors=True)
