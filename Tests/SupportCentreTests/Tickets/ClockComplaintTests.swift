// What users of other helpdesks complained of, each as they told it: the clock must have it right.
import Testing
import Wire
@testable import SupportCentre

struct ClockComplaintTests {
    /// Nine to five, London, in a week of winter without holidays; what is promised is given in each example.
    private func plan(_ targets: String, _ hours: String = "Mon-Fri 09:00-17:00", holidays: String = "none") throws -> SupportPlan {
        try SupportPlan(text: "Europe/London; \(holidays); \(hours) | \(targets)")
    }

    private func at(_ text: String) -> Timestamp { moment("2026-\(text):00Z") }

    private func clocks(_ events: [TicketEvent]) throws -> TicketClocks { try #require(TicketClocks(events)) }

    @Test func `frappe helpdesk 1554: the clock stands still while the ticket is answered, and goes on with what was left`() throws {
        let plan = try plan("normal 1h 8h")
        var events = [TicketEvent(at("11-02T09:00"), .opened(.normal, plan)), TicketEvent(at("11-02T10:00"), .state(.answered))]
        #expect(try clocks(events).resolution.phase == .paused)
        #expect(try clocks(events).resolution.left == 7 * 3_600_000)
        #expect(try clocks(events).resolution.due == nil)
        events.append(TicketEvent(at("11-04T09:00"), .state(.open)))
        #expect(try clocks(events).resolution.due == at("11-04T16:00"))
    }

    @Test func `frappe helpdesk 1542: a reply meets the response clock and not the resolution clock`() throws {
        let plan = try plan("urgent 15m 1h; high 1h 4h; normal 1h 8h; low 4h 16h", "Mon-Fri 09:00-18:30")
        let events = [
            TicketEvent(at("11-02T10:00"), .opened(.low, plan)), TicketEvent(at("11-02T10:20"), .replied(byStaff: true)), TicketEvent(at("11-02T10:20"), .state(.answered)),
        ]
        #expect(try clocks(events).response.phase == .met(at("11-02T10:20")))
        #expect(try clocks(events).resolution.phase == .paused)
        #expect(try clocks(events).resolution.left == 16 * 3_600_000 - 20 * 60_000)
    }

    @Test func `frappe helpdesk 1675: a pause moves the moment of resolution`() throws {
        let plan = try plan("normal 1h 4h")
        let opened = TicketEvent(at("11-02T09:00"), .opened(.normal, plan))
        #expect(try clocks([opened]).resolution.due == at("11-02T13:00"))
        let paused = [opened, TicketEvent(at("11-02T10:00"), .state(.onHold)), TicketEvent(at("11-02T12:00"), .state(.open))]
        #expect(try clocks(paused).resolution.due == at("11-02T15:00"))
    }

    @Test func `frappe helpdesk 2212: nothing runs through the lunch break, also for a ticket opened in it`() throws {
        let plan = try plan("urgent 30m 4h", "Mon-Fri 09:00-13:00,14:00-17:00")
        #expect(try clocks([TicketEvent(at("11-02T13:20"), .opened(.urgent, plan))]).response.due == at("11-02T14:30"))
        #expect(try clocks([TicketEvent(at("11-02T12:45"), .opened(.urgent, plan))]).response.due == at("11-02T14:15"))
        #expect(try clocks([TicketEvent(at("11-02T12:00"), .opened(.urgent, plan))]).resolution.due == at("11-02T17:00"))
    }

    @Test func `GLPI 6902: a change of priority while the ticket waits breaks no promise`() throws {
        let plan = try plan("urgent 30m 2h; normal 4h 8h")
        let events = [
            TicketEvent(at("11-02T09:00"), .opened(.normal, plan)), TicketEvent(at("11-02T09:10"), .state(.pending)),
            TicketEvent(at("11-02T15:00"), .priority(.urgent)),
        ]
        #expect(try clocks(events).resolution.left == 110 * 60_000)
        #expect(try !clocks(events).resolution.isLate(at: at("11-03T15:00")))
    }

    @Test func `GLPI 15605: days on hold stay out of the new promise after a change of priority`() throws {
        let plan = try plan("high 1h 6h; normal 4h 16h")
        let events = [
            TicketEvent(at("11-02T09:00"), .opened(.normal, plan)), TicketEvent(at("11-02T11:00"), .state(.onHold)),
            TicketEvent(at("11-05T09:00"), .state(.open)), TicketEvent(at("11-05T10:00"), .priority(.high)),
        ]
        // Three hours used, of six now promised: three more from ten o'clock.
        #expect(try clocks(events).resolution.due == at("11-05T13:00"))
    }

    @Test func `GLPI 9082: a pause never moves the due moment out of the working hours`() throws {
        let plan = try plan("normal 4h 8h", "Mon-Fri 08:00-18:00")
        let events = [
            TicketEvent(at("11-02T09:30"), .opened(.normal, plan)), TicketEvent(at("11-02T10:00"), .state(.pending)), TicketEvent(at("11-02T11:00"), .state(.open)),
        ]
        // Seven and a half hours are left at eleven: seven today, half an hour tomorrow.
        #expect(try clocks(events).resolution.due == at("11-03T08:30"))
    }

    @Test func `GLPI 10594: a pause over a weekend delays by its working time only`() throws {
        let plan = try plan("normal 4h 8h", "Mon-Fri 08:00-16:00")
        let events = [
            TicketEvent(at("11-06T10:00"), .opened(.normal, plan)), TicketEvent(at("11-06T15:00"), .state(.pending)), TicketEvent(at("11-09T09:00"), .state(.open)),
        ]
        #expect(try clocks(events).resolution.due == at("11-09T12:00"))
    }

    @Test func `ERPNext 49414: a hold from closing to opening time delays nothing`() throws {
        let plan = try plan("normal 4h 8h")
        let events = [
            TicketEvent(at("11-02T10:00"), .opened(.normal, plan)), TicketEvent(at("11-02T17:00"), .state(.onHold)), TicketEvent(at("11-03T09:00"), .state(.open)),
        ]
        #expect(try clocks(events).resolution.due == at("11-03T10:00"))
        #expect(try clocks(Array(events.prefix(1))).resolution.due == at("11-03T10:00"))
    }

    @Test func `ERPNext 16729: from ten to one with an hour on hold is two hours`() throws {
        let plan = try plan("normal 4h 8h")
        let events = [
            TicketEvent(at("11-02T10:00"), .opened(.normal, plan)), TicketEvent(at("11-02T11:00"), .state(.onHold)), TicketEvent(at("11-02T12:00"), .state(.open)),
            TicketEvent(at("11-02T13:00"), .state(.closed)),
        ]
        #expect(try clocks(events).resolution.used == 2 * 3_600_000)
        #expect(try clocks(events).resolution.phase == .met(at("11-02T13:00")))
    }

    @Test func `osTicket 2131 and FreeScout 3756: four hours from four in the afternoon end at noon of the next day`() throws {
        let plan = try plan("urgent 4h 8h")
        #expect(try clocks([TicketEvent(at("11-02T16:00"), .opened(.urgent, plan))]).response.due == at("11-03T12:00"))
        #expect(try clocks([TicketEvent(at("11-06T16:00"), .opened(.urgent, plan))]).response.due == at("11-09T12:00"))
    }

    @Test func `osTicket 1107: Christmas, Boxing Day's substitute and the weekend are no working time`() throws {
        let plan = try plan("normal 4h 8h", holidays: "england-and-wales")
        // Thursday 24 December 2026, 15:00; the next working day is Tuesday the 29th.
        #expect(try clocks([TicketEvent(at("12-24T15:00"), .opened(.normal, plan))]).response.due == at("12-29T11:00"))
    }

    @Test func `GLPI 24481: a ticket that waits does not become late`() throws {
        let plan = try plan("normal 1h 2h")
        let events = [TicketEvent(at("11-02T09:00"), .opened(.normal, plan)), TicketEvent(at("11-02T10:30"), .replied(byStaff: true)), TicketEvent(at("11-02T10:30"), .state(.pending))]
        #expect(try !clocks(events).resolution.isLate(at: at("11-20T10:30")))
        #expect(try clocks(events).response.isLate(at: at("11-20T10:30")))  // That was half an hour too late, and stays so.
    }

    @Test func `a change of the hours counts what was worked in the old ones and promises by the new ones`() throws {
        let london = try plan("normal 4h 8h")
        let always = try SupportPlan(text: "Etc/UTC; none; Mon-Sun 00:00-24:00 | normal 1h 6h")
        let events = [TicketEvent(at("11-02T09:00"), .opened(.normal, london)), TicketEvent(at("11-02T19:00"), .plan(always))]
        // Eight hours of the day are used up, six are promised now: due when six were, at three in the afternoon.
        #expect(try clocks(events).resolution.due == at("11-02T15:00"))
        let sooner = [events[0], TicketEvent(at("11-02T13:00"), .plan(always))]
        #expect(try clocks(sooner).resolution.due == at("11-02T15:00"))
        let later = [events[0], TicketEvent(at("11-02T16:00"), .plan(try plan("normal 4h 10h")))]
        #expect(try clocks(later).resolution.due == at("11-03T11:00"))
    }

    @Test func `a reopened ticket goes on with what it had used, and the time it was closed is not counted`() throws {
        let plan = try plan("normal 4h 8h")
        var events = [TicketEvent(at("11-02T09:00"), .opened(.normal, plan)), TicketEvent(at("11-02T11:00"), .state(.resolved))]
        #expect(try clocks(events).resolution.phase == .met(at("11-02T11:00")))
        events.append(TicketEvent(at("11-05T09:00"), .state(.open)))
        #expect(try clocks(events).resolution.phase == .running)
        #expect(try clocks(events).resolution.due == at("11-05T15:00"))
    }

    @Test func `resolved, then closed by silence: it was met when it was resolved`() throws {
        let plan = try plan("normal 4h 8h")
        let events = [TicketEvent(at("11-02T09:00"), .opened(.normal, plan)), TicketEvent(at("11-02T11:00"), .state(.resolved)), TicketEvent(at("11-12T11:00"), .state(.closed))]
        #expect(try clocks(events).resolution.phase == .met(at("11-02T11:00")))
    }
}
