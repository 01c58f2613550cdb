// The clocks against a reference that looks at every minute, over ten thousand random lives of tickets.
import Testing
import Wire
@testable import SupportCentre

struct TicketClockTests {
    static let start = moment("2026-10-12T00:00:00Z")
    /// The horizon holds the change of the clocks in London (25 October); Sydney's calendar has a holiday put into it.
    static let days = 40

    static let plans: [String] = [
        "Europe/London; england-and-wales; Mon-Fri 09:00-12:30,13:30-17:30 | urgent 30m 4h; high 1h 8h; normal 4h 24h; low 8h 40h",
        "Australia/Sydney; australia; Mon-Fri 08:00-18:00; Sat 10:00-12:00; 2026-10-20 closed | urgent 15m 2h; high 2h 6h; normal - 16h; low 8h -",
        "Etc/UTC; none; Mon-Sun 00:00-24:00 | urgent 5m 1h; high 30m 4h; normal 2h 12h",
        "Europe/London; none; Mon-Sun 00:00-02:00,22:00-24:00 | urgent 1h 3h; high 2h 5h; normal 3h 8h; low 4h 9h",
    ]

    /// One ticket's life: an opening and up to nine events at whole minutes within two weeks.
    static func life(_ random: inout Seeded, _ plans: [SupportPlan]) -> [TicketEvent] {
        func pick<T>(_ from: [T], _ random: inout Seeded) -> T { from[Int.random(in: 0..<from.count, using: &random)] }
        var minute = Int.random(in: 0..<14 * 1440, using: &random)
        var events = [TicketEvent(start.later(minutes: minute), .opened(pick(TicketPriority.allCases, &random), pick(plans, &random)))]
        for _ in 0..<Int.random(in: 0...9, using: &random) {
            // Often close together, sometimes at the same minute, sometimes days apart.
            minute += pick([0, 1, 7, 45, 180, 700, 2_000], &random) * Int.random(in: 0...2, using: &random)
            let kind: TicketEvent.Kind = switch Int.random(in: 0..<10, using: &random) {
            case 0...1: .replied(byStaff: true)
            case 2: .replied(byStaff: false)
            case 3...6: .state(pick(TicketState.allCases, &random))
            case 7...8: .priority(pick(TicketPriority.allCases, &random))
            default: .plan(pick(plans, &random))
            }
            events.append(TicketEvent(start.later(minutes: minute), kind))
        }
        return events
    }

