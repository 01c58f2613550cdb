"""Starts origins and a balancer, then many clients at once; exits 1 when anything came back otherwise than it went."""
import argparse, asyncio, logging, os, random, shutil, signal, socket, subprocess, sys, tempfile, time

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

arguments = argparse.ArgumentParser()
arguments.add_argument("--clients", type=int, default=100)
arguments.add_argument("--seconds", type=float, default=20)
arguments = arguments.parse_args()
binary = os.path.join(os.environ["FITECH_BINARIES"], "fitech")
failures = []
logging.getLogger("websockets").setLevel(logging.CRITICAL)  # a check that only connects is no handshake, and none is meant


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def echo(connection):
    async for message in connection:
        if message == "close":
            await connection.close(4001, "as asked")
            return
        await connection.send(message)


async def events(reader, writer):
    """An origin of server-sent events, bare: three at once, then silence until the other side leaves."""
    try:
        await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:  # a check that only connects
        return writer.close()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n")
    await writer.drain()
    if await reader.read(1) == b"":
        events.left += 1
    writer.close()


events.left = 0


def message(random):
    size = random.choice([0, 1, 125, 126, 65535, 65536, random.randrange(200_000)])
    return random.randbytes(size) if random.random() < 0.5 else "".join(random.choices("abcäöü€😀", k=min(size, 20_000)))


async def client(port, number, until):
    rnd, sent = random.Random(number), 0
    while time.monotonic() < until:
        try:
            async with connect(f"ws://127.0.0.1:{port}/echo", max_size=None, compression=None if number % 2 else "deflate") as connection:
                for _ in range(rnd.randrange(1, 30)):
                    said = message(rnd)
                    if isinstance(said, bytes) and len(said) > 1000 and rnd.random() < 0.3:
                        await connection.send([said[:500], said[500:]])  # in fragments
                    else:
                        await connection.send(said)
                    if rnd.random() < 0.1:
                        await asyncio.wait_for(await connection.ping(), 20)
                    if await asyncio.wait_for(connection.recv(), 20) != said:
                        failures.append(f"client {number}: a message came back otherwise")
                    sent += 1
                if rnd.random() < 0.5:
                    await connection.send("close")
                    try:
                        await asyncio.wait_for(connection.recv(), 20)
                        failures.append(f"client {number}: no close")
                    except ConnectionClosed:
                        if connection.close_code != 4001:
                            failures.append(f"client {number}: closed with {connection.close_code}")
        except Exception as error:
            failures.append(f"client {number}: {type(error).__name__} {error}")
            return sent
    return sent


async def listen_to_events(port, count):
    for _ in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
        if b"data: 1" not in await asyncio.wait_for(reader.readuntil(b"data: 1\n\n"), 20):
            failures.append("no event came")
        writer.close()


def balancer(scratch, origins):
    port = free_port()
    path = os.path.join(scratch, f"balancer-{port}.yaml")
    with open(path, "w") as file:
        nodes = [f"  - {{name: origin-{index}, tier: web, origin: 'http://127.0.0.1:{origin}'}}" for index, origin in enumerate(origins)]
        file.write(f"listen: {{http: 127.0.0.1:{port}}}\nnodes:\n  - {{name: balancer-1, tier: balancer}}\n" + "\n".join(nodes) + "\n")
    process = subprocess.Popen([binary, "up", "--config", path, "--state", os.path.join(scratch, f"state-{port}")], stdout=subprocess.DEVNULL, stderr=open(os.path.join(scratch, "log"), "a"))
    return port, process


async def ready(port):
    for _ in range(300):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            line = await asyncio.wait_for(reader.readline(), 5)
            writer.close()
            if line.startswith(b"HTTP/1.1 ") and not line.startswith(b"HTTP/1.1 503"):
                return
        except (OSError, asyncio.TimeoutError):
            pass
        await asyncio.sleep(0.1)
    raise SystemExit("the balancer did not become ready")


async def main(scratch):
    servers = [await serve(echo, "127.0.0.1", 0, max_size=None) for _ in range(2)]
    streams = await asyncio.start_server(events, "127.0.0.1", 0)
    tunnel_port, first = balancer(scratch, [server.sockets[0].getsockname()[1] for server in servers])
    event_port, second = balancer(scratch, [streams.sockets[0].getsockname()[1]])
    try:
        await ready(tunnel_port)
        until = time.monotonic() + arguments.seconds
        counts = await asyncio.gather(*(client(tunnel_port, number, until) for number in range(arguments.clients)))
        print(f"{sum(counts)} messages over {arguments.clients} clients in {arguments.seconds:.0f} s came back as they went")
        await asyncio.sleep(2)
        before = events.left
        await listen_to_events(event_port, 50)
        for _ in range(100):
            if events.left - before >= 50:
                break
            await asyncio.sleep(0.1)
        print(f"{events.left - before} of 50 event streams ended at the origin when their customer left")
        if events.left - before < 50:
            failures.append("an origin was not told that its customer left")
    finally:
        for process in (first, second):
            process.send_signal(signal.SIGTERM)
        for process in (first, second):
            process.wait(30)
    for failure in failures[:20]:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


scratch = tempfile.mkdtemp(prefix="fitech-websocket-")
try:
    code = asyncio.run(main(scratch))
finally:
    shutil.rmtree(scratch, ignore_errors=True)
sys.exit(code)
