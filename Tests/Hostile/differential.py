# The client, the recording origin and the comparison of Scripts/soak differential; the peers are started by that script.
#
#   differential.py REQUESTS EXPLANATIONS REPORT NAME:PORT:ORIGINPORT...     the first name is ours, the others its peers
import fnmatch, re, socket, sys, threading, time

CANARY = b"GET /canary HTTP/1.1\r\nHost: portal.example\r\n\r\n"
ADDED = re.compile(rb"^(x-forwarded-|x-request-id|fitech-|via:|x-host:|forwarded:|connection:|date:|user-agent:)", re.I)

def unescape(line):
    out, at = b"", 0
    while at < len(line):
        if line[at] != "\\":
            out, at = out + line[at].encode(), at + 1
        elif line[at + 1] == "x":
            out, at = out + bytes([int(line[at + 2:at + 4], 16)]), at + 4
        elif line[at + 1] == "{":
            end, colon = line.index("}", at), line.index(":", at)
            out, at = out + int(line[at + 2:colon]) * unescape(line[colon + 1:end]), end + 1
        else:
            out, at = out + {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0"}.get(line[at + 1], line[at + 1].encode()), at + 2
    return out

def escape(data, limit=400):
    text = "".join(chr(b) if 32 <= b < 127 and b != 92 else {13: "\\r", 10: "\\n", 9: "\\t", 0: "\\0", 92: "\\\\"}.get(b, f"\\x{b:02x}") for b in data[:limit])
    return text + ("..." if len(data) > limit else "")

def table(path):
    rows, name = [], None
    for line in open(path, encoding="utf-8").read().split("\n"):
        if line.startswith("== "):
            rows.append([line[3:].split("|")[0].strip(), b""])
        elif rows and line and not line.startswith(("# ", "-> ")):
            rows[-1][1] += unescape(line)
    return rows

def variants():
    """Every suspicious byte at every place where it could end something, for a body with a length and a chunked one."""
    spice = [0, 1, 9, 10, 11, 12, 13, 32, 34, 44, 59, 127, 133, 160, 255]
    cl = "POST<method-end> /<target-end> HTTP/1.1<line-end>\r\nHost: portal.example<host-end>\r\n<name-start>Content-Length<name-end>:<value-start> 1<value-inside>0<value-end>\r\nX: y\r\n<head-end>\r\nabcdefghij"
    te = ("POST / HTTP/1.1\r\nHost: portal.example\r\n<name-start>Transfer-Encoding<name-end>:<value-start> chunk<value-inside>ed<value-end>\r\n<head-end>\r\n"
          "<size-start>5<size-end>\r\nabcde<data-end>\r\n5;a=b<extension-end>\r\nfghij\r\n0<last-end>\r\n<trailer-start>X: y<trailer-end>\r\n\r\n")
    rows = []
    for base, text in (("cl", cl), ("te", te)):
        for place in re.findall(r"<([a-z-]+)>", text):
            for byte in spice:
                filled = text.encode("latin-1").replace(f"<{place}>".encode(), bytes([byte]))
                rows.append([f"{base}~{place}~{byte:02x}", re.sub(rb"<[a-z-]+>", b"", filled)])
    return rows

class Origin:
    """Answers every request it can make out and keeps its bytes; a reader of its own, so that no peer judges another."""
    def __init__(self, port):
        self.lock, self.seen = threading.Lock(), []
        self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        held = b""
        with connection:
            while True:
                try:
                    more = connection.recv(65536)
                except OSError:
                    more = b""
                held += more
                while (end := self.end(held)) is not None:
                    self.keep(held[:end])
                    held = held[end:]
                    try:
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                    except OSError:
                        return
                if not more:
                    if held:
                        self.keep(b"(incomplete) " + held)
                    return

    def keep(self, message):
        with self.lock:
            self.seen.append(message)

    @staticmethod
    def end(data):
        at = data.find(b"\r\n\r\n")
        if at < 0:
            return None
        head, at = data[:at].lower() + b"\r\n", at + 4
        if b"\r\ntransfer-encoding: chunked\r\n" in head:
            while True:
                line = data.find(b"\r\n", at)
                if line < 0:
                    return None
                try:
                    size = int(data[at:line].split(b";")[0], 16)
                except ValueError:
                    return len(data)
                at = line + 2 + size + 2
                if size == 0:
                    trailers = data.find(b"\r\n\r\n", line)
                    return None if trailers < 0 else trailers + 4
                if len(data) < at:
                    return None
        length = re.search(rb"\r\ncontent-length: *(\d+)\r\n", head)
        at += int(length[1]) if length else 0
        return at if len(data) >= at else None

    def take(self):
        with self.lock:
            seen, self.seen = self.seen, []
        return seen

def ask(port, data, origin):
    """What the server did: (kind, statuses, what the origin got)."""
    received, ended = b"", False
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            client.sendall(data)
        except OSError:
            pass
        client.settimeout(2.5)
        while True:
            try:
                more = client.recv(65536)
            except TimeoutError:
                break
            except OSError:
                more = b""
            if not more:
                ended = True
                break
            received += more
            client.settimeout(0.4)
    if not ended:
        time.sleep(0.05)
    statuses = [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d\d\d)(?: [^\r\n]*)?\r\n", received) if status != b"100"]
    seen = origin.take()
    if seen:
        return "forwarded", statuses, seen
    if statuses:
        return "refused" if statuses[0] >= 400 else "answered", statuses[:1], []
    return ("closed" if ended else "waits"), [], []

def body(message):
    head, _, rest = message.partition(b"\r\n\r\n")
    if b"\r\ntransfer-encoding: chunked" not in head.lower():
        return rest
    out = b""
    while True:
        line, _, rest = rest.partition(b"\r\n")
        try:
            size = int(line.split(b";")[0], 16)
        except ValueError:
            return out + line
        if size == 0:
            return out
        out, rest = out + rest[:size], rest[size + 2:]

def meaning(outcome):
    """What two servers must agree on: whether anything went on, and if so which requests with which bodies."""
    kind, _, seen = outcome
    if kind != "forwarded":
        return ("nothing",)
    requests = []
    for message in seen:
        if not message.startswith(b"(incomplete) "):
            requests.append((message.split(b"\r\n")[0], body(message)))
    return ("forwarded", tuple(requests)) if requests else ("nothing",)

def shown(outcome):
    kind, statuses, seen = outcome
    if kind == "forwarded":
        def short(message):
            head, _, rest = message.partition(b"\r\n\r\n")
            lines = [line for line in head.split(b"\r\n") if not ADDED.match(line)]
            return escape(b"\r\n".join(lines) + b"\r\n\r\n" + rest, 240)
        return f"forwarded ({','.join(map(str, statuses)) or 'no answer'}): " + "  +  ".join(short(m) for m in seen)
    return kind + (f" {statuses[0]}" if statuses else "")

def main():
    requests, explanations, report, *servers = sys.argv[1:]
    servers = [(name, int(port), Origin(int(origin))) for name, port, origin in (s.split(":") for s in servers)]
    rows = table(requests) + variants()
    results = {name: {} for name, _, _ in servers}

    def run(name, port, origin):
        for row, data in rows:
            try:
                results[name][row] = ask(port, data + CANARY, origin)
            except OSError as error:
                results[name][row] = ("gone", [], [str(error).encode()])

    print("ready", flush=True)
    sys.stdin.readline()  # the script says when all servers answer
    for _, _, origin in servers:
        origin.take()
    threads = [threading.Thread(target=run, args=server) for server in servers]
    for thread in threads: thread.start()
    for thread in threads: thread.join()

    reasons = []
    for line in open(explanations, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            pattern, peers, kinds, why = (part.strip() for part in line.split("|", 3))
            reasons.append([pattern.split(), peers.split(), kinds.split(), why, 0])
    ours, count, unexplained = servers[0][0], {}, []
    with open(report, "w", encoding="utf-8") as out:
        for row, data in rows:
            mine = results[ours][row]
            out.write(f"== {row}\n   {escape(data, 160)}\n   {ours:<9} {shown(mine)}\n")
            for peer, _, _ in servers[1:]:
                theirs = results[peer][row]
                a, b = meaning(mine), meaning(theirs)
                kind = "agrees" if a == b else "stricter" if a[0] == "nothing" else "laxer" if b[0] == "nothing" else "differs"
                count.setdefault(peer, {}).setdefault(kind, 0)
                count[peer][kind] += 1
                note = ""
                if kind != "agrees":
                    for reason in reasons:
                        if any(fnmatch.fnmatchcase(row, p) for p in reason[0]) and (peer in reason[1] or "*" in reason[1]) and kind in reason[2]:
                            reason[4] += 1
                            note = "  -- " + reason[3]
                            break
                    else:
                        unexplained.append((row, peer, kind, shown(mine), shown(theirs)))
                        note = "  -- UNEXPLAINED"
                out.write(f"   {peer:<9} {shown(theirs)}  [we are {kind}]{note}\n".replace("[we are agrees]", "[agrees]"))
    print(f"{len(rows)} requests, each followed by another; whole bytes in {report}")
    print(f"{'peer':<10}{'agrees':>8}{'we are stricter':>17}{'laxer':>7}{'differs':>9}")
    for peer, _, _ in servers[1:]:
        c = count[peer]
        print(f"{peer:<10}{c.get('agrees', 0):>8}{c.get('stricter', 0):>17}{c.get('laxer', 0):>7}{c.get('differs', 0):>9}")
    for pattern, peers, kinds, why, used in reasons:
        if not used: print(f"an explanation that explains nothing: {' '.join(pattern)} | {' '.join(peers)} | {' '.join(kinds)}")
    for row, peer, kind, mine, theirs in unexplained:
        print(f"unexplained: {row} | {peer} | we are {kind}\n    ours   {mine}\n    theirs {theirs}")
    print(f"unexplained rows: {len(unexplained)}")
    sys.exit(1 if unexplained else 0)

main()
