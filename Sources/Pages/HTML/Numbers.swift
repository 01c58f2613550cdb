// Measured values, dates and counts as people read them, without Foundation.

/// Text for numbers and moments. Dates are shown in UTC with the zone named; the script rewrites them in the reader's own.
package enum Show {
    /// A value with at most so many decimals, trailing zeros dropped: 27.4, 80, 0.92.
    package static func number(_ value: Double, decimals: Int = 2) -> String {
        guard value.isFinite else { return "not a number" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value * scale).rounded(.toNearestOrAwayFromZero)
        guard scaled.magnitude < 9e15 else { return "\(value)" }
        let whole = Int(scaled), unit = Int(scale)
        var text = "\(whole.magnitude / unit.magnitude)"
        var fraction = "\(whole.magnitude % unit.magnitude)"
        if decimals > 0, fraction != "0" {
            fraction = String(repeating: "0", count: decimals - fraction.utf8.count) + fraction
            while fraction.last == "0" { fraction.removeLast() }
            text += "." + fraction
        }
        return whole < 0 ? "-" + text : text
    }

    /// 12,345
    package static func count(_ number: Int) -> String {
        var digits = Array("\(number.magnitude)".utf8)
        var at = digits.count - 3
        while at > 0 {
            digits.insert(UInt8(ascii: ","), at: at)
            at -= 3
        }
        return (number < 0 ? "-" : "") + String(decoding: digits, as: UTF8.self)
    }

    /// 1 ticket, 2 tickets
    package static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(count(number)) \(number == 1 ? one : many)"
    }

    /// 1,234 B, 12 KB, 3.4 MB
    package static func bytes(_ bytes: Int) -> String {
        if bytes < 10_000 { return "\(count(bytes)) B" }
        if bytes < 1_000_000 { return "\(bytes / 1000) KB" }
        return "\(number(Double(bytes) / 1e6, decimals: 1)) MB"
    }
}

/// A moment in the civil calendar of UTC, computed from milliseconds since 1970
/// (Hinnant, "chrono-compatible low-level date algorithms": days to civil).
package struct CivilTime: Equatable, Sendable {
    package var year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int

    package init(milliseconds: Int64) {
        let seconds = Int(milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000)
        var days = seconds / 86400
        var rest = seconds % 86400
        if rest < 0 { days -= 1; rest += 86400 }
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// 22 Nov 2026
    package var date: String { "\(day) \(Self.months[month - 1]) \(year)" }
    /// 22 Nov 2026, 15:04 UTC
    package var moment: String { "\(date), \(two(hour)):\(two(minute)) UTC" }
    /// 2026-11-22
    package var isoDate: String { "\(year)-\(two(month))-\(two(day))" }
    /// 2026-11-22T15:04:05Z
    package var iso: String { "\(isoDate)T\(two(hour)):\(two(minute)):\(two(second))Z" }
}

extension HTML {
    /// A moment, readable without the script and rewritten by it in the reader's zone.
    package static func time(_ milliseconds: Int64) -> HTML {
        let civil = CivilTime(milliseconds: milliseconds)
        return "<time datetime=\"\(civil.iso)\">\(civil.moment)</time>"
    }

    /// A day.
    package static func date(_ milliseconds: Int64) -> HTML {
        let civil = CivilTime(milliseconds: milliseconds)
        return "<time datetime=\"\(civil.isoDate)\">\(civil.date)</time>"
    }
}
