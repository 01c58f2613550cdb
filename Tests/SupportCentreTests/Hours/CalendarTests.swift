// Working time: the hours as written, both sides of midnight and of a change of the clocks, and against every single minute.
import Foundation
import Testing
import Wire
@testable import SupportCentre

func moment(_ text: String) -> Timestamp { Timestamp(iso8601: text) ?? Timestamp() }

/// Numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

struct CalendarTests {
    static let london = "Europe/London; england-and-wales; Mon-Fri 09:00-17:00"

    @Test func `hours are written back as they were read`() throws {
        for text in [
            Self.london, "Australia/Sydney; australia; Mon-Thu 08:30-12:00,13:00-17:30; Fri 08:30-12:00", "Etc/UTC; none; Mon-Sun 00:00-24:00",
            "Europe/London; scotland; Mon-Fri 09:00-17:00; Sun 10:00-12:00; 2026-12-24 09:00-12:00; 2026-12-31 closed",
        ] { #expect(try BusinessCalendar(text: text).text == text) }
        #expect(BusinessCalendar.always.text == "Etc/UTC; none; Mon-Sun 00:00-24:00")
        #expect(try BusinessCalendar(text: "Europe/London;none;  Mon 09:00-12:00, 12:00-13:00").weekLines == ["Mon 09:00-13:00"])
    }

    @Test(arguments: [
        "", "Europe/London", "Europe/Nowhere; none; Mon 09:00-17:00", "Europe/London; none; Mon 17:00-09:00", "Europe/London; none; Mon 09:00-12:00,11:00-13:00",
        "Europe/London; none; Mon-Fri closed", "Europe/London; narnia; Mon 09:00-17:00", "Europe/London; none; Fri-Mon 09:00-17:00", "Europe/London; none; Mon 9:00-17:00",
        "Europe/London; none; Mon 09:00-24:01", "Europe/London; none; Mon 09:60-12:00", "Europe/London; none; 2026-02-30 closed", "Europe/London; none; - 09:00-17:00", "Europe/London; none; Mon",
    ])
    func `hours that cannot be kept are refused with what to write instead`(text: String) {
        let failure = #expect(throws: Failure.self) { try BusinessCalendar(text: text) }
        #expect(failure?.hint.isEmpty == false)
    }

    @Test func `work over a weekend and a holiday counts the hours worked only`() throws {
        let calendar = try BusinessCalendar(text: Self.london)
        // Thursday 2 April 2026 16:00 to Tuesday 7 April 10:00, with Good Friday and Easter Monday between; summer time.
        #expect(calendar.work(from: moment("2026-04-02T15:00:00Z"), to: moment("2026-04-07T09:00:00Z")) == 2 * 3_600_000)
        #expect(calendar.moment(after: 2 * 3_600_000, from: moment("2026-04-02T15:00:00Z")) == moment("2026-04-07T09:00:00Z"))
        #expect(calendar.moment(after: 0, from: moment("2026-04-05T15:00:00Z")) == moment("2026-04-05T15:00:00Z"))
        #expect(calendar.work(from: moment("2026-04-07T09:00:00Z"), to: moment("2026-04-02T15:00:00Z")) == 0)
    }

    @Test func `an hour that is skipped is not worked, one that comes twice is worked twice`() throws {
        let nights = try BusinessCalendar(text: "Europe/London; none; Mon-Sun 00:00-04:00")
        #expect(nights.work(from: moment("2026-03-28T22:00:00Z"), to: moment("2026-03-29T12:00:00Z")) == 3 * 3_600_000)
        #expect(nights.work(from: moment("2026-10-24T23:00:00Z"), to: moment("2026-10-25T12:00:00Z")) == 5 * 3_600_000)
        // Nine is nine o'clock on both sides of the change: 09:00 UTC before, 08:00 UTC after.
        let days = try BusinessCalendar(text: "Europe/London; none; Mon-Sun 09:00-17:00")
        #expect(days.nextSpan(at: moment("2026-03-28T18:00:00Z"))?.start == moment("2026-03-29T08:00:00Z"))
        #expect(days.nextSpan(at: moment("2026-03-27T18:00:00Z"))?.start == moment("2026-03-28T09:00:00Z"))
    }

    @Test func `open or closed, and the next opening, are told across lunch, night, holiday and the two hemispheres`() throws {
        let calendar = try BusinessCalendar(text: "Australia/Sydney; australia; Mon-Fri 09:00-12:30,13:30-17:00; 2026-11-26 closed")
        let now = moment("2026-11-25T01:45:00Z")  // 12:45 in Sydney
        #expect(!calendar.isOpen(at: now))
        #expect(calendar.nextSpan(at: now) == .init(start: moment("2026-11-25T02:30:00Z"), end: moment("2026-11-25T06:00:00Z")))
        #expect(calendar.isOpen(at: moment("2026-11-25T02:30:00Z")))
        #expect(!calendar.isOpen(at: moment("2026-11-25T06:00:00Z")))
        #expect(calendar.nextSpan(at: moment("2026-11-25T06:00:00Z"))?.start == moment("2026-11-26T22:00:00Z"))
        #expect(BusinessCalendar.always.isOpen(at: now))
    }

    @Test func `a day with hours of its own is stronger than the week and the holiday`() throws {
        let calendar = try BusinessCalendar(text: Self.london + "; 2026-12-24 09:00-12:00; 2026-12-25 10:00-11:00")
        #expect(calendar.work(from: moment("2026-12-24T00:00:00Z"), to: moment("2026-12-26T00:00:00Z")) == 4 * 3_600_000)
    }

    /// Every minute of 400 days asked on its own: what the zone's clock shows, which holiday, which hours.
    @Test(arguments: [
        london, "Australia/Sydney; australia; Mon-Fri 08:30-12:00,13:00-17:30; Sat 10:00-11:15; 2026-12-24 08:30-12:00", "Australia/Lord_Howe; none; Mon-Sun 00:00-03:00,22:00-24:00",
        "Asia/Kolkata; none; Tue-Sun 09:15-18:45", "Etc/UTC; none; Mon-Sun 00:00-24:00", "Europe/London; scotland; Mon-Fri 00:00-02:30,23:00-24:00",
    ])
    func `working time is the count of the minutes whose wall clock shows an hour of work`(text: String) throws {
        let calendar = try BusinessCalendar(text: text)
        let start = moment("2026-08-01T00:00:00Z"), minutes = 400 * 1440
        let work = Minutes(of: calendar, from: start, count: minutes)
        var random = Seeded(4)
        for _ in 0..<600 {
            let a = Int.random(in: 0..<minutes, using: &random), b = min(minutes, a + Int.random(in: 0...40_000, using: &random))
            let counted = work.between(a, b)
            let from = start.later(minutes: a), to = start.later(minutes: b)
            #expect(calendar.work(from: from, to: to) == Int64(counted) * 60_000, "\(from.iso8601) to \(to.iso8601)")
            guard counted > 0, let done = calendar.moment(after: Int64(counted) * 60_000, from: from) else { continue }
            #expect(done == start.later(minutes: work.end(of: counted, from: a)), "\(counted) minutes from \(from.iso8601)")
            #expect(calendar.isOpen(at: from) == work.isWorked(a))
        }
    }
}

extension Timestamp {
    func later(minutes: Int) -> Timestamp { Timestamp(milliseconds: milliseconds + Int64(minutes) * 60_000) }
}

/// The slow reference: each minute asked on its own by Foundation's calendar for the hour, then counted.
struct Minutes {
    /// For each minute how many before it are worked.
    let before: [Int32]

