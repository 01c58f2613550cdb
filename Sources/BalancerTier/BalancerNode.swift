// A balancer node: takes over its listeners, follows the fleet, serves until it is told to stop.
import CLinux
import Control
import Engine
import Glibc
import Logging
import Nodes
import Telemetry
import Wire

package enum BalancerNode {
    /// Serves until the node is told to stop; throws when it cannot start, saying why.
    package static func run(node: Node, options: BalancerOptions? = nil) async throws {
        let options = options ?? BalancerOptions(node.configuration)
        let listen = try PublicListeners.open(node.configuration.listen)
        let seal = try StickyKey.load(node.state.stickyKey, options: options.sticky)
        let log = node.log
        var balancers: [LoopBound<Balancer>] = []
        let accessLog = openAccessLog(node)
        let loads = NodeLoads()
        let wanted = node.configuration.limits
        var limitOptions = options.limits
        (limitOptions.perAddress, limitOptions.perSession, limitOptions.burst) = (wanted.requestsPerAddress, wanted.requestsPerSession, wanted.burst)
        let limits = limitOptions.isOff ? nil : RequestLimits(limitOptions)
        for loop in node.loops {
            balancers.append(
                await loop.run { loop in
                    let balancer = Balancer(loop: loop, options: options, seal: seal, loads: loads, log: log)
                    balancer.accessLines = accessLog.map { AccessLines($0) }
                    balancer.limits = limits
                    return LoopBound(balancer, on: loop)
                })
        }
        let all = balancers
        _ = await FleetUpdate.apply(node.fleet, of: node, to: all)
        node.onFleetChange { fleet in await FleetUpdate.apply(fleet, of: node, to: all) }
        let histories = LoadHistories()
        keepHistories(histories, all)
        for bound in all {
            HealthChecks.start(bound)
            keepStatus(bound)
            keepPublishing(bound)
        }

        let site = Site(
            name: node.configuration.name, aliases: node.configuration.aliases, httpsPort: listen.https?.port, acceptsAnyHost: node.configuration.isPlainLoadBalancer,
            options: options)
        var serverOptions = HTTPServerOptions()
        serverOptions.connectionsPerAddress = wanted.connectionsPerAddress
        // Requests are counted by the balancer, who knows more of them.
        serverOptions.metricsName = "public"
        serverOptions.countsRequests = false
        let server = HTTPServer(loops: node.loops, options: serverOptions, log: log) { loop in
            // A loop without a balancer cannot be: one was made for each above.
            guard let bound = all.first(where: { $0.loop === loop }) else { preconditionFailure("a loop without its balancer") }
            return PublicHandler(bound, site: site, on: loop)
        }
        try node.serve { _ in PrivateRoutes(node: node, balancers: all, histories: histories) }
        if let https = listen.https {
            server.listen(https, tls: try certificate(node), proxies: proxies(of: .https, node))
        }
        if let http = listen.http { server.listen(http, tls: nil, proxies: proxies(of: .http, node)) }
        let offer = offerListeners(listen, node)
        node.setReady()
        let ending = await node.untilStopped()
        // Whoever asks from now on is answered by the successor, or by nobody.
        offer?.close()
        if ending == .retire {
            // What is counted while the last connections end follows when they have.
            let told = await Succession.tell(of: all, since: Counts(), from: node)
            await server.retire(within: node.configuration.retireWithin) { node.isStopping }
            _ = await Succession.tell(of: all, since: told, from: node)
            // Nobody looks for this process at its private listener any more.
            node.stop()
        } else {
            await server.stop(within: .seconds(7))
        }
        for bound in all {
            await bound.loop.run { loop in
                bound.get(on: loop).isStopped = true
                bound.get(on: loop).publish()
            }
        }
        accessLog?.flush()
        await node.close(within: .seconds(1))
    }

    private static func offerListeners(_ listen: PublicListeners, _ node: Node) -> ListenerHandover.Offer? {
        do throws(SystemError) {
            return try ListenerHandover.offer(listen.all, at: node.state.listeners(of: getpid()))
        } catch {
            node.log.warning("a supervisor that starts anew cannot get the public listeners back", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    private static func keepStatus(_ bound: LoopBound<Balancer>) {
        bound.loop.spawn { loop in
            while !bound.get(on: loop).isStopped {
                await bound.get(on: loop).refreshStatus()
                await loop.sleep(bound.get(on: loop).options.statusEvery)
            }
        }
    }

    private static func proxies(of listener: Configuration.ProxyProtocol.Listener, _ node: Node) -> ProxyTrust? {
        guard let wanted = node.configuration.proxyProtocol, wanted.listeners.contains(listener) else { return nil }
        return ProxyTrust(from: wanted.from, time: wanted.time)
    }

    private static func openAccessLog(_ node: Node) -> AccessLog? {
        guard node.configuration.accessLog else { return nil }
        mkdir(node.state.logs, 0o700)
        let path = "\(node.state.logs)/\(node.name)-access.log"
        let log = AccessLog(path: path, largest: node.configuration.accessLogSize << 20, kept: node.configuration.accessLogFiles)
        if log == nil { node.log.warning("there is no access log: it cannot be opened", metadata: ["path": "\(path)"]) }
        return log
    }

    private static func keepHistories(_ histories: LoadHistories, _ balancers: [LoopBound<Balancer>]) {
        guard let first = balancers.first else { return }
        first.loop.spawn { loop in
            while !first.get(on: loop).isStopped {
                histories.take(await NodesReport.rows(of: balancers))
                await loop.sleep(LoadHistory.step)
            }
        }
    }

    private static func keepPublishing(_ bound: LoopBound<Balancer>) {
        bound.loop.spawn { loop in
            while !bound.get(on: loop).isStopped {
                bound.get(on: loop).publish()
                await loop.sleep(.seconds(1))
            }
        }
    }

    private static func certificate(_ node: Node) throws(Failure) -> TLSServerContext {
        do throws(TLSError) {
            return try TLSServerContext(
                certificateFile: node.state.publicCertificate, keyFile: node.state.publicKey,
                installed: .init(directory: node.state.certificates, name: node.configuration.name.lowercased()) { [log = node.log] problem in
                    log.error("an installed certificate cannot be used: \(problem)")
                },
                ticketKeyFile: access(node.state.ticketKey, R_OK) == 0 ? node.state.ticketKey : nil, http2: true)
        } catch {
            throw .fault("The public certificate cannot be used: \(error).", hint: "Look at \(node.state.keys); fitech up makes what is missing.")
        }
    }
}
