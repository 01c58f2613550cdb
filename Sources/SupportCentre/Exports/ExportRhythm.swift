// When an export that comes by itself is due: a day of the week or the month, at a time on somebody's own clock.
import Wire

package struct ExportRhythm: Sendable, Equatable {
    package enum Every: String, Sendable, CaseIterable { case day, week, month }

    package var every: Every
    /// 0 is Monday; of a weekly one.
    package var weekday: Int
    /// 1 to 28, so that every month has it; of a monthly one.
    package var day: Int
    /// The minute of the day, 0 to 1439.
    package var minute: Int

    package init(every: Every, weekday: Int = 0, day: Int = 1, minute: Int) { (self.every, self.weekday, self.day, self.minute) = (every, weekday, day, minute) }

    /// The first moment after `now` it is due. A time that the clocks skip on that day is an hour later; one that comes twice, the first.
    package func next(after now: Timestamp, in zone: String) -> Timestamp {
        let today = LocalTime.reading(now, in: zone).day
        // Two months have every day of the week and of the month.
        for ahead in 0...62 {
            let date = CalendarDate(daysSince1970: today.daysSince1970 + ahead)
            switch every {
            case .day: break
            case .week: if LocalTime.weekday(date.daysSince1970) != weekday { continue }
            case .month: if date.day != day { continue }
            }
            let moment = moment(date, minute, zone) ?? moment(date, min(minute + 60, 1439), zone)
            if let moment, moment > now { return moment }
        }
        return now.adding(.seconds(86_400))
    }

    private func moment(_ date: CalendarDate, _ minute: Int, _ zone: String) -> Timestamp? {
        LocalTime.moment("\(date.iso8601)T\(HourSpan.clock(minute))", in: zone)
    }

    /// The time of day, like 02:00.
    package var time: String { HourSpan.clock(minute) }

    /// The minute of the day that a text like 02:00 or 2:00 means; nil for any other.
    package static func minute(of text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }
}
