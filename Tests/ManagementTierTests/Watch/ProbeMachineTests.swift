// The soft state: when failures become an outage, and when good answers end it.
import Testing
@testable import ManagementTier

struct ProbeMachineTests {
    let settings = ProbeMachine.Settings(every: 1000, confirm: 3)

    func proven() -> ProbeMachine {
        var machine = ProbeMachine(settings, at: 0)
        _ = machine.received(.good, at: 0)
        return machine
    }

    @Test func `three failures in a row are an outage, bounded by the last good answer`() {
        var machine = proven()
        #expect(machine.received(.bad("refused"), at: 1000) == .none)
        #expect(machine.received(.bad("refused"), at: 2000) == .none)
        #expect(!machine.isDown)
        #expect(machine.received(.bad("no answer"), at: 3000)
            == .down(.init(lastGood: 0, firstBad: 1000, reason: "no answer")))
        #expect(machine.isDown)
    }

    @Test func `a restart within the confirm time is nothing`() {
        var machine = proven()
        for round in 0..<100 {
            let at = Milliseconds(round) * 3000
            #expect(machine.received(.bad("refused"), at: at + 1000) == .none)
            #expect(machine.received(.bad("refused"), at: at + 2000) == .none)
            #expect(machine.received(.good, at: at + 3000) == .none)
        }
    }

    @Test func `coming back needs two good answers, and any failure starts over`() {
        var machine = proven()
        for at: Milliseconds in [1000, 2000, 3000] { _ = machine.received(.bad("refused"), at: at) }
        #expect(machine.received(.good, at: 4000) == .none)
        #expect(machine.received(.bad("refused"), at: 5000) == .none)
        #expect(machine.received(.good, at: 6000) == .none)
        #expect(machine.isDown)
        #expect(machine.received(.good, at: 7000)
            == .up(.init(lastGood: 0, firstBad: 1000, reason: "refused"), firstGood: 6000))
    }

    @Test func `a node that starts has its grace, one that never comes is an outage`() {
        var machine = ProbeMachine(settings, at: 0)
        for second in 0..<30 { #expect(machine.received(.bad("refused"), at: Milliseconds(second) * 1000) == .none) }
        #expect(machine.received(.bad("refused"), at: 30_000) == .none)
        #expect(machine.received(.bad("refused"), at: 31_000) == .none)
        #expect(machine.received(.bad("refused"), at: 32_000) == .down(.init(lastGood: 0, firstBad: 30_000, reason: "refused")))
    }

    @Test func `a node the supervisor has seen ready has no grace`() {
        var machine = ProbeMachine(settings, at: 0)
        machine.vouch(at: 500)
        _ = machine.received(.bad("refused"), at: 1000)
        _ = machine.received(.bad("refused"), at: 2000)
        #expect(machine.received(.bad("refused"), at: 3000) == .down(.init(lastGood: 500, firstBad: 1000, reason: "refused")))
        machine.vouch(at: 3500)
        #expect(machine.isDown)
    }

    @Test func `what is uncertain is looked at again quickly, what is up at its interval`() {
        var machine = ProbeMachine(.init(every: 60_000, confirm: 3), at: 0)
        #expect(machine.due(at: 0) == 0)
        _ = machine.received(.good, at: 0)
        #expect(machine.due(at: 10) == 60_000)
        _ = machine.received(.bad("refused"), at: 60_000)
        #expect(machine.due(at: 60_001) == 61_000)
        #expect(machine.due(at: 63_000) == 63_000)  // late: now, never in the past
    }

    @Test func `a clock set back does not stop the watch`() {
        var machine = proven()
        _ = machine.received(.good, at: 1_000_000)
        #expect(machine.due(at: 5000) == 6000)
    }

    @Test func `after its own restart the watch does not report the same outage again`() {
        var machine = ProbeMachine(settings, resuming: .init(lastGood: 0, firstBad: 1000, reason: "refused"))
        #expect(machine.received(.bad("refused"), at: 9000) == .none)
        #expect(machine.received(.bad("500"), at: 9500) == .stillDown(.init(lastGood: 0, firstBad: 1000, reason: "500")))
        _ = machine.received(.good, at: 10_000)
        #expect(machine.received(.good, at: 11_000)
            == .up(.init(lastGood: 0, firstBad: 1000, reason: "500"), firstGood: 10_000))
    }
}

struct VerdictTests {
    func decide(_ host: Verdict.Host, _ vantage: Verdict.SecondVantage, waited: Milliseconds = 0) -> Verdict.Decision {
        Verdict.decide(firstBad: 7000, confirmed: 10_000, host: host, vantage: vantage, at: 10_000 + waited)
    }

    @Test func `a node whose host is down pages nobody`() {
        #expect(decide(.down, .notAsked) == .suppress)
        #expect(decide(.down, .seesDown, waited: 100_000) == .suppress)
    }

    @Test func `while the host is uncertain or unasked the node waits, but not for ever`() {
        #expect(decide(.uncertain, .silent) == .wait)
        #expect(decide(.up(lastGood: 6999), .silent) == .wait)
        #expect(decide(.uncertain, .silent, waited: 3000) == .open)
        #expect(decide(.up(lastGood: 6999), .silent, waited: 3000) == .open)
    }

    @Test func `a balancer is asked, and management alone decides when none answers`() {
        #expect(decide(.up(lastGood: 9000), .notAsked) == .askBalancer)
        #expect(decide(.up(lastGood: 9000), .silent) == .open)
        #expect(decide(.up(lastGood: 9000), .seesDown) == .open)
    }

    @Test func `a clock set back does not make a doubt last`() {
        #expect(decide(.uncertain, .silent, waited: -3_600_000) == .open)
        #expect(decide(.up(lastGood: 9000), .seesReady, waited: -3_600_000) == .open)
    }

    @Test func `a balancer that sees the node ready delays the page, and cannot silence it`() {
        #expect(decide(.up(lastGood: 9000), .seesReady) == .wait)
        #expect(decide(.up(lastGood: 9000), .seesReady, waited: 29_999) == .wait)
        #expect(decide(.up(lastGood: 9000), .seesReady, waited: 30_000) == .open)
    }
}
