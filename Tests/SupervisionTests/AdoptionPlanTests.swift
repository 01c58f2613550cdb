// What becomes of processes found at a start, decided purely.
import Control
import Engine
import Foundation
import Testing

@testable import Supervision

@Suite struct AdoptionPlanTests {
    /// Two files that differ, standing for two releases.
    static let release = FileIdentity(at: "/proc/self/exe")
    static let other = FileIdentity(at: "/")

    static let fleet = FleetState(version: 1, nodes: [
        FleetNode(name: "balancer-1", tier: .balancer, address: "unix:/b"), FleetNode(name: "web-1", tier: .web, address: "unix:/w"),
        FleetNode(name: "web-2", tier: .web, state: .stopped, address: "unix:/w2"), FleetNode(name: "data-1", tier: .data, role: .primary, address: "unix:/d"),
        FleetNode(name: "data-2", tier: .data, role: .backup, address: "unix:/d2"),
    ])

    private func survivor(
        _ name: String, _ tier: Tier, pid: Int32, holds: Bool = true, successor: Bool = false, program: FileIdentity? = release, fingerprint: String = "f"
    ) -> Survivor {
        Survivor(name: name, tier: tier, pid: pid, end: -1, isSuccessor: successor, program: program, fingerprint: fingerprint, holdsSocket: holds)
    }

    private func decide(_ survivors: [Survivor]) -> AdoptionPlan {
        AdoptionPlan.decide(survivors, fleet: Self.fleet, fingerprint: "f") { _ in Self.release }
    }

    @Test func `what runs as it would be started now stays`() {
        let plan = decide([survivor("balancer-1", .balancer, pid: 10), survivor("web-1", .web, pid: 11)])
        #expect(plan.kept.mapValues(\.pid) == ["balancer-1": 10, "web-1": 11])
        #expect(plan.leaving.isEmpty && plan.misfits.isEmpty)
    }

    @Test func `who answers under the name is the node, whether the upgrade was cut off before or after that`() {
        let before = decide([survivor("web-1", .web, pid: 10), survivor("web-1", .web, pid: 20, holds: false, successor: true)])
        #expect(before.kept["web-1"]?.pid == 10 && before.leaving.map(\.pid) == [20])
        let after = decide([survivor("web-1", .web, pid: 10, holds: false), survivor("web-1", .web, pid: 20, successor: true)])
        #expect(after.kept["web-1"]?.pid == 20 && after.leaving.map(\.pid) == [10])
    }

    @Test func `one that is still starting stays, one that waits to take over from nobody does not`() {
        let starting = decide([survivor("web-1", .web, pid: 10, holds: false)])
        #expect(starting.kept["web-1"]?.pid == 10)
        let waiting = decide([survivor("web-1", .web, pid: 10, holds: false, successor: true)])
        #expect(waiting.kept.isEmpty && waiting.leaving.map(\.pid) == [10])
    }

    @Test func `nodes that left the fleet, are held down or changed their tier end`() {
        let plan = decide([survivor("web-9", .web, pid: 10), survivor("web-2", .web, pid: 11), survivor("web-1", .reporting, pid: 12)])
        #expect(plan.kept.isEmpty && plan.leaving.map(\.pid) == [10, 11, 12])
    }

    @Test func `another program or configuration stays until it is replaced, from the data outwards and the backup first`() {
        let plan = decide([
            survivor("balancer-1", .balancer, pid: 10, fingerprint: "g"), survivor("web-1", .web, pid: 11, program: Self.other),
            survivor("data-1", .data, pid: 12, fingerprint: "g"), survivor("data-2", .data, pid: 13, program: nil),
        ])
        #expect(plan.kept.count == 4)
        #expect(plan.misfits == ["data-2", "data-1", "web-1", "balancer-1"])
    }
}
