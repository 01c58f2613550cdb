// Holidays against the published lists.
import Testing
import Wire
@testable import SupportCentre

struct HolidayTests {
    /// The days of a year that fall on Monday to Friday, as gov.uk and fairwork.gov.au list them.
    private func weekdays(_ holidays: Holidays, _ year: Int) -> String {
        let days = Set(holidays.days(of: year).map(\.date)).filter { LocalTime.weekday($0.daysSince1970) < 5 }
        return days.sorted().map { String($0.iso8601.dropFirst(5)) }.joined(separator: " ")
    }

    @Test(arguments: [
        (2012, "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26"),
        (2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
        (2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
        (2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"),
        (2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"),
        (2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"),
        (2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
        (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
    ])
    func `England and Wales keep the days of gov.uk's list`(year: Int, days: String) {
        #expect(weekdays(.englandAndWales, year) == days)
    }

    @Test(arguments: [
        (2022, "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27"),
        (2023, "01-02 01-03 04-07 05-01 05-08 05-29 08-07 11-30 12-25 12-26"),
        (2024, "01-01 01-02 03-29 05-06 05-27 08-05 12-02 12-25 12-26"),
        (2025, "01-01 01-02 04-18 05-05 05-26 08-04 12-01 12-25 12-26"),
    ])
    func `Scotland keeps 2nd January, August's first Monday and St Andrew's Day, but not Easter Monday`(year: Int, days: String) {
        #expect(weekdays(.scotland, year) == days)
    }

    @Test func `Northern Ireland adds St Patrick's Day and the twelfth of July`() {
        #expect(weekdays(.northernIreland, 2024) == "01-01 03-18 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26")
        #expect(weekdays(.northernIreland, 2025) == "01-01 03-17 04-18 04-21 05-05 05-26 07-14 08-25 12-25 12-26")
    }

    @Test(arguments: [
        (2021, "01-01 01-26 04-02 04-05 12-27 12-28"),  // Anzac Day on a Sunday: no national day in its place
        (2022, "01-03 01-26 04-15 04-18 04-25 09-22 12-26 12-27"),
        (2023, "01-02 01-26 04-07 04-10 04-25 12-25 12-26"),
        (2024, "01-01 01-26 03-29 04-01 04-25 12-25 12-26"),
        (2028, "01-03 01-26 04-14 04-17 04-25 12-25 12-26"),
        (2011, "01-03 01-26 04-22 04-25 04-26 12-26 12-27"),  // Anzac Day on Easter Monday
    ])
    func `Australia keeps the days all states share, with Mondays for weekends but not for Anzac Day`(year: Int, days: String) {
        #expect(weekdays(.australia, year) == days)
    }

    @Test func `a day on a weekend is a holiday itself, beside its substitute`() {
        let christmas = Holidays.englandAndWales.days(of: 2027).filter { $0.name == "Christmas Day" }
        #expect(christmas.map(\.date.iso8601) == ["2027-12-25", "2027-12-27"])
        #expect(christmas.map(\.isSubstitute) == [false, true])
    }

    /// Eight in an ordinary year, for ever: and never a substitute on a weekend or on another day.
    @Test func `every year to come has its eight weekdays in England and Wales`() {
        for year in 2024...2400 {
            let days = Holidays.englandAndWales.days(of: year)
            #expect(Set(days.map(\.date)).count == days.count, "\(year)")
            #expect(days.filter { LocalTime.weekday($0.date.daysSince1970) < 5 }.count == 8, "\(year)")
        }
    }

    @Test(arguments: [(1961, "1961-04-02"), (2000, "2000-04-23"), (2008, "2008-03-23"), (2038, "2038-04-25"), (2285, "2285-03-22")])
    func `Easter falls where the tables have it`(year: Int, date: String) {
        #expect(CalendarDate(daysSince1970: Easter.sunday(of: year)).iso8601 == date)
    }
}
