// The life of incidents: who is told when, and what ends them.
import SupportCentre
import Testing
@testable import ManagementTier

struct IncidentMachineTests {
    typealias Action = IncidentMachine.Action
    typealias Kind = IncidentMachine.Telling.Kind

    // Both in one zone, so that the order is the order of the list at any time.
    let people = [
        Technician(id: 1, name: "Ana", number: "+447700900001", zone: "Europe/London"),
        Technician(id: 2, name: "Bo", number: "+447700900002", zone: "Europe/London"),
    ]
    let outage = ProbeMachine.Outage(lastGood: 0, firstBad: 1000, reason: "refused")
    let web = Subject.node("web-2")

    func told(_ actions: [Action]) -> [String] {
        actions.compactMap {
            guard case .tell(let telling) = $0 else { return nil }
            return "\(telling.technician) \(telling.kind.rawValue) \(telling.incident.subject)"
        }
    }

    func opened(_ machine: inout IncidentMachine, at now: Milliseconds = 3000) -> [Action] {
        machine.down(web, service: .pages, outage, technicians: people, at: now)
    }

    @Test func `an outage pages the one on duty, its end tells the same person`() {
        var machine = IncidentMachine()
        #expect(told(opened(&machine)) == ["1 down web-2"])
        #expect(machine.open.count == 1)
        let end = machine.up(web, firstGood: 60_000, at: 61_000)
        #expect(told(end) == ["1 up web-2"])
        #expect(end.contains(.outageEnded(incident: 1, firstGood: 60_000)))
        #expect(machine.open.isEmpty)
        #expect(machine.due == nil)
    }

    @Test func `without acknowledgement the next person is asked, then everyone, again and again`() {
        var machine = IncidentMachine()
        _ = opened(&machine, at: 0)
        #expect(machine.due == 300_000)
        #expect(told(machine.tick(technicians: people, at: 299_999)).isEmpty)
        #expect(told(machine.tick(technicians: people, at: 300_000)) == ["2 reminder web-2"])
        #expect(told(machine.tick(technicians: people, at: 600_000)) == ["1 reminder web-2", "2 reminder web-2"])
        #expect(told(machine.tick(technicians: people, at: 600_001)).isEmpty)
        #expect(told(machine.tick(technicians: people, at: 1_500_000)) == ["1 reminder web-2", "2 reminder web-2"])
        // Both are told of the end, once.
        #expect(told(machine.up(web, firstGood: 1_600_000, at: 1_600_000)) == ["1 up web-2", "2 up web-2"])
    }

    @Test func `a text no provider takes is followed by the next person at once`() {
        var machine = IncidentMachine()
        _ = opened(&machine)
        #expect(told(machine.undelivered(1, technician: 1, technicians: people, at: 4000)) == ["2 down web-2"])
        #expect(told(machine.undelivered(1, technician: 1, technicians: people, at: 4001)).isEmpty)  // old news
        #expect(told(machine.undelivered(1, technician: 2, technicians: people, at: 5000)) == [])  // both texts are being tried again
        #expect(machine.due == 905_000)
        #expect(told(machine.tick(technicians: people, at: 905_000)) == ["1 reminder web-2", "2 reminder web-2"])
    }

    @Test func `an acknowledgement stops the ladder and tells the others who has it`() {
        var machine = IncidentMachine()
        _ = opened(&machine, at: 0)
        _ = machine.tick(technicians: people, at: 300_000)
        let actions = machine.acknowledge(1, by: "Bo", technician: 2, at: 301_000)
        #expect(told(actions) == ["1 acknowledged web-2"])
        #expect(machine.due == nil)
        #expect(machine.acknowledge(1, by: "Ana", technician: 1, at: 302_000).isEmpty)
        #expect(machine.open.first?.acknowledgedBy == "Bo")
        #expect(told(machine.tick(technicians: people, at: 9_000_000)).isEmpty)
    }

    @Test func `when the host is down its nodes do not page, and neither do those already open climb on`() {
        var machine = IncidentMachine()
        let host = Subject.host("10.0.0.5"), other = Subject.node("web-3")
        _ = opened(&machine, at: 0)
        let actions = machine.down(
            host, service: .pages, outage, speakingFor: [web, other], technicians: people, at: 500)
        #expect(told(actions) == ["1 down host 10.0.0.5"])
        #expect(told(machine.down(other, service: .pages, outage, suppressedBy: host, technicians: people, at: 600)).isEmpty)
        #expect(machine.open.filter { $0.parent == 2 }.count == 2)
        #expect(told(machine.tick(technicians: people, at: 300_600)) == ["2 reminder host 10.0.0.5"])
        // The host comes back, one node with it; the other speaks for itself after a while.
        _ = machine.up(host, firstGood: 400_000, at: 400_000)
        #expect(told(machine.up(web, firstGood: 401_000, at: 401_000)) == ["1 up web-2"])
        #expect(told(machine.tick(technicians: people, at: 409_999)).isEmpty)
        #expect(told(machine.tick(technicians: people, at: 410_000)) == ["1 down web-3"])
    }

