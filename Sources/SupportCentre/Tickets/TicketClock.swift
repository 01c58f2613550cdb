// The two clocks of a ticket, worked out anew from everything that happened to it. Nothing is ever added to a stored figure:
// so no pause can be lost by a later change of priority or of hours, and none be counted that lay outside the working hours.
import Wire

/// What happened to a ticket, as far as its clocks care.
package struct TicketEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The first event of every ticket.
        case opened(TicketPriority, SupportPlan)
        case replied(byStaff: Bool)
        case state(TicketState)
        case priority(TicketPriority)
        /// Other hours or promises from here on. Work done before was done in the old hours; the new promise holds for all of it.
        case plan(SupportPlan)
    }

    package var at: Timestamp
    package var kind: Kind
    package init(_ at: Timestamp, _ kind: Kind) { (self.at, self.kind) = (at, kind) }
}

/// One clock as it stands after the events, whatever the time is now.
package struct TicketClock: Sendable, Hashable {
    package enum Phase: Sendable, Hashable {
        case running
        /// Waits for somebody else than support.
        case paused
        /// The promise was kept or broken at this moment.
        case met(Timestamp)
        /// The ticket ended before it could be met.
        case ended
    }

    package var phase: Phase
    /// In milliseconds of working time; nil when nothing is promised.
    package var target: Int64?
    /// Working time used in the closed stretches: all of it unless it runs.
    package var used: Int64
    /// The moment at which the promised time is used up: in the past, or, while it runs, to come. Nil while that is open.
    package var due: Timestamp?

    /// Whether the promise is broken by then.
    package func isLate(at now: Timestamp) -> Bool {
        guard let due else { return false }
        switch phase {
        case .running, .paused: return now > due
        case .met(let moment): return moment > due
        case .ended: return false
        }
    }

    /// Working time left when it is paused; below zero when overdue.
    package var left: Int64? { target.map { $0 - used } }
}

/// The response clock runs from the opening to support's first reply, whatever the state is meanwhile: setting a state answers nobody.
/// The resolution clock runs while support has to act, pauses while others have to, and is met by `resolved` or `closed`; a
/// ticket that is reopened runs on from what it had used.
package struct TicketClocks: Sendable, Hashable {
    package var response: TicketClock
    package var resolution: TicketClock

    /// Nil when the events do not begin with `opened`. Events are taken in their order; one that claims to be earlier than its
    /// predecessor (two clocks of two machines) counts as simultaneous with it.
    package init?(_ events: some Sequence<TicketEvent>) {
        var reading: Reading?
        for event in events {
            if reading == nil {
                guard case .opened(let priority, let plan) = event.kind else { return nil }
                reading = Reading(at: event.at, plan: plan, priority: priority)
            } else {
                reading?.take(event)
            }
        }
        guard let reading else { return nil }
        response = reading.clock(reading.responseStretches, phase: reading.responsePhase, target: reading.targets?.response)
        resolution = reading.clock(reading.resolutionStretches, phase: reading.resolutionPhase, target: reading.targets?.resolution)
    }

    /// A stretch of time in which a clock ran; open-ended when it still does.
    private struct Stretch {
        var calendar: BusinessCalendar
        var start: Timestamp
        var end: Timestamp?
    }

    private struct Reading {
        var at: Timestamp
        var plan: SupportPlan
        var priority: TicketPriority
        var state = TicketState.open
        var answered: Timestamp?
        var settled: Timestamp?
        var responseStretches: [Stretch] = []
        var resolutionStretches: [Stretch] = []

        init(at: Timestamp, plan: SupportPlan, priority: TicketPriority) {
            (self.at, self.plan, self.priority) = (at, plan, priority)
            turn()
        }

        var targets: SupportPlan.Targets? { plan.targets[priority] }

        mutating func take(_ event: TicketEvent) {
            at = max(at, event.at)
            switch event.kind {
            case .opened: break  // A ticket opens once; what is merged into it brings its words, not its clocks.
            case .replied(let byStaff): if byStaff, answered == nil { answered = at }
            case .state(let new):
                settled = new.rule.settles ? settled ?? at : nil
                state = new
            case .priority(let new): priority = new
            case .plan(let new):
                // What runs goes on in a stretch of the new hours.
                close()
                plan = new
            }
            turn()
        }

        /// Starts and stops the clocks as the present state wants them.
        private mutating func turn() {
            Self.turn(&responseStretches, runs: state.rule.isActive && answered == nil, at, plan.calendar)
            Self.turn(&resolutionStretches, runs: state.rule.runsResolution, at, plan.calendar)
        }

        private mutating func close() {
            Self.turn(&responseStretches, runs: false, at, plan.calendar)
            Self.turn(&resolutionStretches, runs: false, at, plan.calendar)
        }

        private static func turn(_ stretches: inout [Stretch], runs: Bool, _ at: Timestamp, _ calendar: BusinessCalendar) {
            let running = stretches.last.map { $0.end == nil } ?? false
            if runs, !running {
                stretches.append(Stretch(calendar: calendar, start: at))
            } else if !runs, running {
                stretches[stretches.count - 1].end = at
            }
        }

        var responsePhase: TicketClock.Phase {
            if let answered { return .met(answered) }
            return state.rule.isActive ? .running : .ended
        }

        var resolutionPhase: TicketClock.Phase {
            if let settled { return .met(settled) }
            return state.rule.runsResolution ? .running : state.rule.isActive ? .paused : .ended
        }

        func clock(_ stretches: [Stretch], phase: TicketClock.Phase, target: Int64?) -> TicketClock {
            var used: Int64 = 0, due: Timestamp?
            for stretch in stretches {
                guard let end = stretch.end else {
                    if let target, due == nil { due = stretch.calendar.moment(after: target - used, from: stretch.start) }
                    break
                }
                let work = stretch.calendar.work(from: stretch.start, to: end)
                if let target, due == nil, used + work >= target { due = stretch.calendar.moment(after: target - used, from: stretch.start) }
                used += work
            }
            return TicketClock(phase: phase, target: target, used: used, due: due)
        }
    }
}
