// Requests wait for room at real nodes: in bounds, in order, and who leaves is forgotten.
import Engine
import Glibc
import Synchronization
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct QueueTests {
    /// Lets nobody's request end before it is opened.
    private final class Gate: Sendable {
        private let isOpen = Atomic<Bool>(false)
        func open() { isOpen.store(true, ordering: .releasing) }
        var behaviour: FakeNode.Behaviour {
            { exchange, node in
                while !self.isOpen.load(ordering: .acquiring) { await exchange.loop.sleep(.milliseconds(2)) }
                await exchange.respond(.text(node.name))
            }
        }
    }

    private static func options(_ change: (inout BalancerOptions) -> Void = { _ in }) -> BalancerOptions {
        Fixture.quick {
            $0.perNode = 2
            change(&$0)
        }
    }

    @Test func `beyond the cap requests wait and are served as places come free; a node never has more at once`() async throws {
        try await withBalancer(options: Self.options()) { site in
            let most = Atomic<Int>(0), now = Atomic<Int>(0)
            let node = try site.node("web-1") { exchange, _ in
                let mine = now.add(1, ordering: .relaxed).newValue
                if mine > most.load(ordering: .relaxed) { most.store(mine, ordering: .relaxed) }
                await exchange.loop.sleep(.milliseconds(3))
                now.subtract(1, ordering: .relaxed)
                await exchange.respond(.text("ok"))
            }
            await site.apply([node.member])
            let failed = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<40 { group.addTask { (try? await site.get("/").status) != .ok } }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(failed == 0)
            #expect(most.load(ordering: .relaxed) == 2)
            #expect(await site.ask { $0.queue.count + $0.waiters.count + $0.table.entries[0].inFlight } == 0)
            #expect(await site.ask { $0.table.entries[0].requests } == 40)
        }
    }

    @Test func `full means 503 with Retry-After: at once beyond the depth, else when the time is over`() async throws {
        let gate = Gate()
        try await withBalancer(options: Self.options {
            $0.queue.depth = 1
            $0.queue.time = .milliseconds(150)
        }) { site in
            let node = try site.node("web-1", behaviour: gate.behaviour)
            await site.apply([node.member])
            let first = Task { try await site.get("/") }, second = Task { try await site.get("/") }
            await site.until { $0.table.entries[0].inFlight == 2 }
            let waiting = Task { try await site.get("/") }
            await site.until { $0.queue.count == 1 }
            let refused = try await site.get("/")
            #expect(refused.status.code == 503 && refused.fields["retry-after"] != nil)
            let late = try await waiting.value
            #expect(late.status.code == 503 && late.fields["retry-after"] != nil)
            #expect(await site.ask { $0.refusals["queue-full"] } == 2)
            gate.open()
            #expect(try await first.value.status == .ok)
            #expect(try await second.value.status == .ok)
        }
    }

    @Test func `a client that leaves while it waits is removed and no node is asked`() async throws {
        let gate = Gate()
        try await withBalancer(options: Self.options()) { site in
            let node = try site.node("web-1", behaviour: gate.behaviour)
            await site.apply([node.member])
            let both = [Task { try await site.get("/") }, Task { try await site.get("/") }]
            await site.until { $0.table.entries[0].inFlight == 2 }
            guard case .tcp(_, let port) = site.address else { return }
            let peer = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(UInt16(port).bigEndian)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(peer, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
            try #require(connected == 0)
            let request = Array("GET /left HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
            send(peer, request, request.count, 0)
            await site.until { $0.queue.count == 1 }
            close(peer)
            await site.until { $0.queue.isEmpty }
            gate.open()
            for one in both { #expect(try await one.value.status == .ok) }
            #expect(node.requests == 2)
        }
    }

    @Test(arguments: [false, true])
    func `somebody whose node is full waits for it, then is served elsewhere and keeps it, or moves where the policy says so`(moves: Bool) async throws {
        let gate = Gate()
        try await withBalancer(options: Self.options {
            $0.perNode = 1
            $0.queue.stickyTime = .milliseconds(100)
            $0.queue.stickyMoves = moves
        }) { site in
            let one = try site.node("web-1")
            await site.apply([one.member])
            let cookie = String(try #require(try await site.get("/").fields["set-cookie"]).prefix { $0 != ";" })
            let two = try site.node("web-2")
            await site.apply([one.member, two.member])
            one.set(gate.behaviour)
            let busy = Task { try await site.get("/", [("Cookie", cookie)]) }
            await site.until { $0.table.entries[0].inFlight == 1 }
            let elsewhere = Task { try await site.get("/", [("Cookie", cookie)]) }
            await site.until { $0.table.entries[0].load.queued == 1 }
            let answer = try await elsewhere.value
            #expect(answer.text == "web-2")
            #expect((answer.fields["set-cookie"] != nil) == moves)
            let patient = Task { try await site.get("/", [("Cookie", cookie)]) }
            await site.until { $0.table.entries[0].load.queued == 1 }
            gate.open()
            #expect(try await busy.value.text == "web-1")
            #expect(try await patient.value.text == "web-1", "a place came free in time")
            #expect(await site.ask { $0.table.entries[0].load.queued } == 0)
        }
    }

    @Test func `a place at a node that comes back goes to those who wait`() async throws {
        let gate = Gate()
        try await withBalancer(options: Self.options {
            $0.perNode = 1
            $0.health.rise = 1
        }) { site in
            let one = try site.node("web-1", behaviour: gate.behaviour), two = try site.node("web-2")
            two.set(ready: false)
            await site.apply([one.member, two.member], up: ["web-1"])
            let busy = Task { try await site.get("/") }
            await site.until { $0.table.entries[0].inFlight == 1 }
            let waiting = Task { try await site.get("/") }
            await site.until { $0.queue.count == 1 }
            two.set(ready: true)
            #expect(try await waiting.value.text == "web-2")
            gate.open()
            #expect(try await busy.value.status == .ok)
        }
    }
}
