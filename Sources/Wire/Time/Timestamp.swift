// A moment in UTC as stored and sent: milliseconds since 1970, and ISO 8601 for people and JSON.

import Glibc

package struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package var milliseconds: Int64

    package init(milliseconds: Int64 = 0) { self.milliseconds = milliseconds }

    /// The wall clock, now.
    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Whole seconds since 1970.
    package var seconds: Int64 { milliseconds.floored(by: 1000) }
    /// The day in UTC.
    package var date: CalendarDate { CalendarDate(daysSince1970: Int(seconds.floored(by: 86_400))) }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
    package func adding(_ duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(milliseconds: milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// `2026-11-22T15:04:05Z`, with `.123` only where there are milliseconds.
    package var iso8601: String {
        let day = date
        let inDay = seconds - seconds.floored(by: 86_400) * 86_400
        let rest = milliseconds - seconds * 1000
        let fraction = rest == 0 ? "" : "." + padded(Int(rest), 3)
        return "\(day.iso8601)T\(padded(Int(inDay / 3600), 2)):\(padded(Int(inDay / 60 % 60), 2)):\(padded(Int(inDay % 60), 2))\(fraction)Z"
    }

    /// The seconds of the years 0000 and 9999 at either end.
    private static let first = -62_167_219_200, last = 253_402_300_799

    /// Reads ISO 8601 with a zone: `Z` or `+01:00`; nil for anything else, also for a time without a zone.
    package init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[10] == 0x54 || bytes[10] == 0x74 || bytes[10] == 0x20,
            bytes[13] == 0x3A, bytes[16] == 0x3A,
            let day = CalendarDate(iso8601: String(decoding: bytes[0..<10], as: UTF8.self)),
            let hour = number(bytes[11..<13]), hour < 24, let minute = number(bytes[14..<16]), minute < 60,
            let second = number(bytes[17..<19]), second < 61
        else { return nil }
        var at = 19, fraction = 0
        if bytes[at] == 0x2E {
            at += 1
            let start = at
            while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
            guard at > start, at - start <= 9 else { return nil }
            let thousandths = Array(bytes[start..<at] + [0x30, 0x30, 0x30])
            guard let value = number(thousandths[0..<3]) else { return nil }
            fraction = value
        }
        guard at < bytes.count else { return nil }
        var offset = 0
        if bytes[at] == 0x5A || bytes[at] == 0x7A {
            guard at + 1 == bytes.count else { return nil }
        } else {
            guard bytes[at] == 0x2B || bytes[at] == 0x2D, bytes.count == at + 6, bytes[at + 3] == 0x3A,
                let hours = number(bytes[(at + 1)..<(at + 3)]), hours < 24,
                let minutes = number(bytes[(at + 4)..<(at + 6)]), minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[at] == 0x2B ? 60 : -60)
        }
        let seconds = day.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset
        // A zone or a leap second may lead out of the years that four digits can tell.
        guard (Self.first...Self.last).contains(seconds) else { return nil }
        self.init(milliseconds: Int64(seconds) * 1000 + Int64(fraction))
    }
}

extension Int64 {
    /// Division that rounds towards the past, also before 1970.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

/// Two or more decimal digits and nothing else.
private func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
        guard (0x30...0x39).contains(digit) else { return nil }
        value = value * 10 + Int(digit - 0x30)
    }
    return value
}

func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
