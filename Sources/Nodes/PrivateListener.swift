// The private listener of every node: alive, ready, metrics and the fleet; what else is asked goes to the tier.

import CLinux
import Glibc
import Control
import Engine
import Telemetry
import Synchronization
import Wire

extension Node {
    /// Opens `run/NAME.sock` (and the file's private TCP address with mutual TLS) and serves on every loop. What is
    /// not common to all nodes is answered by the tier's handler, one per loop. Heads may be as large as `HeadLimits.behindBalancer`,
    /// whatever the options say.
    package func serve(options: HTTPServerOptions = HTTPServerOptions(), _ handler: @escaping @Sendable (isolated EventLoop) -> any HTTPHandler) throws {
        var options = options
        options.metricsName = options.metricsName ?? "private"
        options.head = .behindBalancer
        let server = HTTPServer(loops: loops, options: options, log: log) { [self] loop in
            PrivateHandler(node: self, tier: handler(loop))
        }
        let path = isSuccessor ? state.successorSocket(of: name) : state.socket(of: name)
        unlink(path)
        let listener = try Listener.open(.unix(path))
        server.listen(listener, tls: nil)
        if let address = privateListen {
            let context = try TLSServerContext(
                certificateFile: state.certificate(of: name), keyFile: state.key(of: name), clientAuthority: state.authorityCertificate)
            server.listen(try Listener.open(.tcp(host: address.host, port: address.port)), tls: context)
            watchCertificates(context)
        }
        shared.withLock { ($0.server, $0.listener) = (server, listener) }
        try Signals.onTermination { [self] in stop() }
        try Signals.onRetirement { [self] in retire() }
    }

    /// Who asks, by certificate or by the kernel's word; nil for a stranger.
    package func identity(of exchange: HTTPExchange) -> PeerIdentity? { identities.identity(of: exchange.peer) }
}

/// Answers what is the same for every node. A request the balancer forwards for the public carries X-Forwarded-For
/// (the balancer sets it afresh on each): those never see the private paths.
final class PrivateHandler: HTTPHandler {
    private let node: Node
    private let tier: any HTTPHandler

    init(node: Node, tier: any HTTPHandler) {
        (self.node, self.tier) = (node, tier)
    }

    func handle(_ exchange: HTTPExchange) async {
        guard let route = Route(exchange.head) else {
            node.inFlight.add(1, ordering: .relaxed)
            await tier.handle(exchange)
            node.inFlight.subtract(1, ordering: .relaxed)
            return
        }
        switch route {
        case .healthz: await exchange.respond(.text("alive\n"))
        case .readyz:
            let load = node.loadReport.value
            if let reason = node.notReadyReason {
                await exchange.respond(.text("not ready: \(reason)\n", status: .serviceUnavailable).with(LoadReport.field, load))
            } else {
                await exchange.respond(.text("ready\n").with(LoadReport.field, load))
            }
        case .load: await wish(exchange)
        case .metrics:
            var response = HTTPResponse.text("")
            response.body = Metrics.prometheus()
            await exchange.respond(response)
        case .fleet: await fleet(exchange)
        }
    }

    /// `PUT /load {"weight": 50, "drain": true}`: operations let a node ask for less by itself, without the supervisor.
    private func wish(_ exchange: HTTPExchange) async {
        do throws(Failure) {
            guard node.identity(of: exchange)?.role == "operations" else {
                throw .forbidden("Only operations may say what this node asks for.", hint: "Ask as the owner of the state directory.")
            }
            let body = try await exchange.body(limit: 1 << 12)
            let json: JSON
            do { json = try JSON.parse(body) } catch { throw error.failure }
            let weight = json["weight"]?.integer ?? 100
            guard (1...100).contains(weight), json.object != nil else {
                throw .invalid("This is no wish a node can have.", hint: "Send {\"weight\": 1 to 100, \"drain\": true or false}.")
            }
            node.ask(weight: Int(weight), wantsDrain: json["drain"]?.bool ?? false)
            await exchange.respond(.json(["load": .string(node.loadReport.value)]))
        } catch {
            await exchange.respond(.problem(error))
        }
    }

    private func fleet(_ exchange: HTTPExchange) async {
        do throws(Failure) {
            guard node.identity(of: exchange)?.role == "operations" else {
                throw .forbidden("Only the supervisor may tell the fleet.", hint: "Use fitech-ctl.")
            }
            let body = try await exchange.body(limit: 1 << 20)
            let json: JSON
            do { json = try JSON.parse(body) } catch { throw error.failure }
            let admitted = await node.take(try FleetState(json: json))
            await exchange.respond(.json(["version": .integer(Int64(node.fleet.version)), "release": .string(Release.text), "admitted": .array(admitted.map(JSON.string))]))
        } catch {
            await exchange.respond(.problem(error))
        }
    }

    private enum Route {
        case healthz, readyz, metrics, fleet, load

        init?(_ head: RequestHead) {
            switch (head.method, head.path) {
            case (.get, "/healthz"): self = .healthz
            case (.get, "/readyz"): self = .readyz
            case (.get, "/metrics"): self = .metrics
            case (.put, "/fleet"): self = .fleet
            case (.put, "/load"): self = .load
            default: return nil
            }
            if head.fields["x-forwarded-for"] != nil { return nil }
        }
    }
}
