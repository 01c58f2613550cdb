// Carries the fleet's news to a balancer's loops, and says which nodes they have admitted.
import Control
import Engine
import Nodes
import Wire

enum FleetUpdate {
    /// Applies `fleet` on every loop. Answers the names that every loop has seen ready.
    static func apply(_ fleet: FleetState, of node: Node, to balancers: [LoopBound<Balancer>]) async -> [String] {
        var admitted: [String]?
        for bound in balancers {
            let names = await bound.loop.run { loop in await apply(fleet, of: node, bound, on: loop) }
            admitted = admitted.map { before in before.filter { names.contains($0) } } ?? names
        }
        return admitted ?? []
    }

    private static func apply(_ fleet: FleetState, of node: Node, _ bound: LoopBound<Balancer>, on loop: isolated EventLoop) async -> [String] {
        let balancer = bound.get(on: loop)
        balancer.apply(fleet.members, now: loop.now) { member in
            guard !member.isOrigin, let entry = fleet.node(member.name) else { return Balancer.endpoint(member.address) }
            return try? node.endpoint(of: entry)
        }
        let address = fleet.management?.address
        if address != balancer.managementAddress {
            balancer.managementAddress = address
            balancer.management = fleet.management.flatMap { try? node.endpoint(of: $0) }
        }
        HealthChecks.checkDue(bound, on: loop)
        // Who the supervisor knows to be ready is admitted before we answer; those still starting are not waited for.
        let expected = fleet.members.filter { member in fleet.node(member.name).map { $0.state == .ready && $0.origin == nil } ?? false }
        let deadline = loop.now + balancer.options.admissionWait
        while loop.now < deadline, expected.contains(where: { !balancer.isUp($0.name) }) { await loop.sleep(.milliseconds(5)) }
        return balancer.table.entries.filter { !$0.hasLeft && $0.health.standing == .up }.map(\.member.name)
    }
}

extension Balancer {
    func isUp(_ name: String) -> Bool { table.slot(named: name).map { table.entries[$0].health.standing == .up } ?? false }
}
