// A month as calendars print it: whole weeks from Monday to Sunday.
import Wire

package struct MonthGrid: Sendable, Equatable {
    package let year: Int
    /// 1 to 12.
    package let month: Int

    /// Nil outside the years 1970 to 9998.
    package init?(year: Int, month: Int) {
        guard (1970...9998).contains(year), (1...12).contains(month) else { return nil }
        (self.year, self.month) = (year, month)
    }

    /// `2026-11`.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D }),
            let year = Int(parts[0]), let month = Int(parts[1])
        else { return nil }
        self.init(year: year, month: month)
    }

    package init(of day: CalendarDate) { (year, month) = (day.year, day.month) }

    package var text: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }

    /// The month so many months on; nil at the ends of the calendar.
    package func adding(_ months: Int) -> MonthGrid? {
        let count = year * 12 + month - 1 + months
        return MonthGrid(year: count / 12, month: count % 12 + 1)
    }

    /// Every week that has a day of the month.
    package var weeks: [[CalendarDate]] {
        let first = days.lowerBound, last = days.upperBound
        return stride(from: first, to: last, by: 7).map { monday in (0..<7).map { CalendarDate(daysSince1970: monday + $0) } }
    }

    /// Days since 1970 of the first Monday and of the Monday after the last Sunday.
    package var days: Range<Int> {
        let first = CalendarDate(year: year, month: month, day: 1)?.daysSince1970 ?? 0
        let last = first + CalendarDate.days(in: month, of: year) - 1
        return Self.monday(of: first)..<(Self.monday(of: last) + 7)
    }

    /// 1 January 1970 was a Thursday.
    private static func monday(of day: Int) -> Int { day - ((day + 3) % 7 + 7) % 7 }
}
