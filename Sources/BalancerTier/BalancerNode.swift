// A balancer node: takes over its listeners, follows the fleet, serves until it is told to stop.
import Control
import Engine
import Logging
import Nodes
import Wire

package enum BalancerNode {
    /// Serves until the node is told to stop; throws when it cannot start, saying why.
    package static func run(node: Node, options: BalancerOptions = BalancerOptions()) async throws {
        let listen = try PublicListeners.open(node.configuration.listen)
        let seal = try StickyKey.load(node.state.stickyKey, options: options.sticky)
        let log = node.log
        var balancers: [LoopBound<Balancer>] = []
        for loop in node.loops {
            balancers.append(await loop.run { loop in LoopBound(Balancer(loop: loop, options: options, seal: seal, log: log), on: loop) })
        }
        let all = balancers
        _ = await FleetUpdate.apply(node.fleet, of: node, to: all)
        node.onFleetChange { fleet in await FleetUpdate.apply(fleet, of: node, to: all) }
        for bound in all {
            HealthChecks.start(bound)
            keepStatus(bound)
        }

        let site = Site(
            name: node.configuration.name, httpsPort: listen.https?.port, acceptsAnyHost: node.configuration.isPlainLoadBalancer,
            accessLog: node.configuration.accessLog, options: options)
        let server = HTTPServer(loops: node.loops, options: HTTPServerOptions(), log: log) { loop in
            // A loop without a balancer cannot be: one was made for each above.
            guard let bound = all.first(where: { $0.loop === loop }) else { preconditionFailure("a loop without its balancer") }
            return PublicHandler(bound, site: site, on: loop)
        }
        try node.serve { _ in PrivateRoutes(node: node, balancers: all) }
        if let https = listen.https {
            server.listen(https, tls: nil)
        }
        if let http = listen.http { server.listen(http, tls: nil) }
        node.setReady()
        await node.untilStopped()
        await server.stop(within: .seconds(7))
        for bound in all { await bound.loop.run { loop in bound.get(on: loop).isStopped = true } }
        await node.close(within: .seconds(1))
    }

    private static func keepStatus(_ bound: LoopBound<Balancer>) {
        bound.loop.spawn { loop in
            while !bound.get(on: loop).isStopped {
                await bound.get(on: loop).refreshStatus()
                await loop.sleep(bound.get(on: loop).options.statusEvery)
            }
        }
    }
}