    @Test func `ten thousand random lives of tickets: both clocks equal the reference that looks at every minute`() throws {
        let plans = try Self.plans.map { try SupportPlan(text: $0) }
        let minutes = Dictionary(uniqueKeysWithValues: plans.map { ($0.calendar, Minutes(of: $0.calendar, from: Self.start, count: Self.days * 1440)) })
        var random = Seeded(2026), wrong = 0
        var seen: [String: Int] = [:]
        for life in 0..<10_000 {
            let events = Self.life(&random, plans)
            guard let clocks = TicketClocks(events) else { Issue.record("life \(life) has no clocks"); return }
            for (name, clock, reference) in [
                ("response", clocks.response, Reference(events, minutes, resolution: false)), ("resolution", clocks.resolution, Reference(events, minutes, resolution: true)),
            ] {
                let dueMinute = clock.due.map { Int(($0.milliseconds - Self.start.milliseconds) / 60_000) }
                // What is due beyond the horizon cannot be seen by the reference.
                let expectedDue = dueMinute.map { $0 > Self.days * 1440 } == true ? dueMinute : reference.due
                if clock.phase != reference.phase || clock.target != reference.target || dueMinute != expectedDue || (clock.phase != .running && clock.used != Int64(reference.used) * 60_000) {
                    wrong += 1
                    if wrong <= 3 { Issue.record("life \(life), \(name): \(clock) is not \(reference) for \(events)") }
                }
                seen[reference.label, default: 0] += 1
            }
        }
        #expect(wrong == 0)
        // A test that never meets a case proves nothing about it.
        for label in ["running, due", "running, nothing promised", "paused, open", "paused, due", "met, due", "met, open", "ended, open", "ended, due"] { #expect(seen[label, default: 0] >= 50, "\(label): \(seen)") }
    }

    /// Walks minute by minute and looks at each one by itself, under the state, hours and promise that hold then.
    struct Reference: CustomStringConvertible {
        var phase = TicketClock.Phase.running
        var target: Int64?
        var used = 0
        var due: Int?

        init(_ events: [TicketEvent], _ minutes: [BusinessCalendar: Minutes], resolution: Bool) {
            var state = TicketState.open, priority = TicketPriority.normal, plan: SupportPlan?, replied: Timestamp?, settled: Timestamp?
            var targets: SupportPlan.Targets? { plan?.targets[priority] }
            var worked: [Int] = []
            var next = 0, minute = Int((events[0].at.milliseconds - TicketClockTests.start.milliseconds) / 60_000)
            let end = TicketClockTests.days * 1440
            while minute < end {
                while next < events.count, events[next].at <= TicketClockTests.start.later(minutes: minute) {
                    let event = events[next]
                    switch event.kind {
                    case .opened(let first, let hours): (priority, plan) = (first, hours)
                    case .replied(let byStaff): if byStaff, replied == nil { replied = event.at }
                    case .state(let new):
                        if new != .resolved && new != .closed { settled = nil } else if settled == nil { settled = event.at }
                        state = new
                    case .priority(let new): priority = new
                    case .plan(let new): plan = new
                    }
                    next += 1
                }
                let counts = resolution ? state == .open : replied == nil && [.open, .answered, .pending, .onHold].contains(state)
                let target = resolution ? targets?.resolution : targets?.response
                let last = next == events.count
                if last, !counts || target == nil { break }
                // Until the next event minute by minute; after the last one until what is promised is used up.
                let stop = last ? end : min(end, Int((events[next].at.milliseconds - TicketClockTests.start.milliseconds) / 60_000))
                if counts, let plan, let work = minutes[plan.calendar] {
                    work.before.withUnsafeBufferPointer { before in
                        while minute < stop {
                            if before[minute + 1] > before[minute] { worked.append(minute + 1) }
                            minute += 1
                            if last, let target, worked.count >= Int(target / 60_000) { return }
                        }
                    }
                    if last { break }
                }
                minute = stop
            }
            target = resolution ? targets?.resolution : targets?.response
            used = worked.count
            if let target, worked.count >= Int(target / 60_000) { due = worked[Int(target / 60_000) - 1] }
            if resolution {
                phase = settled.map { .met($0) } ?? (state == .open ? .running : state == .merged ? .ended : .paused)
            } else {
                phase = replied.map { .met($0) } ?? ([.resolved, .closed, .merged].contains(state) ? .ended : .running)
            }
        }

        var description: String { "\(phase), target \(target ?? -1), used \(used), due \(due ?? -1)" }
        var label: String {
            let what = switch phase { case .running: "running"; case .paused: "paused"; case .met: "met"; case .ended: "ended" }
            return target == nil ? "\(what), nothing promised" : due == nil ? "\(what), open" : "\(what), due"
        }
    }

    @Test func `what comes after an event changes nothing before it: recomputing from the first event is the only way`() throws {
        let plans = try Self.plans.map { try SupportPlan(text: $0) }
        var random = Seeded(7)
        for _ in 0..<500 {
            let events = Self.life(&random, plans)
            // An event that says what is so already leaves both clocks as they are.
            let priorities = events.compactMap { if case .priority(let priority) = $0.kind { priority } else if case .opened(let priority, _) = $0.kind { priority } else { nil } }
            guard let last = events.last, let priority = priorities.last else { continue }
            #expect(TicketClocks(events) == TicketClocks(events + [TicketEvent(last.at.later(minutes: 60), .priority(priority))]))
        }
    }

    @Test func `events that claim to be earlier than their predecessor count as simultaneous`() throws {
        let plan = try SupportPlan(text: Self.plans[2])
        let opened = TicketEvent(moment("2026-11-02T10:00:00Z"), .opened(.high, plan))
        let skewed = [opened, TicketEvent(moment("2026-11-02T11:00:00Z"), .state(.answered)), TicketEvent(moment("2026-11-02T10:30:00Z"), .state(.open))]
        let level = [opened, TicketEvent(moment("2026-11-02T11:00:00Z"), .state(.answered)), TicketEvent(moment("2026-11-02T11:00:00Z"), .state(.open))]
        #expect(TicketClocks(skewed) == TicketClocks(level))
        #expect(TicketClocks([TicketEvent]()) == nil)
        #expect(TicketClocks([TicketEvent(moment("2026-11-02T10:00:00Z"), .replied(byStaff: true))]) == nil)
    }

    @Test func `a plan is written back as it was read, and refused with what to write instead`() throws {
        for text in Self.plans { #expect(try SupportPlan(text: text).text == text) }
        #expect(try SupportPlan.targets("urgent 1h30m 48h")[.urgent] == .init(response: 5_400_000, resolution: 172_800_000))
        for text in ["urgent 30m", "soon 1h 2h", "urgent 1h 2h; urgent 1h 2h", "urgent 1h 30s", "urgent x 1h", "urgent 1h 2d", "urgent 1m1h 2h", "urgent 0m 1h", "urgent 1 1h", "urgent 1h 9601h"] {
            #expect(throws: Failure.self) { try SupportPlan.targets(text) }
        }
    }
}
