// What every balancer tells of its nodes, gathered for the staff page.
import Control
import Engine
import Nodes
import Wire

extension Watch {
    /// `{"balancers": [{"name", "report"}]}`; the report is null for one that does not answer within 0.7 s.
    func balancers() async -> JSON {
        var reports: [JSON] = []
        let asked = node.fleet.nodes(of: .balancer).map { balancer in (balancer.name, Task { await self.report(of: balancer) }) }
        for (name, task) in asked { reports.append(.object([("name", .string(name)), ("report", await task.value ?? .null)])) }
        return .object([("balancers", .array(reports))])
    }

    private func report(of balancer: FleetNode) async -> JSON? {
        guard let endpoint = try? node.endpoint(of: balancer),
            let response = try? await client.send(
                method: .get, target: "/balancer/nodes", fields: ["Accept": "application/json"], to: endpoint, timeout: .milliseconds(700), limit: 1 << 20),
            response.status.code == 200
        else { return nil }
        return try? JSON.parse(response.body)
    }
}
