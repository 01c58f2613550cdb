// Asks nodes over their private sockets, as operations.
import Control
import Engine
import Wire

/// Usable from anywhere; the connections live on the loop.
package final class NodeCaller: Sendable {
    package let loop: EventLoop
    private let state: StateDirectory
    private let pool = ClientOfLoop()

    package init(loop: EventLoop, state: StateDirectory) {
        self.loop = loop
        self.state = state
    }

    /// Another process has the node's name now: connections to the one before must not be used again.
    func forget(_ node: String) async {
        let endpoint = Endpoint(address: .unix(state.socket(of: node)))
        await loop.run { [pool] loop in pool.client(on: loop).closeIdle(endpoint) }
    }

    /// Sends a request to a node (at `socket` instead of its own, when given) and answers whatever it says. Throws a failure that
    /// names the node when it says nothing.
    package func send(
        _ method: HTTPMethod, _ target: String, to node: String, body: [UInt8] = [], type: String = "application/json",
        fields more: [(String, String)] = [], timeout: Duration = .seconds(5), limit: Int = 64 << 20, at socket: String? = nil
    ) async throws(Failure) -> HTTPResponse {
        var fields = HTTPFields()
        if !more.contains(where: { $0.0 == "Accept" }) { fields.add("Accept", "application/json") }
        if !body.isEmpty { fields.add("Content-Type", type) }
        for (name, value) in more { fields.add(name, value) }
        let endpoint = Endpoint(address: .unix(socket ?? state.socket(of: node)))
        let sent = fields
        let result: Result<HTTPResponse, HTTPClientFailure> = await loop.run { [pool] loop in
            do throws(HTTPClientFailure) {
                return .success(try await pool.client(on: loop).send(method: method, target: target, fields: sent, body: body, to: endpoint, timeout: timeout, limit: limit))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let response): return response
        case .failure(let failure): throw Self.silence(of: node, failure)
        }
    }

    /// The same for answers in JSON; a failure the node answers with is thrown.
    package func json(
        _ method: HTTPMethod, _ target: String, to node: String, body: JSON? = nil, fields: [(String, String)] = [], timeout: Duration = .seconds(5)
    ) async throws(Failure) -> JSON {
        let response = try await send(method, target, to: node, body: body?.bytes ?? [], fields: fields, timeout: timeout)
        return try Self.json(response, from: node)
    }

    /// Long work on a node: passes its lines of progress on and answers its result.
    func work(_ target: String, on node: String, body: JSON, timeout: Duration, _ progress: Progress) async throws(Failure) -> JSON {
        var fields = HTTPFields()
        fields.add("Accept", "application/json, application/x-ndjson")
        fields.add("Content-Type", "application/json")
        let (sent, bytes, endpoint) = (fields, body.bytes, Endpoint(address: .unix(state.socket(of: node))))
        let result: Result<HTTPResponse, HTTPClientFailure> = await loop.run { [pool] loop in
            do throws(HTTPClientFailure) {
                let exchange = try await pool.client(on: loop).open(method: .post, target: target, fields: sent, framing: .length(bytes.count), to: endpoint, timeout: timeout)
                try await exchange.write(bytes)
                try await exchange.end()
                let head = try await exchange.head()
                guard head.fields["content-type"]?.hasPrefix("application/x-ndjson") == true else {
                    return .success(HTTPResponse(status: head.status, fields: head.fields, body: try await exchange.body(limit: 64 << 20)))
                }
                var lines: [UInt8] = [], last: [UInt8] = []
                while let chunk = try await exchange.nextChunk() {
                    lines += chunk
                    while let end = lines.firstIndex(of: 0x0A) {
                        last = Array(lines[..<end])
                        lines.removeFirst(end + 1)
                        if let json = try? JSON.parse(last), let part = json["progress"]?.number { progress(part, json["text"]?.string ?? "") }
                    }
                }
                return .success(HTTPResponse(status: head.status, fields: head.fields, body: lines.isEmpty ? last : lines))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .failure(let failure): throw Self.silence(of: node, failure)
        case .success(let response):
            let json = try Self.json(response, from: node)
            if let problem = json["error"], let failure = Failure(json: problem) { throw failure }
            return json["result"] ?? json
        }
    }

    private static func silence(of node: String, _ failure: HTTPClientFailure) -> Failure {
        Failure(
            whose: .upstream, retry: failure.reached == .nothing ? .after(seconds: 1) : .never, status: 503, code: failure.reached == .nothing ? "node-unreachable" : "node-lost",
            reason: "\(node) does not answer: \(failure.reason).", hint: "See fitech-ctl status and fitech-ctl logs \(node).")
    }

    static func json(_ response: HTTPResponse, from node: String) throws(Failure) -> JSON {
        let code = response.status.code
        if code == 204 { return .object([]) }
        let json = try? JSON.parse(response.body)
        if (200..<300).contains(code), let json { return json }
        if let json, let failure = Failure(json: json) { throw failure }
        if code == 404 {
            throw Failure(whose: .ours, retry: .never, status: 501, code: "not-offered", reason: "\(node) does not offer this.", hint: "It may run another release: fitech-ctl version.")
        }
        throw .fault("\(node) answered \(code) without saying why.", hint: "See fitech-ctl logs \(node).")
    }
}

/// Keeps the client of one loop where only that loop reaches it.
private final class ClientOfLoop: @unchecked Sendable {  // `made` is only touched by `client(on:)`, isolated to the loop.
    private var made: HTTPClient?

    func client(on loop: isolated EventLoop) -> HTTPClient {
        if let made { return made }
        let client = HTTPClient(loop: loop)
        made = client
        return client
    }
}
