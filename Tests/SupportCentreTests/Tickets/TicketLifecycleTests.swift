// The table of transitions: complete, and with no step beside it.
import Testing
import Wire
@testable import SupportCentre

struct TicketLifecycleTests {
    private let now = moment("2026-11-25T12:00:00Z"), policy = TicketPolicy()

    /// Written down by hand: from, to, who.
    private static let allowed: Set<String> = [
        "answered open customer", "answered open support", "on-hold open customer", "on-hold open support", "resolved open customer", "resolved open support",
        "closed open customer", "closed open support", "pending open customer", "pending open support", "pending open time",
        "open answered support", "pending answered support", "on-hold answered support", "resolved answered support", "closed answered support",
        "open pending support", "answered pending support", "on-hold pending support", "pending pending support",
        "open on-hold support", "answered on-hold support", "pending on-hold support", "on-hold on-hold support",
        "open resolved support", "answered resolved support", "pending resolved support", "on-hold resolved support",
        "open closed customer", "open closed support", "answered closed customer", "answered closed support", "pending closed customer", "pending closed support",
        "on-hold closed customer", "on-hold closed support", "resolved closed customer", "resolved closed support", "resolved closed time",
    ]

    @Test func `every pair of states and every actor: the step is there exactly when it is written down here`() {
        for from in TicketState.allCases {
            for to in TicketState.allCases {
                for actor in TicketActor.allCases {
                    let name = "\(from.rawValue) \(to.rawValue) \(actor.rawValue)"
                    #expect((TicketLifecycle.transition(from: from, to: to, by: actor) != nil) == Self.allowed.contains(name), "\(name)")
                    let failure = failure(from, to, actor)
                    #expect((failure == nil) == Self.allowed.contains(name), "\(name): \(failure?.reason ?? "let through")")
                    #expect(failure.map { !$0.hint.isEmpty } ?? true, "\(name) says what to do next")
                }
            }
        }
    }

    private func failure(_ from: TicketState, _ to: TicketState, _ actor: TicketActor, since: String = "2026-11-24T12:00:00Z", until: String? = "2026-12-01T12:00:00Z", reason: String = "a part") -> Failure? {
        do throws(Failure) {
            try TicketLifecycle.check(from: from, to: to, by: actor, since: moment(since), until: until.map(moment), reason: reason, now: now, policy: policy)
            return nil
        } catch { return error }
    }

    @Test func `no two rows of the table are about the same step`() {
        for from in TicketState.allCases {
            for to in TicketState.allCases {
                for actor in TicketActor.allCases {
                    #expect(TicketLifecycle.table.count { $0.to == to && $0.from.contains(from) && $0.by.contains(actor) } <= 1)
                }
            }
        }
        #expect(Set(TicketState.active).union(TicketState.inactive).count == TicketState.allCases.count)
        #expect(TicketState.initial.rule.isActive && TicketState.initial.rule.runsResolution)
    }

    @Test func `pending needs a date to come within a year, on hold needs a reason`() {
        #expect(failure(.open, .pending, .support, until: nil)?.fields.first?.field == "until")
        #expect(failure(.open, .pending, .support, until: "2026-11-25T12:00:00Z")?.fields.first?.field == "until")
        #expect(failure(.open, .pending, .support, until: "2027-12-01T12:00:00Z")?.fields.first?.field == "until")
        #expect(failure(.open, .onHold, .support, reason: "")?.fields.first?.field == "reason")
    }

    @Test func `a customer reopens for thirty days, support always`() {
        #expect(failure(.closed, .open, .customer, since: "2026-10-26T12:00:00Z") == nil)
        #expect(failure(.closed, .open, .customer, since: "2026-10-26T11:59:59Z")?.status == 409)
        #expect(failure(.closed, .open, .support, since: "2020-01-01T00:00:00Z") == nil)
    }

    @Test func `time opens a pending ticket at its date and closes a resolved one after the silence`() {
        let wake = TicketLifecycle.wake(.pending, since: now, until: moment("2026-12-01T12:00:00Z"), policy: policy)
        #expect(wake?.at == moment("2026-12-01T12:00:00Z") && wake?.to == .open)
        let close = TicketLifecycle.wake(.resolved, since: now, until: nil, policy: policy)
        #expect(close?.at == moment("2026-12-02T12:00:00Z") && close?.to == .closed)
        for state in [TicketState.open, .answered, .onHold, .closed, .merged] { #expect(TicketLifecycle.wake(state, since: now, until: now, policy: policy) == nil) }
        #expect(failure(.closed, .open, .time) != nil)
    }
}
