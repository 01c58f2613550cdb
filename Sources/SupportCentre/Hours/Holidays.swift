// Public holidays by rule, for any year: a rule that holds, the days laid down once, and the days given in place of a weekend.
import Wire

/// A day on which a country does not work.
package struct Holiday: Sendable, Hashable {
    package var date: CalendarDate
    package var name: String
    /// Given because the day itself falls on a weekend (or on another holiday).
    package var isSubstitute = false
}

/// Whose holidays a calendar keeps. The raw value is how it is written.
package enum Holidays: String, Sendable, Hashable, CaseIterable {
    case none
    case englandAndWales = "england-and-wales"
    case scotland
    case northernIreland = "northern-ireland"
    /// The days all states and territories keep. Days of single states (the King's Birthday, Labour Day, a day in place of Anzac Day)
    /// differ too much for one list: write them as closed days.
    case australia

    /// All holidays of a year in order of date, both the day itself and its substitute.
    ///
    /// Sources: gov.uk/bank-holidays (Banking and Financial Dealings Act 1971 and proclamations), fairwork.gov.au (National Employment
    /// Standards). What was laid down for one year alone is listed in `single`; a future proclamation is a closed day until it is here.
    package func days(of year: Int) -> [Holiday] {
        guard self != .none, (1...9998).contains(year) else { return [] }
        var found: [Holiday] = []
        let rules = rules(of: year)
        for rule in rules { found.append(Holiday(date: rule.date, name: rule.name)) }
        // In place of a weekend: the next weekday that is no holiday otherwise, in order of the days themselves.
        for rule in rules where (rule.substituted && LocalTime.weekday(rule.date.daysSince1970) >= 5) || isAnzacOnEasterMonday(rule, in: year) {
            var day = rule.date.daysSince1970 + 1
            while LocalTime.weekday(day) >= 5 || found.contains(where: { $0.date.daysSince1970 == day }) { day += 1 }
            found.append(Holiday(date: CalendarDate(daysSince1970: day), name: rule.name, isSubstitute: true))
        }
        return found.sorted { ($0.date, $0.name) < ($1.date, $1.name) }
    }

    private struct Rule {
        var date: CalendarDate
        var name: String
        /// Whether a weekday is given in its place when it falls on a weekend.
        var substituted = false
    }

    /// Two holidays on one day (2011, 2038): another is given, though Anzac Day has none for a weekend.
    private func isAnzacOnEasterMonday(_ rule: Rule, in year: Int) -> Bool {
        rule.name == "Anzac Day" && rule.date.daysSince1970 == Easter.sunday(of: year) + 1
    }

    private func rules(of year: Int) -> [Rule] {
        func fixed(_ month: Int, _ day: Int, _ name: String, substituted: Bool = true) -> Rule {
            Rule(date: Self.date(year, month, day), name: name, substituted: substituted)
        }
        func monday(_ name: String, _ month: Int, last: Bool = false) -> Rule {
            let start = Self.date(year, month, last ? CalendarDate.days(in: month, of: year) - 6 : 1).daysSince1970
            return Rule(date: CalendarDate(daysSince1970: start + (7 - LocalTime.weekday(start)) % 7), name: name)
        }
        let easter = Easter.sunday(of: year)
        let goodFriday = Rule(date: CalendarDate(daysSince1970: easter - 2), name: "Good Friday")
        let easterMonday = Rule(date: CalendarDate(daysSince1970: easter + 1), name: "Easter Monday")
        let christmas = [fixed(12, 25, "Christmas Day"), fixed(12, 26, "Boxing Day")]
        let newYear = fixed(1, 1, "New Year's Day")
        let rules: [Rule]
        switch self {
        case .none: rules = []
        case .englandAndWales:
            rules = [newYear, goodFriday, easterMonday, monday("Early May bank holiday", 5), monday("Spring bank holiday", 5, last: true), monday("Summer bank holiday", 8, last: true)] + christmas
        case .scotland:
            rules = [newYear, fixed(1, 2, "2nd January"), goodFriday, monday("Early May bank holiday", 5), monday("Spring bank holiday", 5, last: true), monday("Summer bank holiday", 8), fixed(11, 30, "St Andrew's Day")] + christmas
        case .northernIreland:
            rules = [newYear, fixed(3, 17, "St Patrick's Day"), goodFriday, easterMonday, monday("Early May bank holiday", 5), monday("Spring bank holiday", 5, last: true), fixed(7, 12, "Battle of the Boyne (Orangemen's Day)"), monday("Summer bank holiday", 8, last: true)] + christmas
        case .australia:
            rules = [newYear, fixed(1, 26, "Australia Day"), goodFriday, easterMonday, fixed(4, 25, "Anzac Day", substituted: false)] + christmas
        }
        return self == .australia ? rules + Self.singleInAustralia(year) : Self.moved(rules, year) + Self.singleInUK(year)
    }

    /// Days the United Kingdom moved for one year.
    private static func moved(_ rules: [Rule], _ year: Int) -> [Rule] {
        var rules = rules
        func move(_ name: String, to month: Int, _ day: Int) {
            for index in rules.indices where rules[index].name == name { rules[index].date = date(year, month, day) }
        }
        switch year {
        case 1995, 2020: move("Early May bank holiday", to: 5, 8)
        case 2002, 2012: move("Spring bank holiday", to: 6, 4)
        case 2022: move("Spring bank holiday", to: 6, 2)
        default: break
        }
        return rules
    }

    private static func singleInUK(_ year: Int) -> [Rule] {
        switch year {
        case 1999: [Rule(date: date(1999, 12, 31), name: "Millennium holiday")]
        case 2002: [Rule(date: date(2002, 6, 3), name: "Golden Jubilee")]
        case 2011: [Rule(date: date(2011, 4, 29), name: "Royal wedding")]
        case 2012: [Rule(date: date(2012, 6, 5), name: "Diamond Jubilee")]
        case 2022: [Rule(date: date(2022, 6, 3), name: "Platinum Jubilee"), Rule(date: date(2022, 9, 19), name: "State Funeral of Queen Elizabeth II")]
        case 2023: [Rule(date: date(2023, 5, 8), name: "Coronation of King Charles III")]
        default: []
        }
    }

    private static func singleInAustralia(_ year: Int) -> [Rule] {
        year == 2022 ? [Rule(date: date(2022, 9, 22), name: "National Day of Mourning")] : []
    }

    /// A day that exists in every year.
    private static func date(_ year: Int, _ month: Int, _ day: Int) -> CalendarDate {
        guard let date = CalendarDate(year: year, month: month, day: day) else { preconditionFailure("there is no \(day).\(month).\(year)") }
        return date
    }
}

/// Easter of the Gregorian calendar.
enum Easter {
    /// Days since 1970 of Easter Sunday ("Anonymous Gregorian algorithm", Nature, 20 April 1876).
    static func sunday(of year: Int) -> Int {
        let a = year % 19, b = year / 100, c = year % 100
        let d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3
        let h = (19 * a + b - d - g + 15) % 30
        let i = c / 4, k = c % 4
        let l = (32 + 2 * e + 2 * i - h - k) % 7
        let m = (a + 11 * h + 22 * l) / 451
        let month = (h + l - 7 * m + 114) / 31, day = (h + l - 7 * m + 114) % 31 + 1
        return CalendarDate(year: year, month: month, day: day)?.daysSince1970 ?? 0
    }
}
