// Times on a wall clock as text: what forms take and give, and the moment such a text means.
import Foundation
import Wire

extension LocalTime {
    /// `14:05` as that zone's clocks show it.
    package static func time(_ moment: Timestamp, in zone: String) -> String { String(shifted(moment, by: offset(moment, zone)).iso8601.dropFirst(11).prefix(5)) }

    /// `2026-11-22T14:05` there, as fields of forms hold it.
    package static func text(_ moment: Timestamp, in zone: String) -> String { String(shifted(moment, by: offset(moment, zone)).iso8601.prefix(16)) }

    /// The moment `2026-11-22T02:00` means there: the earlier one when the clocks go back over it. Nil for a text that is no
    /// such time, and for one the clocks skip.
    package static func moment(_ text: String, in zone: String) -> Timestamp? {
        guard text.utf8.count == 16 || text.utf8.count == 19, let asUTC = Timestamp(iso8601: text + (text.utf8.count == 16 ? ":00Z" : "Z")) else { return nil }
        // No zone moves its clocks twice within two days: the offsets of the day before and the day after are all there can be.
        let offsets = [offset(asUTC.adding(.seconds(-86_400)), zone), offset(asUTC.adding(.seconds(86_400)), zone)]
        return offsets.map { shifted(asUTC, by: -$0) }.filter { shifted($0, by: offset($0, zone)) == asUTC }.min()
    }

    private static func offset(_ moment: Timestamp, _ zone: String) -> Int {
        (TimeZone(identifier: zone) ?? .gmt).secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))
    }

    private static func shifted(_ moment: Timestamp, by seconds: Int) -> Timestamp { moment.adding(.seconds(seconds)) }
}
