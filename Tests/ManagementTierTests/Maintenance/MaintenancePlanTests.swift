// Maintenance windows: what covers what when, newer and older words about one, and what the ledger makes of it.
import SupportCentre
import Testing

@testable import ManagementTier

struct MaintenancePlanTests {
    private func window(_ starts: Milliseconds, _ ends: Milliseconds, _ parts: Set<ServicePart> = [.pages], source: String? = nil, version: Int64 = 1, cancelled: Milliseconds? = nil) -> MaintenanceWindow {
        MaintenanceWindow(id: 0, source: source, version: version, title: "Work", parts: parts, starts: starts, ends: ends, cancelled: cancelled)
    }

    @Test func `a part is covered from the beginning of its window to the end, end not included, and no other part is`() {
        var plan = MaintenancePlan()
        plan.take(window(100, 200), at: 0)
        #expect(plan.covers(.pages, at: 99) == nil && plan.covers(.pages, at: 100) == 200 && plan.covers(.pages, at: 199) == 200 && plan.covers(.pages, at: 200) == nil)
        #expect(plan.covers(.records, at: 150) == nil)
    }

    @Test func `windows that follow without a gap are one, and what stands for several parts needs them all`() {
        var plan = MaintenancePlan()
        plan.take(window(100, 200), at: 0)
        plan.take(window(200, 300), at: 0)
        plan.take(window(150, 400, [.records]), at: 0)
        #expect(plan.covers(.pages, at: 150) == 300)
        #expect(plan.covers([.pages, .records], at: 160) == 300 && plan.covers([.pages, .records], at: 120) == nil && plan.covers([], at: 160) == nil)
    }

    @Test func `what has passed is never planned afterwards`() {
        var plan = MaintenancePlan()
        #expect(plan.take(window(100, 200), at: 150)?.during == Interval(150, 200))
        #expect(plan.take(window(100, 140), at: 150) == nil)
        plan.take(window(300, 400, source: "change-1"), at: 160)
        // It has begun: another beginning is not taken, another end is, but not one that has passed.
        #expect(plan.take(window(200, 390, source: "change-1", version: 2), at: 350)?.during == Interval(300, 390))
        #expect(plan.take(window(300, 310, source: "change-1", version: 3), at: 360)?.during == Interval(300, 360))
    }

    @Test func `a window cancelled before it began never was; one that had begun ends then`() {
        var plan = MaintenancePlan()
        let first = plan.take(window(100, 200), at: 0)!, second = plan.take(window(300, 400), at: 0)!
        #expect(plan.cancel(first.id, at: 50)?.phase(at: 60) == .cancelled && plan.intervals(of: .pages) == [Interval(300, 400)])
        #expect(plan.cancel(second.id, at: 350)?.phase(at: 360) == .over && plan.covers(.pages, at: 360) == nil)
        #expect(plan.intervals(of: .pages) == [Interval(300, 350)])
        #expect(plan.cancel(second.id, at: 355) == nil && plan.cancel(99, at: 0) == nil)
    }

    @Test func `a newer word about a change replaces the older one, in whatever order they come`() {
        var plan = MaintenancePlan()
        #expect(plan.take(window(100, 200, source: "change-1", version: 1), at: 0)?.id == 1)
        #expect(plan.take(window(100, 200, source: "change-1", version: 1), at: 0) == nil)
        #expect(plan.take(window(500, 600, [.records], source: "change-1", version: 3), at: 0)?.id == 1)
        #expect(plan.take(window(100, 200, source: "change-1", version: 2), at: 0) == nil)
        #expect(plan.windows.count == 1 && plan.covers(.records, at: 550) == 600 && plan.covers(.pages, at: 150) == nil)
        #expect(plan.take(window(500, 600, source: "change-1", version: 4, cancelled: 0), at: 10)?.phase(at: 10) == .cancelled)
        // Called off before it was ever heard of: what comes late does not bring it back.
        plan.take(window(500, 600, source: "change-2", version: 5, cancelled: 20), at: 20)
        #expect(plan.take(window(500, 600, source: "change-2", version: 4), at: 20) == nil && plan.live(at: 20).isEmpty)
        // The same change at another time, after its first window is over, is another window.
        plan.take(window(100, 200, source: "change-3", version: 1), at: 50)
        #expect(plan.take(window(700, 800, source: "change-3", version: 2), at: 650)?.during == Interval(700, 800))
        #expect(plan.intervals(of: .pages).contains(Interval(100, 200)))
    }

    @Test(arguments: 0..<64) func `random windows cover what counting them moment by moment says, and the ledger leaves it out`(seed: UInt64) {
        var dice = Seeded(state: seed), plan = MaintenancePlan()
        let parts: [ServicePart] = [.pages, .records]
        var now: Milliseconds = 0
        var planned: [ServicePart: Set<Milliseconds>] = [.pages: [], .records: []]
        // What is promised from now on, replayed moment by moment.
        for _ in 0..<12 {
            let before = plan
            if dice.chance(25), !plan.windows.isEmpty {
                plan.cancel(plan.windows[dice.below(plan.windows.count)].id, at: now)
            } else {
                let starts = now + Milliseconds(dice.below(60)), chosen: Set<ServicePart> = dice.chance(33) ? Set(parts) : [parts[dice.below(2)]]
                plan.take(
                    window(
                        starts - Milliseconds(dice.below(20)), starts + Milliseconds(dice.below(40)), chosen, source: dice.chance(50) ? "change-\(dice.below(3))" : nil,
                        version: Int64(dice.below(20)), cancelled: dice.chance(10) ? now : nil), at: now)
            }
            // No word, new or old, changes what has passed.
            for part in parts { for moment in 0..<now { #expect((plan.covers(part, at: moment) == nil) == (before.covers(part, at: moment) == nil)) } }
            let next = now + Milliseconds(dice.below(30))
            for part in parts { for moment in now..<next where plan.covers(part, at: moment) != nil { planned[part]?.insert(moment) } }
            now = next
        }
        for part in parts {
            var ledger = ServiceLedger(members: [.init(node: "n", service: part, during: Interval(0, now))], outages: [], watched: [Interval(0, now)])
            ledger.planned[part] = plan.intervals(of: part)
            let begin = Milliseconds(dice.below(Int(max(now, 1)))), outage = Interval(begin, min(now, begin + Milliseconds(dice.below(100))))
            ledger.outages = [.init(node: "n", during: outage)]
            let found = Availability(ledger.segments(of: part, in: Interval(0, now)))
            let all = Set(0..<now), work = planned[part] ?? [], down = Set(outage.begin..<outage.end)
            #expect(found.planned == Milliseconds(work.count) && found.down == Milliseconds(down.subtracting(work).count))
            #expect(found.up == Milliseconds(all.subtracting(work).subtracting(down).count))
        }
    }
}
