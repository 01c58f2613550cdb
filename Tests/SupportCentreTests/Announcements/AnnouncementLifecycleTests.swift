// The table of announcements, read the other way round: every step from every state of every kind, the lead time, the banner.
import SupportCentre
import Testing
import Wire

struct AnnouncementLifecycleTests {
    private let now = Timestamp(iso8601: "2026-11-30T12:00:00Z")!
    private let policy = AnnouncementPolicy()

    private func inDays(_ days: Int, hours: Int = 0) -> Timestamp { now.adding(.seconds(days * 86_400 + hours * 3600)) }
    private func window(_ days: Int) -> ChangeWindow { ChangeWindow(starts: inDays(days), ends: inDays(days, hours: 2)) }
    private func facts(_ kind: AnnouncementKind, _ state: AnnouncementState, _ days: Int? = 20, emergency: String = "") -> AnnouncementFacts {
        AnnouncementFacts(kind: kind, state: state, times: days.map { AnnouncementTimes(starts: inDays($0), ends: inDays($0, hours: 2)) } ?? AnnouncementTimes(), emergency: emergency)
    }
    private func refused(_ request: AnnouncementRequest, _ facts: AnnouncementFacts) -> Failure? {
        do throws(Failure) { _ = try AnnouncementLifecycle.judge(request, of: facts, policy, at: now); return nil } catch { return error }
    }

    @Test func `each kind goes from each state by these steps and no others`() throws {
        let work: [AnnouncementState: [AnnouncementStep: AnnouncementState]] = [
            .draft: [.publish: .published, .cancel: .cancelled], .published: [.reschedule: .rescheduled, .cancel: .cancelled],
            .rescheduled: [.reschedule: .rescheduled, .cancel: .cancelled], .cancelled: [:],
        ]
        for kind in AnnouncementKind.allCases {
            for state in AnnouncementState.allCases {
                for step in AnnouncementStep.allCases {
                    var wanted = work[state]?[step]
                    if step == .reschedule, !kind.isWork { wanted = nil }
                    let request = AnnouncementRequest(step, note: "because", window: window(30))
                    let facts = facts(kind, state)
                    if let wanted {
                        #expect(try AnnouncementLifecycle.judge(request, of: facts, policy, at: now).to == wanted, "\(kind) \(state) \(step)")
                    } else {
                        #expect(refused(request, facts)?.status == 409, "\(kind) \(state) \(step)")
                    }
                    #expect(AnnouncementLifecycle.steps(from: facts, at: now).contains(step) == (wanted != nil))
                }
            }
        }
    }

    @Test func `everybody is told of every step but the end of a draft`() {
        for line in AnnouncementLifecycle.transitions { #expect(line.tells == !(line.from == .draft && line.step == .cancel)) }
    }

    @Test func `an upgrade is announced fourteen days ahead, unless it says why it cannot wait`() throws {
        #expect(refused(.init(.publish), facts(.upgrade, .draft, 14)) == nil)
        let late = try #require(refused(.init(.publish), facts(.upgrade, .draft, 13)))
        #expect(late.status == 422 && late.fields.map(\.field) == ["starts"] && late.fields[0].hint.contains("2026-12-14T12:00:00Z"))
        #expect(refused(.init(.publish), facts(.upgrade, .draft, 1, emergency: "A hole is being used.")) == nil)
        #expect(refused(.init(.publish), facts(.maintenance, .draft, 1)) == nil)
        var longer = AnnouncementPolicy()
        longer.upgradeNoticeDays = 30
        #expect(throws: Failure.self) { try AnnouncementLifecycle.judge(.init(.publish), of: facts(.upgrade, .draft, 20), longer, at: now) }
    }

    @Test func `a new date of an upgrade is a new promise: the emergency of the first does not cover it`() {
        let moved = AnnouncementRequest(.reschedule, note: "because", window: window(3))
        #expect(refused(moved, facts(.upgrade, .published, 20))?.fields.map(\.field) == ["starts"])
        #expect(refused(moved, facts(.upgrade, .published, 2, emergency: "A hole is being used."))?.fields.map(\.field) == ["starts"])
        #expect(refused(.init(.reschedule, note: "because", window: window(3), emergency: "It is still being used."), facts(.upgrade, .published, 2)) == nil)
    }

    @Test func `work that has begun may last longer, but does not begin anew in the past`() {
        let running = AnnouncementFacts(kind: .upgrade, state: .published, times: .init(starts: inDays(0, hours: -1), ends: inDays(0, hours: 1)))
        #expect(refused(.init(.reschedule, note: "It takes longer.", window: .init(starts: inDays(0, hours: -1), ends: inDays(0, hours: 3))), running) == nil)
        #expect(refused(.init(.reschedule, note: "It takes longer.", window: .init(starts: inDays(0, hours: -2), ends: inDays(0, hours: 3))), running)?.fields.isEmpty == false)
        #expect(refused(.init(.reschedule, note: "Over?", window: .init(starts: inDays(0, hours: -1), ends: now)), running)?.fields.map(\.field) == ["ends"])
    }

    @Test func `what is over is neither moved nor cancelled`() {
        for step in [AnnouncementStep.reschedule, .cancel] {
            #expect(refused(.init(step, note: "because", window: window(30)), facts(.maintenance, .published, -3))?.fields.map(\.field) == ["step"])
        }
        #expect(AnnouncementLifecycle.steps(from: facts(.maintenance, .published, -3), at: now).isEmpty)
    }

    @Test func `work needs its time, moving and cancelling a reason`() {
        #expect(refused(.init(.publish), facts(.maintenance, .draft, nil))?.fields.map(\.field) == ["starts"])
        #expect(refused(.init(.publish), facts(.news, .draft, nil)) == nil)
        #expect(refused(.init(.cancel), facts(.news, .published, nil))?.fields.map(\.field) == ["note"])
        #expect(refused(.init(.reschedule, window: window(20)), facts(.maintenance, .published))?.fields.map(\.field) == ["note"])
        #expect(refused(.init(.publish), facts(.maintenance, .draft, -3))?.fields.map(\.field) == ["starts", "banner_ends"])
    }

    @Test func `a banner lasts until the work is over, news some days, and goes on when the work is moved`() {
        var times = AnnouncementTimes(starts: inDays(20), ends: inDays(20, hours: 2))
        #expect(times.banner(published: now, policy) == now..<inDays(20, hours: 2))
        #expect(AnnouncementTimes().banner(published: now, policy) == now..<inDays(7))
        (times.bannerStarts, times.bannerEnds) = (inDays(18), inDays(19))
        #expect(times.banner(published: now, policy) == inDays(18)..<inDays(19))
        #expect(times.moved(to: window(25)).banner(published: now, policy) == inDays(18)..<inDays(25, hours: 2))
        times.bannerEnds = inDays(1)
        #expect(times.banner(published: now, policy).isEmpty)
    }

    @Test func `an audience is everybody, one customer, one role, or one customer's people of one role`() {
        let people: [(String?, String)] = [("clinic", "administrator"), ("clinic", "subject"), ("club", "administrator"), (nil, "support")]
        func reached(_ audience: AnnouncementAudience) -> [Bool] { people.map { audience.includes(customer: $0.0, role: $0.1) } }
        #expect(reached(.init()) == [true, true, true, true])
        #expect(reached(.init(customer: "clinic")) == [true, true, false, false])
        #expect(reached(.init(role: "administrator")) == [true, false, true, false])
        #expect(reached(.init(customer: "clinic", role: "administrator")) == [true, false, false, false])
    }
}
