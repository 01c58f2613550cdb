// The wall clock of a time zone: where its offset from UTC changes, and what it shows at a moment.
import Foundation
import Wire

/// A stretch of time in which a zone's offset does not change; within it local time is plain arithmetic.
struct OffsetStretch {
    /// Milliseconds to add to UTC.
    var offset: Int64
    /// Where it ends; nil when the zone has no later change.
    var end: Timestamp?
}

package enum LocalTime {
    /// Whether the system's time zone database knows the IANA name.
    package static func knows(_ zone: String) -> Bool { TimeZone(identifier: zone) != nil }

    /// The day, the minute of the day (0 to 1439) and the day of the week (0 is Monday) that the zone's clocks show.
    /// A zone the system does not know counts as UTC; names are checked where they come in.
    package static func reading(_ moment: Timestamp, in zone: String) -> (day: CalendarDate, minute: Int, weekday: Int) {
        let offset = (TimeZone(identifier: zone) ?? .gmt).secondsFromGMT(for: date(moment))
        let local = moment.milliseconds + Int64(offset) * 1000
        let days = floored(local, by: day)
        return (CalendarDate(daysSince1970: Int(days)), Int((local - days * day) / 60_000), weekday(Int(days)))
    }

    static let day: Int64 = 86_400_000

    /// The stretch that a moment lies in.
    static func stretch(at moment: Timestamp, in zone: TimeZone) -> OffsetStretch {
        let date = date(moment)
        let offset = zone.secondsFromGMT(for: date)
        let end = zone.nextDaylightSavingTimeTransition(after: date).map { Timestamp(milliseconds: Int64($0.timeIntervalSince1970 * 1000)) }
        return OffsetStretch(offset: Int64(offset) * 1000, end: end.flatMap { $0 > moment ? $0 : nil })
    }

    /// 0 is Monday: 1 January 1970 was a Thursday.
    static func weekday(_ daysSince1970: Int) -> Int { ((daysSince1970 + 3) % 7 + 7) % 7 }

    static func floored(_ value: Int64, by divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func date(_ moment: Timestamp) -> Date { Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000) }
}
