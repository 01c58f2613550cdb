// Incidents where work is planned: nobody is woken before its end, everybody as usual after it.
import SupportCentre
import Testing
@testable import ManagementTier

struct PlannedIncidentTests {
    private let people = [
        Technician(id: 1, name: "Ana", number: "+447700900001", zone: "Europe/London"),
        Technician(id: 2, name: "Bo", number: "+447700900002", zone: "Europe/London"),
    ]
    private let outage = ProbeMachine.Outage(lastGood: 0, firstBad: 1000, reason: "refused")
    private let web = Subject.node("web-2")

    private func told(_ actions: [IncidentMachine.Action]) -> [String] {
        actions.compactMap {
            guard case .tell(let telling) = $0 else { return nil }
            return "\(telling.technician) \(telling.kind.rawValue)"
        }
    }
    private func notes(_ actions: [IncidentMachine.Action]) -> [String] {
        actions.compactMap { if case .note(_, _, let text) = $0 { text } else { nil } }
    }
    /// Down at 3 s, with work planned until 100 s.
    private func held() -> IncidentMachine {
        var machine = IncidentMachine()
        #expect(told(machine.down(web, service: .pages, outage, plannedUntil: 100_000, technicians: people, at: 3000)).isEmpty)
        return machine
    }

    @Test func `an outage during planned work is an incident that pages nobody and is due when the work ends`() {
        var machine = held()
        #expect(machine.open.count == 1 && machine.open[0].plannedUntil == 100_000 && machine.due == 100_000)
        for now in stride(from: Milliseconds(4000), to: 100_000, by: 4000) { #expect(told(machine.tick(technicians: people, planned: { _ in 100_000 }, at: now)).isEmpty) }
        #expect(told(machine.tick(technicians: people, at: 100_000)) == ["1 down"])
        #expect(machine.open[0].plannedUntil == nil)
        #expect(told(machine.tick(technicians: people, at: 400_000)) == ["2 reminder"])
    }

    @Test(arguments: [16 * 60_000, 8 * 3_600_000, 7 * 86_400_000] as [Milliseconds]) func `a long window holds it as long as a short one`(length: Milliseconds) {
        var machine = IncidentMachine()
        #expect(told(machine.down(web, service: .pages, outage, plannedUntil: length, technicians: people, at: 3000)).isEmpty)
        for step in 1..<200 { #expect(told(machine.tick(technicians: people, planned: { _ in length }, at: 3000 + Milliseconds(step) * (length - 3000) / 200)).isEmpty) }
        #expect(told(machine.tick(technicians: people, at: length)) == ["1 down"])
    }

    @Test func `what is back before the end wakes nobody at all, and its outage is in the ledger`() {
        var machine = held()
        let actions = machine.up(web, firstGood: 50_000, at: 51_000)
        #expect(told(actions).isEmpty && actions.contains(.outageEnded(incident: 1, firstGood: 50_000)) && machine.open.isEmpty)
        #expect(told(machine.tick(technicians: people, at: 200_000)).isEmpty)
    }

    @Test func `work that lasts longer holds it longer; called off it pages at once`() {
        var machine = held()
        #expect(told(machine.tick(technicians: people, planned: { _ in 200_000 }, at: 50_000)).isEmpty && machine.due == 200_000)
        #expect(told(machine.tick(technicians: people, planned: { _ in 200_000 }, at: 100_000)).isEmpty)
        let off = machine.tick(technicians: people, at: 120_000)
        #expect(told(off) == ["1 down"] && notes(off).contains { $0.contains("no work is planned here any more") })
    }

    @Test func `an incident of before is not reminded of while work is planned, and goes on afterwards where it was`() {
        var machine = IncidentMachine()
        #expect(told(machine.down(web, service: .pages, outage, technicians: people, at: 3000)) == ["1 down"])
        #expect(told(machine.tick(technicians: people, planned: { _ in 1_000_000 }, at: 303_000)).isEmpty)
        #expect(told(machine.undelivered(1, technician: 1, technicians: people, at: 304_000)).isEmpty)
        #expect(told(machine.tick(technicians: people, at: 1_000_000)) == ["2 reminder"])
        // Who was paged before hears of its end, whenever that is.
        #expect(told(machine.up(web, firstGood: 1_100_000, at: 1_100_000)) == ["1 up", "2 up"])
    }

    @Test func `acknowledged it stays quiet when the work ends`() {
        var machine = held()
        _ = machine.acknowledge(1, by: "Ana", technician: 1, at: 5000)
        #expect(told(machine.tick(technicians: people, planned: { _ in 100_000 }, at: 50_000)).isEmpty)
        #expect(told(machine.tick(technicians: people, at: 100_000)).isEmpty && machine.open[0].plannedUntil == nil && machine.due == nil)
    }

    @Test func `a watch that starts anew holds what it held`() {
        var machine = IncidentMachine(open: held().open, nextID: 2)
        #expect(told(machine.tick(technicians: people, planned: { _ in 100_000 }, at: 60_000)).isEmpty)
        #expect(told(machine.tick(technicians: people, at: 100_000)) == ["1 down"])
    }

    @Test func `a node whose host fails for longer than the work pages by itself when both are over`() {
        var machine = IncidentMachine()
        let host = Subject.host("10.0.0.5")
        #expect(told(machine.down(host, service: .pages, outage, plannedUntil: 100_000, technicians: people, at: 3000)).isEmpty)
        _ = machine.down(web, service: .pages, outage, suppressedBy: host, plannedUntil: 100_000, technicians: people, at: 4000)
        _ = machine.up(host, firstGood: 50_000, at: 50_000)
        // The host is back, the node is not; its work still is.
        #expect(told(machine.tick(technicians: people, planned: { _ in 100_000 }, at: 61_000)).isEmpty)
        #expect(told(machine.tick(technicians: people, at: 100_000)) == ["1 down"])
    }

    @Test(arguments: 0..<64) func `whatever breaks and mends, during planned work nobody is told that something is down`(seed: UInt64) {
        var dice = Seeded(state: seed), machine = IncidentMachine(), plan = MaintenancePlan(), down: Set<Int> = []
        let parts: [ServicePart] = [.pages, .records]
        for second in 0..<2000 {
            let now = Milliseconds(second) * 1000
            if dice.chance(2) {
                let starts = now + Milliseconds(dice.below(60_000))
                plan.take(MaintenanceWindow(id: 0, title: "Work", parts: [parts[dice.below(2)]], starts: starts, ends: starts + Milliseconds(dice.below(dice.chance(20) ? 86_400_000 : 200_000))), at: now)
            }
            if dice.chance(1), !plan.windows.isEmpty { plan.cancel(plan.windows[dice.below(plan.windows.count)].id, at: now) }
            var actions: [IncidentMachine.Action] = []
            for node in 0..<4 {
                let part = parts[node % 2], subject = Subject.node("n\(node)")
                if down.contains(node) ? dice.chance(3) : dice.chance(1) {
                    if down.remove(node) != nil {
                        actions += machine.up(subject, firstGood: now, at: now)
                    } else {
                        down.insert(node)
                        actions += machine.down(subject, service: part, .init(lastGood: now - 1000, firstBad: now, reason: "refused"), plannedUntil: plan.covers(part, at: now), technicians: people, at: now)
                    }
                }
            }
            actions += machine.tick(technicians: people, planned: { plan.covers($0.service, at: now) }, at: now)
            for case .tell(let telling) in actions where ![.up, .withdrawn, .acknowledged].contains(telling.kind) {
                #expect(plan.covers(telling.incident.service, at: now) == nil, "seed \(seed), second \(second)")
            }
            // And nothing is forgotten: outside planned work, whatever is down has been told, or is about to be.
            for incident in machine.open where incident.stableSince == nil && plan.covers(incident.service, at: now) == nil {
                #expect(!incident.escalation.paged.isEmpty, "seed \(seed), second \(second)")
            }
        }
    }
}
