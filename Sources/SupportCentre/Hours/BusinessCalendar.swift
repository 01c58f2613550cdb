// When people work: a week of hours on the wall clock of a zone, without holidays, with days that differ.
import Foundation
import Wire

/// Text form, as configured and stored: `Europe/London; england-and-wales; Mon-Fri 09:00-12:30,13:30-17:30; Sat 10:00-12:00; 2026-12-24 09:00-12:00`.
package struct BusinessCalendar: Sendable, Hashable {
    /// IANA name.
    package let zone: String
    package let holidays: Holidays
    /// Seven, Monday first.
    package let week: [DayHours]
    /// Days with hours of their own, stronger than week and holidays; `DayHours.closed` closes one.
    package let days: [CalendarDate: DayHours]

    package static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// Around the clock, in UTC.
    package static let always = BusinessCalendar(unchecked: "Etc/UTC", .none, Array(repeating: .whole, count: 7), [:])

    private init(unchecked zone: String, _ holidays: Holidays, _ week: [DayHours], _ days: [CalendarDate: DayHours]) {
        (self.zone, self.holidays, self.week, self.days) = (zone, holidays, week, days)
    }

    /// Refuses a zone that is not known, and a week without any hours: nothing would ever be due.
    package init(zone: String, holidays: Holidays, week: [DayHours], days: [CalendarDate: DayHours] = [:]) throws(Failure) {
        guard LocalTime.knows(zone) else { throw Self.wrong("There is no time zone \"\(zone)\".", "Write an IANA name, such as Europe/London or Australia/Sydney.") }
        guard week.count == 7, week.contains(where: { !$0.spans.isEmpty }) else {
            throw Self.wrong("The week has no working hours.", "Write at least one day with its hours, such as Mon-Fri 09:00-17:30.")
        }
        self.init(unchecked: zone, holidays, week, days)
    }

    /// Reads the text form; the failure names the part that is wrong.
    package init(text: String) throws(Failure) {
        let parts = text.split(separator: ";").map { $0.trimming() }.filter { !$0.isEmpty }
        guard parts.count >= 2 else { throw Self.wrong("These are no working hours: \"\(text)\".", "Write ZONE; HOLIDAYS; hours, such as Europe/London; england-and-wales; Mon-Fri 09:00-17:30.") }
        var hours = parts.dropFirst()
        var holidays = Holidays.none
        if let first = hours.first, let known = Holidays(rawValue: String(first)) {
            holidays = known
            hours = hours.dropFirst()
        }
        var week = Array(repeating: DayHours.closed, count: 7), days: [CalendarDate: DayHours] = [:]
        for part in hours {
            let words = part.split(separator: " ", maxSplits: 1)
            guard words.count == 2 else { throw Self.wrongPart(part) }
            guard let spans = DayHours(text: words[1].filter { $0 != " " }) else { throw Self.wrongPart(part) }
            if let date = CalendarDate(iso8601: String(words[0])) {
                days[date] = spans
            } else if let range = Self.range(words[0]) {
                for day in range { week[day] = spans }
            } else {
                throw Self.wrongPart(part)
            }
        }
        try self.init(zone: String(parts[0]), holidays: holidays, week: week, days: days)
    }

    /// The days of `Mon-Fri` or `Sat`.
    private static func range(_ text: some StringProtocol) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { name in dayNames.firstIndex { $0 == name } }
        guard let first = ends[0], let last = ends.count == 1 ? first : ends.count == 2 ? ends[1] : nil, first <= last else { return nil }
        return first...last
    }

    package var text: String {
        var parts = [zone, holidays.rawValue] + weekLines
        for (date, hours) in days.sorted(by: { $0.key < $1.key }) { parts.append("\(date.iso8601) \(hours.text)") }
        return parts.joined(separator: "; ")
    }

    /// The week as people read it, days with the same hours together: `Mon-Fri 09:00-17:30`. Closed days are left out.
    package var weekLines: [String] {
        var lines: [String] = [], day = 0
        while day < 7 {
            var last = day
            while last < 6, week[last + 1] == week[day] { last += 1 }
            if !week[day].spans.isEmpty { lines.append("\(Self.dayNames[day])\(last == day ? "" : "-" + Self.dayNames[last]) \(week[day].text)") }
            day = last + 1
        }
        return lines
    }

    private static func wrongPart(_ part: some StringProtocol) -> Failure {
        wrong("The hours \"\(part)\" are not understood.", "Write days and spans, such as Mon-Fri 09:00-12:30,13:30-17:30 or 2026-12-24 closed; spans must not overlap.")
    }

    private static func wrong(_ reason: String, _ hint: String) -> Failure {
        .unacceptable([.init(field: "hours", reason: reason, hint: hint)])
    }
}

extension Substring {
    fileprivate func trimming() -> Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
