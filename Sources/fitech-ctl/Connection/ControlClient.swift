// Speaks to the supervisor over its control socket, or to the portal, which relays.
import Engine
import Glibc
import Wire

struct ControlClient {
    /// Long work (a restore of everything) may take this long.
    private static let patience = Duration.seconds(3600)

    private let endpoint: Endpoint
    private let prefix: String
    private let fields: [(String, String)]
    private let place: String

    init(_ options: CommonOptions) throws(Failure) {
        guard let url = options.url else {
            let path = options.state.hasSuffix("/") ? String(options.state.dropLast()) : options.state
            endpoint = Endpoint(address: .unix(path + "/control.sock"))
            prefix = "/control/"
            fields = []
            place = path
            return
        }
        guard let variable = getenv("FITECH_TOKEN"), case let token = String(cString: variable), !token.isEmpty else {
            throw .invalid("--url needs a token.", hint: "Put one into FITECH_TOKEN; fitech-ctl token create EMAIL makes one on the portal's machine.", code: "no-token")
        }
        let isTLS = url.hasPrefix("https://")
        var rest = url.dropFirst(isTLS ? 8 : 7)
        while rest.hasSuffix("/") { rest.removeLast() }
        let text = rest.contains(":") && !rest.hasSuffix("]") ? String(rest) : "\(rest):\(isTLS ? 443 : 80)"
        guard !rest.isEmpty, let address = Address(text), case .tcp = address else {
            throw .invalid("`\(url)` is not the address of a portal.", hint: "Write --url https://portal.example.com:8443.", code: "wrong-url")
        }
        do {
            endpoint = Endpoint(address: address, tls: isTLS ? try TLSClientContext(authority: options.authority) : nil)
        } catch {
            throw .invalid("The authority cannot be used: \(error).", hint: "Name a PEM file with --authority.", code: "wrong-authority")
        }
        prefix = "/api/v1/operations/"
        fields = [("Authorization", "Bearer \(token)"), ("Host", String(rest))]
        place = String(rest)
    }

    /// Sends a verb and answers its result; `progress` is called while long work goes on.
    func ask(
        _ method: HTTPMethod, _ verb: String, _ arguments: [(String, JSON)], file: [UInt8]?, progress: @escaping @Sendable (JSON) -> Void
    ) async throws(Failure) -> JSON {
        let target = self.target(method, verb, arguments, hasFile: file != nil)
        let body = file ?? (method == .get ? [] : JSON.object(arguments.filter { !$0.1.isNull }).bytes)
        let (status, bytes) = try await exchange(method, target, body, type: file == nil ? "application/json" : "text/csv", progress)
        let json = try? JSON.parse(bytes)
        if (200..<300).contains(status) {
            if let result = json?["result"], json?.object?.count == 1 { return result }
            if let problem = json?["failure"], let failure = Failure(json: problem) { throw failure }
            if let json { return json }
        }
        if let json, let failure = Failure(json: json) { throw failure }
        throw .fault("The answer (status \(status)) is nothing this program knows.", hint: "Programs of different releases may be at work: fitech-ctl version.")
    }

    /// Plain text, for logs.
    func text(_ verb: String, _ arguments: [(String, JSON)]) async throws(Failure) -> [UInt8] {
        let (status, bytes) = try await exchange(.get, target(.get, verb, arguments, hasFile: false), [], type: "application/json") { _ in }
        guard status == 200 else {
            if let json = try? JSON.parse(bytes), let failure = Failure(json: json) { throw failure }
            throw .fault("The answer (status \(status)) is nothing this program knows.")
        }
        return bytes
    }

    private func target(_ method: HTTPMethod, _ verb: String, _ arguments: [(String, JSON)], hasFile: Bool) -> String {
        let query = method == .get || hasFile ? arguments.filter { !$0.1.isNull }.map { "\($0.0)=\(PercentCoding.encode($0.1.string ?? $0.1.text))" } : []
        return prefix + verb + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    /// The last line of a stream of progress, or the whole body.
    private func exchange(
        _ method: HTTPMethod, _ target: String, _ body: [UInt8], type: String, _ progress: @escaping @Sendable (JSON) -> Void
    ) async throws(Failure) -> (Int, [UInt8]) {
        let loop: EventLoop
        do { loop = try EventLoop.start(name: "ctl") } catch { throw .fault("This program cannot start: \(error).") }
        var all = HTTPFields()
        for (name, value) in fields { all.add(name, value) }
        all.add("Accept", "application/json, application/x-ndjson")
        if !body.isEmpty { all.add("Content-Type", type) }
        let (sent, endpoint, place) = (all, endpoint, place)
        let result: Result<(Int, [UInt8]), HTTPClientFailure> = await loop.run { loop in
            let client = HTTPClient(loop: loop)
            do throws(HTTPClientFailure) {
                let exchange = try await client.open(method: method, target: target, fields: sent, framing: method == .get ? .none : .length(body.count), to: endpoint, timeout: Self.patience)
                if !body.isEmpty { try await exchange.write(body) }
                try await exchange.end()
                let head = try await exchange.head()
                guard head.fields["content-type"]?.hasPrefix("application/x-ndjson") == true else {
                    return .success((head.status.code, try await exchange.body(limit: 256 << 20)))
                }
                var line: [UInt8] = []
                while let chunk = try await exchange.nextChunk() {
                    for byte in chunk {
                        guard byte == 0x0A else {
                            line.append(byte)
                            continue
                        }
                        if let json = try? JSON.parse(line), json["progress"]?.number != nil {
                            progress(json)
                        } else {
                            return .success((head.status.code, line))
                        }
                        line = []
                    }
                }
                return .success((head.status.code, line))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let answer): return answer
        case .failure(let failure):
            if failure.cause == .connect {
                throw Failure(
                    whose: .client, retry: .safe, status: 503, code: "nobody-there",
                    reason: fields.isEmpty ? "No supervisor runs in \(place)." : "\(place) cannot be reached: \(failure.reason).",
                    hint: fields.isEmpty ? "Start one with fitech up --state \(place), or name another directory with --state." : "Check the address given with --url.")
            }
            if failure.cause == .tls {
                throw Failure(
                    whose: .client, retry: .never, status: 502, code: "not-trusted", reason: "\(place) cannot be trusted: \(failure.reason).",
                    hint: "Name the authority that signed its certificate with --authority FILE (a fleet's own is keys/authority.crt in its state directory).")
            }
            throw .unavailable("The connection to \(place) broke: \(failure.reason).", whose: .upstream, hint: "What was asked may have been done all the same: see fitech-ctl status.")
        }
    }
}
