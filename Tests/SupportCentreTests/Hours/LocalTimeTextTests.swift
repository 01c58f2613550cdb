// Times people type on their own clock, through the hours the clocks skip and those they show twice.
import SupportCentre
import Testing
import Wire

@Suite struct LocalTimeTextTests {
    @Test(arguments: [
        ("2026-11-22T02:00", "Europe/London", "2026-11-22T02:00:00Z"), ("2026-07-01T02:00", "Europe/London", "2026-07-01T01:00:00Z"),
        ("2026-11-22T02:00", "Australia/Sydney", "2026-11-21T15:00:00Z"), ("2026-11-22T02:00:30", "UTC", "2026-11-22T02:00:30Z"),
        // Shown twice when the clocks go back: the earlier one.
        ("2026-10-25T01:30", "Europe/London", "2026-10-25T00:30:00Z"), ("2027-04-04T02:30", "Australia/Sydney", "2027-04-03T15:30:00Z"),
        ("2026-11-22T02:00", "Nowhere/At-all", "2026-11-22T02:00:00Z"),
    ])
    func `a time on a wall clock means one moment`(text: String, zone: String, moment: String) {
        #expect(LocalTime.moment(text, in: zone)?.iso8601 == moment)
    }

    @Test(arguments: [("2027-03-28T01:30", "Europe/London"), ("2026-10-04T02:30", "Australia/Sydney")])
    func `a time the clocks skip means none`(text: String, zone: String) { #expect(LocalTime.moment(text, in: zone) == nil) }

    @Test(arguments: ["", "2026-11-22", "2026-11-22 02:00:00Z", "2026-13-01T00:00", "2026-11-22T24:00", "now"])
    func `what is no time means none`(text: String) { #expect(LocalTime.moment(text, in: "Europe/London") == nil) }

    @Test func `what is shown is what it means, every hour of a year, but the hour shown twice`() {
        for zone in ["Europe/London", "Australia/Sydney", "Australia/Lord_Howe", "America/St_Johns", "UTC"] {
            var moment = Timestamp(iso8601: "2026-01-01T00:00:00Z")!, differing = 0
            for _ in 0..<(365 * 48) {
                let text = LocalTime.text(moment, in: zone)
                let meant = LocalTime.moment(text, in: zone)
                if meant != moment {
                    differing += 1
                    #expect(meant.map { $0 < moment } == true && meant.map { LocalTime.text($0, in: zone) } == text)
                }
                #expect(text.hasSuffix("T" + LocalTime.time(moment, in: zone)) && text.hasPrefix(LocalTime.reading(moment, in: zone).day.iso8601))
                moment = moment.adding(.seconds(1800))
            }
            #expect(differing <= 2)
        }
    }
}
