// Whether a desk is open, told in the wall clock of whoever asks.
import Wire

/// What somebody in a zone wants to know of a desk at a moment.
package struct DeskHours: Sendable, Hashable {
    package var isOpen: Bool
    /// When it closes, if open; nil when it never does (within a week).
    package var closes: Timestamp?
    /// When it opens next, if closed.
    package var opens: Timestamp?
    /// The holiday of the desk's own calendar that today is.
    package var holiday: String?

    package init(_ calendar: BusinessCalendar, at now: Timestamp) {
        let span = calendar.nextSpan(at: now)
        isOpen = calendar.isOpen(at: now)
        opens = isOpen ? nil : span?.start
        closes = isOpen ? span.flatMap { $0.end.milliseconds - now.milliseconds < 7 * LocalTime.day ? $0.end : nil } : nil
        let today = LocalTime.reading(now, in: calendar.zone).day
        let closed = calendar.days[today] == nil
        holiday = isOpen || !closed ? nil : calendar.holidays.days(of: today.year).first { $0.date == today }?.name
    }

    /// A moment as the clocks of a zone show it: `17:30`, `tomorrow 09:00`, `Thursday 09:00`, and with the date beyond a week.
    package static func told(_ moment: Timestamp, in zone: String, now: Timestamp) -> String {
        let then = LocalTime.reading(moment, in: zone), today = LocalTime.reading(now, in: zone).day
        let clock = HourSpan.clock(then.minute)
        switch then.day.daysSince1970 - today.daysSince1970 {
        case 0: return clock
        case 1: return "tomorrow \(clock)"
        case 2...6: return "\(weekdays[then.weekday]) \(clock)"
        default: return "\(weekdays[then.weekday]), \(then.day.day) \(months[then.day.month - 1]), \(clock)"
        }
    }

    /// From Monday.
    package static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    private static let months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
}
