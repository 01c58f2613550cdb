// Working time by a calendar: between two moments, the moment after so much of it, open or closed now.
//
// A moment is worked exactly when the wall clock of the calendar's zone shows an hour of that day's: so an hour that the
// end of summer time repeats is worked twice when it lies in the hours, and one that is skipped never was.
import Foundation
import Wire

extension BusinessCalendar {
    /// A stretch of work, in UTC.
    package struct Span: Sendable, Hashable {
        package var start: Timestamp
        package var end: Timestamp
    }

    /// Milliseconds of work from one moment to another; 0 when the second is not later.
    package func work(from start: Timestamp, to end: Timestamp) -> Int64 {
        var total: Int64 = 0
        walk(from: start, to: end) { span in
            total += span.end.milliseconds - span.start.milliseconds
            return true
        }
        return total
    }

    /// The first moment at which that much work is done since `start`; `start` itself for none. Nil when it is not done within
    /// ten years (a calendar with next to no hours).
    package func moment(after work: Int64, from start: Timestamp) -> Timestamp? {
        guard work > 0 else { return start }
        var left = work, found: Timestamp?
        walk(from: start, to: Self.horizon(start)) { span in
            let length = span.end.milliseconds - span.start.milliseconds
            if left <= length {
                found = Timestamp(milliseconds: span.start.milliseconds + left)
                return false
            }
            left -= length
            return true
        }
        return found
    }

    package func isOpen(at moment: Timestamp) -> Bool {
        work(from: moment, to: Timestamp(milliseconds: moment.milliseconds + 1)) > 0
    }

    /// The stretch of work that is under way at `moment`, else the next one; nil when there is none within ten years. Stretches that
    /// touch (over midnight, over a change of the clocks) are one, up to a week: who never closes has no closing time.
    package func nextSpan(at moment: Timestamp) -> Span? {
        var found: Span?
        walk(from: moment, to: Self.horizon(moment)) { span in
            guard let open = found else { found = span; return true }
            guard open.end == span.start, open.end.milliseconds - open.start.milliseconds < 7 * LocalTime.day else { return false }
            found?.end = span.end
            return true
        }
        return found
    }

    /// The hours of a day, by its own rule, else by holiday, else by the week.
    package func hours(on date: CalendarDate) -> DayHours {
        if let own = days[date] { return own }
        if holidays.days(of: date.year).contains(where: { $0.date == date }) { return .closed }
        return week[LocalTime.weekday(date.daysSince1970)]
    }

    private static func horizon(_ start: Timestamp) -> Timestamp { Timestamp(milliseconds: start.milliseconds + 3653 * LocalTime.day) }

    /// Hands every stretch of work between two moments to `take`, in order, cut to them, until it answers false.
    private func walk(from start: Timestamp, to end: Timestamp, _ take: (Span) -> Bool) {
        guard start < end else { return }
        let zone = TimeZone(identifier: zone) ?? .gmt
        var moment = start, year = Int.min, closed: Set<Int> = []
        while moment < end {
            let stretch = LocalTime.stretch(at: moment, in: zone)
            let until = stretch.end.map { min($0, end) } ?? end
            // Within the stretch, in local milliseconds.
            let first = moment.milliseconds + stretch.offset, last = until.milliseconds + stretch.offset
            var day = LocalTime.floored(first, by: LocalTime.day)
            while day * LocalTime.day < last {
                let date = CalendarDate(daysSince1970: Int(day))
                if date.year != year {
                    year = date.year
                    closed = Set(holidays.days(of: year).map(\.date.daysSince1970))
                }
                let hours = days.isEmpty ? nil : days[date]
                for span in (hours ?? (closed.contains(Int(day)) ? .closed : week[LocalTime.weekday(Int(day))])).spans {
                    let from = max(day * LocalTime.day + Int64(span.start) * 60_000, first), to = min(day * LocalTime.day + Int64(span.end) * 60_000, last)
                    guard from < to else { continue }
                    let work = Span(start: Timestamp(milliseconds: from - stretch.offset), end: Timestamp(milliseconds: to - stretch.offset))
                    guard take(work) else { return }
                }
                day += 1
            }
            moment = until
        }
    }
}
