// The HTTP API of the control socket: `GET /control/status`, `POST /control/clone-node` and so on, JSON both ways.
import Control
import Engine
import Logging
import Wire

/// One per loop. Long work streams lines of JSON: `{"progress": 0.4, "text": "...", ...}` and in the end `{"result": {...}}` or `{"failure": {...}}`.
final class ControlHandler: HTTPHandler {
    /// The largest body: a file to import.
    static let largestBody = 64 << 20

    private let supervisor: Supervisor
    private let router = HTTPRouter()

    init(_ supervisor: Supervisor) {
        self.supervisor = supervisor
        for action in Action.all { add(action) }
        router.on(.get, "/control/logs") { [supervisor] exchange in await Self.logs(supervisor, exchange) }
        router.on(.get, "/healthz") { exchange in await exchange.respond(.text("alive\n")) }
    }

    func handle(_ exchange: HTTPExchange) async { await router.handle(exchange) }

    private enum Event: Sendable {
        case progress(Double, String, [(String, JSON)])
        case done(JSON)
        case failed(Failure)
    }

    private func add(_ action: Action) {
        let supervisor = self.supervisor
        let run: (HTTPExchange) async -> Void = { exchange in
            let arguments: Arguments
            do throws(Failure) {
                arguments = try await Self.arguments(of: exchange, isRead: action.isRead)
            } catch {
                return await exchange.respond(.problem(error))
            }
            let (events, told) = AsyncStream<Event>.makeStream()
            let replay = action.isRead ? nil : exchange.head.fields["fitech-replay-id"]
            // On its own: an action that has begun is finished even when whoever asked goes away.
            Task {
                switch await supervisor.once(replay, { await $0.outcome(of: action, arguments, Progress { told.yield(.progress($0, $1, $2)) }) }) {
                case .success(let result): told.yield(.done(result))
                case .failure(let failure): told.yield(.failed(failure))
                }
                told.finish()
            }
            await Self.relay(events, to: exchange)
        }
        router.on(action.isRead ? .get : .post, "/control/\(action.name)", run)
        // Reads with arguments too long for a query may be posted.
        if action.isRead { router.on(.post, "/control/\(action.name)", run) }
    }

    /// Answers plainly when it is done at once; from the first progress on it streams.
    private static func relay(_ events: AsyncStream<Event>, to exchange: HTTPExchange) async {
        var streams = false
        do throws(Failure) {
            for await event in events {
                switch event {
                case .progress(let part, let text, let details):
                    if !streams {
                        streams = true
                        try await exchange.begin(ResponseHead(status: .ok, fields: HTTPFields([("Content-Type", "application/x-ndjson")])), length: nil)
                    }
                    try await line(.object([("progress", .number(part)), ("text", .string(text))] + details), to: exchange)
                case .done(let result):
                    if streams { try await line(["result": result], to: exchange) } else { await exchange.respond(.json(result)) }
                case .failed(let failure):
                    if streams { try await line(["failure": failure.json()], to: exchange) } else { await exchange.respond(.problem(failure)) }
                }
            }
            if streams { try await exchange.end() }
        } catch {
            // Whoever asked is gone; the action goes on and its outcome is in the audit log.
        }
    }

    private static func line(_ json: JSON, to exchange: HTTPExchange) async throws(Failure) {
        try await exchange.write(json.bytes + [0x0A])
        try await exchange.flush()
    }

    private static func arguments(of exchange: HTTPExchange, isRead: Bool) async throws(Failure) -> Arguments {
        var members: [(String, JSON)] = []
        do {
            for field in try Form(query: exchange.head.query).fields { members.append((field.name, .string(field.value))) }
        } catch {
            throw .invalid("The query is not valid.", hint: "Percent-encode its values.", code: "malformed-query")
        }
        let body = try await exchange.body(limit: largestBody)
        let type = exchange.head.fields["content-type"]?.lowercased() ?? ""
        var bytes: [UInt8] = []
        if !body.isEmpty, type.hasPrefix("application/json") || type.isEmpty {
            do {
                guard case .object(let more) = try JSON.parse(body) else {
                    throw Failure.invalid("The body is JSON but no object.", hint: "Send {\"name\": value}.", code: "not-an-object")
                }
                members += more
            } catch let error as JSON.SyntaxError {
                throw error.failure
            } catch let error as Failure {
                throw error
            } catch {
                throw .invalid("The body is not JSON.", hint: "Send {\"name\": value}.")
            }
        } else {
            bytes = body
        }
        let peer = exchange.peer
        // Only a process of the owner reaches this socket (0600 in 0700); the portal's nodes name the person they act for.
        let by = Actor(person: exchange.head.fields["fitech-person"], processID: peer.processID, userID: peer.userID)
        return Arguments(json: .object(members), by: by, bytes: bytes)
    }

    private static func logs(_ supervisor: Supervisor, _ exchange: HTTPExchange) async {
        do throws(Failure) {
            let arguments = try await arguments(of: exchange, isRead: true)
            try arguments.only("node", "lines")
            let node = try await supervisor.node(try arguments.text("node"))
            let wanted = try arguments.optionalText("lines") ?? "100"
            guard let lines = Int(wanted), (1...100_000).contains(lines) else {
                throw .invalid("`\(wanted)` is not a number of lines.", hint: "Send 1 to 100000.")
            }
            guard node.origin == nil else { throw .invalid("\(node.name) is an origin; its logs are with whoever runs it.", hint: "Look on its own machine.") }
            let path = supervisor.state.log(of: node.name)
            var bytes = try DurableFile.read(path + ".1") ?? []
            bytes += try DurableFile.read(path) ?? []
            let tail = bytes.split(separator: 0x0A).suffix(lines).flatMap { $0 + [0x0A] }
            await exchange.respond(.bytes(tail, type: "text/plain; charset=utf-8"))
        } catch {
            await exchange.respond(.problem(error))
        }
    }
}

extension Supervisor {
    typealias Outcome = Result<JSON, Failure>

    /// A repeat of a relayed request (its web node died under it) waits for the first and answers the same.
    func once(_ replay: String?, _ act: @escaping @Sendable (Supervisor) async -> Outcome) async -> Outcome {
        guard let replay, !replay.isEmpty else { return await act(self) }
        if let known = replays[replay] { return await known.value }
        let task = Task { await act(self) }
        replays[replay] = task
        let outcome = await task.value
        // Long enough for every retry of a balancer.
        Task {
            await loop.sleep(.seconds(600))
            replays[replay] = nil
        }
        return outcome
    }

    func outcome(of action: Action, _ arguments: Arguments, _ progress: Progress) async -> Outcome {
        do throws(Failure) { return .success(try await carryOut(action, arguments, progress)) } catch { return .failure(error) }
    }

    /// Audits an action, carries it out, audits how it ended. What cannot be audited is not done.
    func carryOut(_ action: Action, _ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        guard !action.isRead else { return try await action.body(self, arguments, progress) }
        guard !isStopping else { throw .unavailable("The supervisor is stopping.", whose: .ours) }
        let audit = AuditLog(state)
        try audit.note(action.name, by: arguments.by, arguments: arguments.json, outcome: "begun")
        do throws(Failure) {
            let result = try await action.body(self, arguments, progress)
            try? audit.note(action.name, by: arguments.by, arguments: arguments.json, outcome: "done")
            return result
        } catch {
            try? audit.note(action.name, by: arguments.by, arguments: arguments.json, outcome: "failed: \(error.code)")
            throw error
        }
    }
}
