// What a balancer tells over its private listener: how its nodes do, and what it sees of any node right now.
import Control
import Engine
import Nodes
import Wire

/// `GET /balancer/nodes` for `fitech-ctl status`; `POST /balancer/counts` from the process that retires in our favour; `GET /balancer/probe/NAME` is the second vantage the watch asks before it
/// opens an incident.
final class PrivateRoutes: HTTPHandler {
    /// Whoever asks for a probe waits little more than a second for it.
    private static let probeTimeout = Duration.seconds(1)

    private let node: Node
    private let balancers: [LoopBound<Balancer>]

    private let histories: LoadHistories

    init(node: Node, balancers: [LoopBound<Balancer>], histories: LoadHistories) {
        self.histories = histories
        self.node = node
        self.balancers = balancers
    }

    func handle(_ exchange: HTTPExchange) async {
        guard let peer = node.identity(of: exchange), ["operations", "management", "balancer"].contains(peer.role) else {
            return await exchange.respond(
                .problem(.forbidden("Only operations and the management node may ask a balancer.", hint: "Use fitech-ctl status.")))
        }
        let path = exchange.head.path
        if path == "/balancer/counts", exchange.head.method == .post { return await inherit(exchange) }
        guard exchange.head.method == .get else {
            return await exchange.respond(
                .problem(
                    Failure(
                        whose: .client, retry: .never, status: 405, code: "method-not-allowed", reason: "Only GET is answered here.",
                        hint: "Ask with GET.")
                ).with("Allow", "GET"))
        }
        if path == "/balancer/nodes" { return await exchange.respond(.json(await NodesReport.json(of: balancers, histories: histories))) }
        let prefix = "/balancer/probe/"
        guard path.hasPrefix(prefix) else {
            return await exchange.respond(.problem(.notFound("address", hint: "Ask for /balancer/nodes or /balancer/probe/NODE.")))
        }
        await probe(String(path.dropFirst(prefix.count)), exchange)
    }

    private func inherit(_ exchange: HTTPExchange) async {
        do throws(Failure) {
            let body = try await exchange.body(limit: 1 << 20)
            guard let bound = balancers.first, let json = try? JSON.parse(body) else { throw .invalid("The counters are not JSON.", hint: "Only a balancer that retires sends them.") }
            let counts = Counts(json: json)
            await bound.loop.run { loop in bound.get(on: loop).inherit(counts) }
            await exchange.respond(HTTPResponse(status: .noContent))
        } catch {
            await exchange.respond(.problem(error))
        }
    }

    private func probe(_ name: String, _ exchange: HTTPExchange) async {
        guard let entry = node.fleet.node(name) else { return await exchange.respond(.problem(.notFound("node as \(name)"))) }
        let check: NodeHealth.Check
        let endpoint = Balancer.endpoint(entry.origin ?? entry.address)
        guard let bound = balancers.first, let endpoint else {
            return await exchange.respond(.problem(.fault("The address of \(name) cannot be understood.")))
        }
        let path = entry.origin == nil ? "/readyz" : entry.check
        check = await bound.loop.run { loop in
            let balancer = bound.get(on: loop)
            guard let path else { return await balancer.touch(endpoint, timeout: PrivateRoutes.probeTimeout) }
            return await balancer.ask(endpoint, path, answers: entry.origin == nil ? 200..<300 : 200..<400, otherwise: .notReady, timeout: PrivateRoutes.probeTimeout).check
        }
        await exchange.respond(
            .json(.object([("node", .string(name)), ("ready", .bool(check == .passed)), ("seen", .string(NodesReport.word(check)))])))
    }
}
