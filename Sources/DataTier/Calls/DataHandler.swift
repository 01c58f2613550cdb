// The private listener of a data node: procedures for everybody who may, copies and restore points for nodes and operations.
import Control
import Engine
import Nodes
import Procedures
import Telemetry
import Wire

/// One per loop.
final class DataHandler: HTTPHandler {
    private let node: Node
    private let room: DataRoom
    private let duties: Duties
    private var calls: [String: (Counter, Histogram)] = [:]

    init(node: Node, room: DataRoom, duties: Duties) {
        self.node = node
        self.room = room
        self.duties = duties
    }

    private static let procedures = "/procedures/"

    func handle(_ exchange: HTTPExchange) async {
        let path = exchange.head.path
        let identity = node.identity(of: exchange)
        guard let identity, let certificate = Access.Certificate(rawValue: identity.role) else {
            await exchange.respond(.problem(.forbidden(
                "A \(identity?.role ?? "stranger") may not ask a data node.", hint: "Web, management, reporting and data nodes and operations may.")))
            return
        }
        guard path.hasPrefix(Self.procedures) else { return await duties.handle(exchange, identity: identity, certificate: certificate, room: room) }
        guard exchange.head.method == .post else {
            await exchange.respond(.problem(Failure(
                whose: .client, retry: .never, status: 405, code: "method", reason: "Procedures are called by POST.", hint: "Use POST /procedures/NAME."))
                .with("Allow", "POST"))
            return
        }
        await procedure(String(path.dropFirst(Self.procedures.count)), exchange, certificate)
    }

    private func procedure(_ name: String, _ exchange: HTTPExchange, _ certificate: Access.Certificate) async {
        let start = ContinuousClock.now
        let fields = exchange.head.fields
        let accept = fields["accept"]
        let json = accept != CompactCodec.mediaType && accept?.contains("application/json") == true
        var request = CallRequest(procedure: name, certificate: certificate, body: [])
        request.token = fields[ProcedureField.session]
        request.replay = fields[ProcedureField.replay]
        request.requestID = fields["x-request-id"]
        request.counts = fields[ProcedureField.counts] == "api"
        request.jsonOut = json
        let type = fields["content-type"]
        request.jsonIn = type.map { $0.hasPrefix("application/json") } ?? json || (json && type != CompactCodec.mediaType)
        do throws(Failure) {
            request.body = try await exchange.body(limit: room.store.options.bodyLimit)
            if fields[ProcedureField.whole] == "list" { return try await sendWhole(request, room, exchange) }
            let (bytes, replayed, allowance) = try await room.answer(request)
            var response = HTTPResponse.bytes(bytes, type: json ? "application/json" : CompactCodec.mediaType)
            if replayed { response.fields.add(ProcedureField.replayed, "true") }
            if let allowance { response.fields.add(ProcedureField.allowance, allowance.text) }
            await exchange.respond(response)
        } catch {
            if !exchange.hasBegun { await exchange.respond(.problem(error, requestID: request.requestID)) }
        }
        measure(name, .now - start)
    }

    /// Counts by procedure; names nobody knows are counted together, so that nobody can fill the metrics.
    private func measure(_ name: String, _ duration: Duration) {
        let known = ProcedureTable.all.entries[name] == nil ? "unknown" : name
        if calls[known] == nil {
            calls[known] = (Metrics.counter(.procedureCalls, [("procedure", known)]), Metrics.histogram(.procedureSeconds, [("procedure", known)]))
        }
        calls[known]!.0.add()
        calls[known]!.1.record(duration)
    }
}
