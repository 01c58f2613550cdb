// Open or closed now, and the next opening in the reader's own time.
import Testing
import Wire
@testable import SupportCentre

struct DeskHoursTests {
    private let london = "Europe/London; england-and-wales; Mon-Fri 09:00-12:30,13:30-17:30"

    @Test(arguments: [
        // Wednesday: open in the morning, closed over lunch, closed for the night.
        ("2026-11-25T10:00:00Z", "open until 12:30", "open until 23:30"), ("2026-11-25T12:45:00Z", "closed until 13:30", "closed until tomorrow 00:30"),
        ("2026-11-25T18:00:00Z", "closed until tomorrow 09:00", "closed until 20:00"),
        // Friday evening to Monday; in Sydney it is Saturday already.
        ("2026-11-27T18:00:00Z", "closed until Monday 09:00", "closed until Monday 20:00"),
        // Christmas Day, a Friday: the Monday after is Boxing Day's substitute.
        ("2026-12-25T12:00:00Z", "closed until Tuesday 09:00, Christmas Day", "closed until Tuesday 20:00, Christmas Day"),
    ])
    func `the desk says so in London and in Sydney`(time: String, inLondon: String, inSydney: String) throws {
        let calendar = try BusinessCalendar(text: london), now = moment(time), hours = DeskHours(calendar, at: now)
        for (zone, expected) in [("Europe/London", inLondon), ("Australia/Sydney", inSydney)] {
            let when = (hours.closes ?? hours.opens).map { DeskHours.told($0, in: zone, now: now) } ?? "ever"
            #expect("\(hours.isOpen ? "open" : "closed") until \(when)\(hours.holiday.map { ", " + $0 } ?? "")" == expected)
        }
    }

    @Test func `a desk that never closes has no closing time`() {
        let hours = DeskHours(.always, at: moment("2026-11-25T10:00:00Z"))
        #expect(hours.isOpen && hours.closes == nil && hours.opens == nil)
    }

    @Test func `an opening beyond a week is told with its date`() throws {
        let calendar = try BusinessCalendar(text: london + "; 2026-12-21 closed; 2026-12-22 closed; 2026-12-23 closed; 2026-12-24 closed")
        let now = moment("2026-12-20T12:00:00Z")
        #expect(DeskHours(calendar, at: now).opens.map { DeskHours.told($0, in: "Europe/London", now: now) } == "Tuesday, 29 December, 09:00")
    }
}
