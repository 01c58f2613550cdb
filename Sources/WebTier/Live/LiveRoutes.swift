// Event streams (the EventSource of the HTML standard) of pages that show what is happening: a ticket, the list of tickets.
import Control
import Engine
import Logging
import Nodes
import ProcedureClient
import Procedures
import Wire

extension WebHandler {
    /// A stream ends after so long; the browser comes back by itself, perhaps to another node.
    private static let longest = Duration.seconds(900)
    /// Who looks is asked for again so often: the session may have ended, and presence is forgotten.
    private static let again = Duration.seconds(20)

    func addLive() {
        stream("/tickets/{number}/events") { request throws(Failure) in
            var call = LookAtTicket()
            call.number = try Self.number(request)
            let asked = call
            return LiveStream(topics: ["ticket/\(call.number)"]) { () throws(Failure) in
                let seen = try await request.ask(asked)
                // The number of the newest message is enough: the page is asked for what it says.
                return JSONCodec.encode(seen)
            } leave: {
                var last = asked
                last.leaves = true
                _ = try? await request.ask(last)
            }
        }
        stream("/tickets/events") { request throws(Failure) in
            let person = try await request.ask(WhoAmI())
            var turn = 0
            return LiveStream(topics: [person.customer.map { "tickets/\($0)" } ?? "tickets"], everyNews: true) { () throws(Failure) in
                // The first time it has just been asked.
                if turn > 0 { _ = try await request.ask(WhoAmI()) }
                turn += 1
                return Array("{\"turn\":\(turn)}".utf8)
            }
        }
    }

    /// What a stream is about and how it looks.
    struct LiveStream {
        var topics: Set<String>
        /// Each news is told; without it, only what looks differently.
        var everyNews = false
        /// What is to be seen now, as the data of an event; fails when the person may not look any more.
        var look: () async throws(Failure) -> [UInt8]
        var leave: () async -> Void = {}
    }

    private func stream(_ path: String, _ begin: @escaping (WebRequest) async throws(Failure) -> LiveStream) {
        router.on(.get, path) { [unowned self] exchange in
            let request = WebRequest(exchange, self)
            do throws(Failure) {
                let stream = try await begin(request)
                guard let look = live.begin(stream.topics) else { throw .unavailable("Too many pages are live already.", after: 30, whose: .ours) }
                defer { live.end(look) }
                try await serve(stream, look, exchange, request)
            } catch {
                if !exchange.hasBegun { await exchange.respond(request.secured(.problem(error, requestID: request.requestID), html: false)) }
            }
        }
    }

    private func serve(_ stream: LiveStream, _ look: LiveHub.Look, _ exchange: HTTPExchange, _ request: WebRequest) async throws(Failure) {
        var seen = try await stream.look()
        var response = request.secured(HTTPResponse(status: .ok), html: false)
        response.fields.add("Content-Type", "text/event-stream; charset=utf-8")
        try await exchange.begin(ResponseHead(status: .ok, fields: response.fields), length: nil)
        do throws(Failure) {
            try await exchange.write(Array("retry: 3000\n\n".utf8) + Self.event(seen))
            let end = ContinuousClock.now + Self.longest
            var next = ContinuousClock.now + Self.again
            while ContinuousClock.now < end, isServing, !exchange.clientHasLeft {
                // In short steps: a node that is drained or stopped keeps nobody waiting for it.
                let hasNews = await live.news(look, within: .seconds(2))
                guard hasNews || ContinuousClock.now >= next else { continue }
                next = ContinuousClock.now + Self.again
                let now: [UInt8]
                do throws(Failure) { now = try await stream.look() } catch {
                    guard error.whose == .client else { throw error }
                    // It was deleted, or the person may not look any more: said once, and no error of the line.
                    try await exchange.write(Self.gone)
                    break
                }
                let isNew = stream.everyNews ? hasNews : now != seen
                // A comment keeps the line open and finds out whether anybody is there.
                try await exchange.write(isNew ? Self.event(now) : Array(":\n\n".utf8))
                seen = now
                // Whatever comes at once is told together.
                if isNew { await exchange.loop.sleep(.milliseconds(300)) }
            }
            await stream.leave()
            try await exchange.end()
        } catch {
            await stream.leave()
            throw error
        }
    }

    private var isServing: Bool { !node.isStopping && !node.isRetiring && node.entry.map { $0.takesNewWork } ?? true }

    private static let gone = Array("event: gone\ndata: {}\n\n".utf8)
    private static func event(_ data: [UInt8]) -> [UInt8] { Array("data: ".utf8) + data + [10, 10] }
}
