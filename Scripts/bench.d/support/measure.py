# Interleaved rounds of wrk against several servers, and the table of their medians and ratios.
import re, statistics, subprocess, sys

from peers import cpu_nanoseconds, pinned


def wrk(url, connections, seconds, cookie=None, script=None, core=1):
    """What a client of one thread sees: times in microseconds. `script` is a Lua file; `core` None leaves the client where it is."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "20s"]
    if core is not None:
        command = pinned(core, command)
    if script:
        command += ["-s", str(script)]
    if cookie:
        command += ["-H", f"Cookie: {cookie}"]
    text = subprocess.run(command + [url], capture_output=True, text=True, check=True).stdout
    bad = re.findall(r"(Non-2xx.*|Socket errors.*)", text)
    if bad:
        print(f"  {url}: {'; '.join(bad)}", file=sys.stderr)
    unit = {"us": 1, "ms": 1000, "s": 1_000_000}

    def percentile(which):
        number, name = re.search(rf"^ *{which}% +([\d.]+)(us|ms|s)", text, re.M).groups()
        return float(number) * unit[name]

    return {
        "requests": int(re.search(r"(\d+) requests in", text).group(1)),
        "rate": float(re.search(r"Requests/sec: +([\d.]+)", text).group(1)),
        "p50": percentile(50),
        "p99": percentile(99),
    }


def s_time(port, how, seconds):
    """TLS 1.3 handshakes with one small answer each, by openssl s_time: `-new` or `-reuse`."""
    command = pinned(1, ["openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-www", "/", how, "-time", str(seconds), "-tls1_3"])
    text = subprocess.run(command, capture_output=True, text=True).stdout
    count, spent = re.search(r"(\d+) connections in (\d+) real seconds", text).groups()
    return {"requests": int(count), "rate": int(count) / max(1, int(spent)), "p50": float("nan"), "p99": float("nan")}


def measured(pid, load):
    """What `load()` did, with the processor time it cost the process per request."""
    before = cpu_nanoseconds(pid)
    figures = load()
    figures["cpu"] = (cpu_nanoseconds(pid) - before) / 1000 / max(1, figures["requests"])
    return figures


def interleaved(servers, rounds, seconds, connections):
    """Rounds of wrk over `servers`, name to (pid, url, cookie)."""
    rows = {name: [] for name in servers}
    for _ in range(rounds):
        for name, (pid, url, cookie) in servers.items():
            rows[name].append(measured(pid, lambda: wrk(url, connections, seconds, cookie)))
    return rows


def median(values):
    return statistics.median(values) if values else float("nan")


def table(rows, names, title):
    print(f"\n{title}")
    print(f"  {'':<12}{'us CPU/request':>15}{'(range)':>14}{'requests/s':>12}{'p50 us':>9}{'p99 us':>9}{'ours/theirs':>13}")
    for name in names:
        mine = rows[name]
        cpu = [r["cpu"] for r in mine]
        ratio = median([a["cpu"] / b["cpu"] for a, b in zip(rows["fitech"], mine)])
        print(
            f"  {name:<12}{median(cpu):>15.2f}{f'{min(cpu):.1f}-{max(cpu):.1f}':>14}{median([r['rate'] for r in mine]):>12.0f}"
            f"{median([r['p50'] for r in mine]):>9.0f}{median([r['p99'] for r in mine]):>9.0f}{ratio:>13.2f}",
            flush=True,
        )