    @Test func `a relapse within ten minutes is the same incident, a later one is new`() {
        var machine = IncidentMachine()
        _ = opened(&machine, at: 0)
        _ = machine.up(web, firstGood: 10_000, at: 10_000)
        #expect(told(opened(&machine, at: 60_000)) == ["1 again web-2"])
        #expect(machine.open.first?.id == 1)
        #expect(machine.open.first?.episodes == 2)
        _ = machine.up(web, firstGood: 70_000, at: 70_000)
        #expect(told(opened(&machine, at: 700_000)) == ["1 down web-2"])
        #expect(machine.open.first?.id == 2)
    }

    @Test func `flapping is told once and over only when it has been stable`() {
        var machine = IncidentMachine()
        var texts: [String] = []
        for round in 0..<20 {
            let at = Milliseconds(round) * 20_000
            texts += told(opened(&machine, at: at))
            texts += told(machine.up(web, firstGood: at + 10_000, at: at + 10_000))
            texts += told(machine.tick(technicians: people, at: at + 10_001))
        }
        #expect(texts.filter { $0.contains("flapping") }.count == 1)
        #expect(texts.filter { $0.contains("down") || $0.contains("again") }.count == 3)
        #expect(machine.open.count == 1)
        #expect(machine.open.first?.episodes == 20)
        let stable: Milliseconds = 19 * 20_000 + 10_000 + 300_000
        #expect(told(machine.tick(technicians: people, at: stable - 1)).allSatisfy { !$0.contains("up") })
        #expect(told(machine.tick(technicians: people, at: stable)).contains("1 up web-2"))
        #expect(machine.open.isEmpty)
    }

    @Test func `what is taken out on purpose is no incident any more`() {
        var machine = IncidentMachine()
        _ = opened(&machine)
        let actions = machine.withdrawn(web, at: 9000)
        #expect(told(actions) == ["1 withdrawn web-2"])
        #expect(actions.contains(.outageEnded(incident: 1, firstGood: 9000)))
        #expect(machine.withdrawn(web, at: 9001).isEmpty)
    }

    @Test func `an incident goes on in the middle after the watch has restarted`() {
        var machine = IncidentMachine()
        _ = opened(&machine, at: 0)
        var again = IncidentMachine(open: machine.open, nextID: 2)
        #expect(told(opened(&again, at: 10_000)).isEmpty)
        #expect(told(again.tick(technicians: people, at: 300_000)) == ["2 reminder web-2"])
    }

    @Test func `nobody in the list is said, not hidden`() {
        var machine = IncidentMachine()
        let actions = machine.down(web, service: .pages, outage, technicians: [], at: 0)
        #expect(actions.contains(.note(incident: 1, at: 0, "nobody to page")))
        #expect(machine.due == 900_000)
    }
}

struct IncidentLinkTests {
    let key = [UInt8](repeating: 7, count: 32)
    let now: Milliseconds = 1_795_000_000_000  // November 2026

    @Test func `a token is sixteen characters and comes back`() {
        for number in [0, 1, 4711, 0xFF_FFFF] {
            let link = IncidentLink(number: number, technician: 4095, at: now)
            let token = link.token(key: key)
            #expect(token.utf8.count == 16)
            #expect(token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
            #expect(IncidentLink(token: token, key: key, at: now) == link)
        }
    }

    @Test func `a changed, foreign or differently meant token is nothing`() {
        let link = IncidentLink(number: 12, technician: 3, at: now)
        let token = link.token(key: key)
        for place in token.indices {
            for letter in "Aa9-" where token[place] != letter {
                var changed = token
                changed.replaceSubrange(place...place, with: String(letter))
                #expect(IncidentLink(token: changed, key: key, at: now) == nil)
            }
        }
        #expect(IncidentLink(token: token, key: [UInt8](repeating: 8, count: 32), at: now) == nil)
        #expect(IncidentLink(token: token, .receipt, key: key, at: now) == nil)
        #expect(IncidentLink(token: "", key: key, at: now) == nil)
        #expect(IncidentLink(token: token + "A", key: key, at: now) == nil)
    }

    @Test func `a token works for a week`() {
        let token = IncidentLink(number: 12, technician: 3, at: now).token(key: key)
        #expect(IncidentLink(token: token, key: key, at: now + 6 * 86_400_000) != nil)
        #expect(IncidentLink(token: token, key: key, at: now + 9 * 86_400_000) == nil)
    }
}
