// Moments and days: reading and writing agree, impossible ones are refused.
import Testing
import Wire

@Suite struct TimestampTests {
    @Test func `every day of 400 years survives its way through days since 1970`() {
        for day in stride(from: -70_000, to: 76_000, by: 1) {
            #expect(CalendarDate(daysSince1970: day).daysSince1970 == day)
        }
    }

    @Test(arguments: ["1970-01-01T00:00:00Z", "2026-11-22T15:04:05Z", "2024-02-29T23:59:59.250Z", "1899-12-31T00:00:00Z"])
    func `a moment reads back as it was written`(text: String) {
        #expect(Timestamp(iso8601: text)?.iso8601 == text)
    }

    @Test func `an offset is taken into account`() {
        #expect(Timestamp(iso8601: "2026-07-01T10:00:00+01:00")?.iso8601 == "2026-07-01T09:00:00Z")
    }

    @Test(arguments: ["2026-11-22T15:04:05", "2026-02-30T00:00:00Z", "2026-11-22", "2026-11-22T25:00:00Z", "2026-11-22T15:04:05+1", "x", "2026-11-22T15:04:05Zx",
        "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-00:01"])
    func `a moment without a zone or that does not exist is refused`(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test func `a birthday on 29 February counts on 1 March`() throws {
        let born = try #require(CalendarDate(iso8601: "2000-02-29"))
        #expect(born.years(until: try #require(CalendarDate(iso8601: "2023-02-28"))) == 22)
        #expect(born.years(until: try #require(CalendarDate(iso8601: "2023-03-01"))) == 23)
    }
}
