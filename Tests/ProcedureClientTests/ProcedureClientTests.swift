// Calling procedures of a data node that answers, restarts, lies and dies: real sockets, a fake handler.
import Control
import Engine
import Nodes
import ProcedureClient
import Procedures
import Synchronization
import Testing
import Wire

/// A web node and, on the primary's socket, whatever the test lets answer.
final class TestPair: Sendable {
    let web: Node
    let loop: EventLoop
    let calls = Mutex<Int>(0)
    private let server: HTTPServer
    typealias Answer = @Sendable (_ call: Int, _ exchange: HTTPExchange) async -> Void

    init(listening: Bool = true, _ answer: @escaping Answer) throws {
        var configuration = Configuration()
        configuration.nodes = [NodeSpec(name: "web-1", tier: .web), NodeSpec(name: "data-1", tier: .data, role: .primary)]
        web = try Node.start(
            configuration: configuration, state: StateDirectory("/tmp/fitech-procedures-\(UInt32.random(in: 0 ... .max))"), name: "web-1",
            tier: .web)
        loop = try EventLoop.start(name: "data")
        let calls = CallCounter()
        server = HTTPServer(loops: [loop], log: web.log) { _ in Handler(calls: calls, answer: answer) }
        if listening { try listen() }
    }

    func listen() throws { server.listen(try Listener.open(.unix(web.state.socket(of: "data-1")))) }

    func call<P: Procedure>(_ procedure: P, replay: String? = nil, patience: Duration = .seconds(5)) async throws -> P.Answer {
        let web = web
        return try await web.loops[0].run { loop in
            let client = ProcedureClient(node: web, loop: loop)
            client.patience = patience
            return try await client.call(procedure, replay: replay)
        }
    }

    final class CallCounter: Sendable {
        private let count = Mutex(0)
        func next() -> Int { count.withLock { $0 += 1; return $0 } }
    }

    final class Handler: HTTPHandler {
        let calls: CallCounter
        let answer: Answer
        init(calls: CallCounter, answer: @escaping Answer) { (self.calls, self.answer) = (calls, answer) }
        func handle(_ exchange: HTTPExchange) async { await answer(calls.next(), exchange) }
    }
}

/// Begins an answer that never gets complete.
private func breakOff(_ exchange: HTTPExchange) async {
    do throws(Failure) {
        try await exchange.begin(ResponseHead(status: .ok), length: 1000)
        try await exchange.write([1])
    } catch {}
}

@Suite struct ProcedureClientTests {
    @Test func `a procedure travels compactly and its answer comes back`() async throws {
        let pair = try TestPair { _, exchange in
            let procedure = try? CompactCodec.decode(ShowTicket.self, from: await exchange.body(limit: 1000))
            var thread = TicketThread()
            thread.ticket.number = procedure?.number ?? 0
            await exchange.respond(.bytes(CompactCodec.encode(thread), type: CompactCodec.mediaType))
        }
        var show = ShowTicket()
        show.number = 42
        #expect(try await pair.call(show).ticket.number == 42)
    }

    @Test func `a failure of the data node is told unchanged`() async throws {
        let pair = try TestPair { _, exchange in await exchange.respond(.problem(.notFound("ticket"))) }
        #expect(await #expect(throws: Failure.self) { try await pair.call(ShowTicket()) } == .notFound("ticket"))
    }

    @Test func `a node that is not there yet is waited for`() async throws {
        let pair = try TestPair(listening: false) { _, exchange in
            await exchange.respond(.bytes(CompactCodec.encode(Done()), type: CompactCodec.mediaType))
        }
        async let answer = pair.call(SignOut())
        try await Task.sleep(for: .milliseconds(300))
        try pair.listen()
        _ = try await answer
    }

    @Test func `a fenced node that says it did nothing is asked again`() async throws {
        let pair = try TestPair { call, exchange in
            await exchange.respond(call < 3 ? .problem(.unavailable("fenced")) : .bytes(CompactCodec.encode(Done()), type: CompactCodec.mediaType))
        }
        _ = try await pair.call(SignOut())
    }

    @Test func `a read whose answer breaks off is asked again`() async throws {
        let pair = try TestPair { call, exchange in
            if call == 1 { return await breakOff(exchange) }
            await exchange.respond(.bytes(CompactCodec.encode(Person()), type: CompactCodec.mediaType))
        }
        _ = try await pair.call(WhoAmI())
    }

    @Test func `a write whose answer breaks off is repeated only with a replay id`() async throws {
        let pair = try TestPair { call, exchange in
            if call % 2 == 1 { return await breakOff(exchange) }
            await exchange.respond(.bytes(CompactCodec.encode(Done()), type: CompactCodec.mediaType))
        }
        _ = try await pair.call(SignOut(), replay: "r-1")
        await #expect(throws: Failure.self) { try await pair.call(SignOut()) }
    }

    @Test func `when patience ends it is a 503 that says when to come back`() async throws {
        let pair = try TestPair(listening: false) { _, _ in }
        let failure = await #expect(throws: Failure.self) { try await pair.call(WhoAmI(), patience: .milliseconds(200)) }
        #expect(failure?.status == 503 && failure?.retryAfter != nil)
    }
}
