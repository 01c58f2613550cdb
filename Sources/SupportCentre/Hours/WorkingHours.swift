// The hours of a day on which work is done, and how people write them.
import Wire

/// A part of a day, in minutes since its midnight on the wall clock; `end` is outside (24:00 is 1440).
package struct HourSpan: Sendable, Hashable {
    package let start: Int
    package let end: Int

    /// Nil unless 0 <= start < end <= 1440.
    package init?(start: Int, end: Int) {
        guard 0 <= start, start < end, end <= 1440 else { return nil }
        (self.start, self.end) = (start, end)
    }

    /// `09:00-17:30`.
    package var text: String { "\(Self.clock(start))-\(Self.clock(end))" }

    package static func clock(_ minute: Int) -> String {
        let hours = minute / 60, minutes = minute % 60
        return (hours < 10 ? "0" : "") + "\(hours):" + (minutes < 10 ? "0" : "") + "\(minutes)"
    }

    /// Reads `09:00-17:30`; nil for anything else.
    package init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = Self.minute(parts[0]), let end = Self.minute(parts[1]) else { return nil }
        self.init(start: start, end: end)
    }

    private static func minute(_ text: some StringProtocol) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), [0, 1, 3, 4].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[$0]) }) else { return nil }
        func digit(_ place: Int) -> Int { Int(bytes[place]) - 48 }
        let minutes = digit(3) * 10 + digit(4)
        return minutes < 60 ? (digit(0) * 10 + digit(1)) * 60 + minutes : nil
    }
}

/// The spans of one day, in order and apart from one another; empty when it is closed.
package struct DayHours: Sendable, Hashable {
    package let spans: [HourSpan]

    package static let closed = DayHours(unchecked: [])
    package static let whole = DayHours(unchecked: [HourSpan(start: 0, end: 1440)].compactMap { $0 })

    private init(unchecked spans: [HourSpan]) { self.spans = spans }

    /// Nil when two of them overlap. Spans that touch become one.
    package init?(_ given: [HourSpan]) {
        var joined: [HourSpan] = []
        for span in given.sorted(by: { $0.start < $1.start }) {
            guard let last = joined.last else { joined.append(span); continue }
            if span.start < last.end { return nil }
            if span.start == last.end, let one = HourSpan(start: last.start, end: span.end) { joined[joined.count - 1] = one } else { joined.append(span) }
        }
        spans = joined
    }

    /// `09:00-12:30,13:30-17:30`, or `closed`.
    package var text: String { spans.isEmpty ? "closed" : spans.map(\.text).joined(separator: ",") }

    package init?(text: some StringProtocol) {
        if text == "closed" { self = .closed; return }
        var spans: [HourSpan] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let span = HourSpan(text: part) else { return nil }
            spans.append(span)
        }
        self.init(spans)
    }
}