    init(of calendar: BusinessCalendar, from start: Timestamp, count: Int) {
        var clock = Calendar(identifier: .gregorian)
        clock.timeZone = TimeZone(identifier: calendar.zone) ?? .gmt
        var before: [Int32] = [0], hours: [CalendarDate: DayHours] = [:]
        before.reserveCapacity(count + 1)
        var total: Int32 = 0, parts = DateComponents()
        for minute in 0..<count {
            // Zones change their offset on a quarter of an hour only, so within one the minutes are counted on.
            if minute % 15 == 0 {
                parts = clock.dateComponents([.year, .month, .day, .hour, .minute], from: Date(timeIntervalSince1970: Double(start.later(minutes: minute).milliseconds) / 1000))
            }
            guard let day = CalendarDate(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0) else { continue }
            let shown = (parts.hour ?? 0) * 60 + (parts.minute ?? 0) + minute % 15
            let today = hours[day] ?? calendar.hours(on: day)
            hours[day] = today
            if today.spans.contains(where: { $0.start <= shown && shown < $0.end }) { total += 1 }
            before.append(total)
        }
        self.before = before
    }

    func isWorked(_ minute: Int) -> Bool { before[minute + 1] > before[minute] }
    func between(_ a: Int, _ b: Int) -> Int { Int(before[b] - before[a]) }
    /// The end of the minute in which so many are worked since `a`.
    func end(of count: Int, from a: Int) -> Int {
        var minute = a
        while between(a, minute) < count { minute += 1 }
        return minute
    }
}
