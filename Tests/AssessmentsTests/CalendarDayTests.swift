// The calendar: which days exist, how they are read and counted.
import Testing
@testable import Assessments

@Suite struct CalendarDayTests {
    @Test func `only a day that exists, written year first, is read`() {
        #expect(CalendarDay(iso: "2026-11-22")?.text == "2026-11-22")
        #expect(CalendarDay(iso: "2024-02-29") != nil)
        for wrong in ["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "22/11/2026", "2026-11-22 ", "2026-11-3x", "", "+026-11-22"] {
            #expect(CalendarDay(iso: wrong) == nil, "\(wrong)")
        }
    }

    @Test func `days are counted from 1970 and back`() {
        #expect(CalendarDay(iso: "1970-01-01")?.dayNumber == 0)
        #expect(CalendarDay(iso: "2000-03-01")?.dayNumber == 11_017)
        for number in stride(from: -719_162, through: 2_932_896, by: 997) { #expect(CalendarDay(dayNumber: number).dayNumber == number) }
        #expect(CalendarDay(milliseconds: -1).text == "1969-12-31")
        #expect(CalendarDay(milliseconds: 86_400_000).text == "1970-01-02")
    }

    @Test func `a year of age is full on the birthday, a leap day's on 1 March`() throws {
        let born = try #require(CalendarDay(iso: "1980-02-29"))
        #expect(born.age(on: try #require(CalendarDay(iso: "2026-02-28"))) == 45)
        #expect(born.age(on: try #require(CalendarDay(iso: "2026-03-01"))) == 46)
        #expect(born.age(on: try #require(CalendarDay(iso: "1980-02-28"))) == nil)
    }
}
