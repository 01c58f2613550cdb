// Measured values, dates and counts as people read them, without Foundation.
import Wire

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

extension CalendarDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    static let spacedMonths: [StaticString] = [" Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec "]
    /// 22 Nov 2026
    package var text: String { "\(day) \(Self.months[month - 1]) \(year)" }
    /// 22 Nov
    package var short: String { "\(day) \(Self.months[month - 1])" }
}

extension Timestamp {
    /// 22 Nov 2026, 15:04 UTC
    package var text: String {
        let clock = iso8601.dropFirst(11).prefix(5)
        return "\(date.text), \(clock) UTC"
    }
}

extension HTML {
    /// A moment, readable without the script and rewritten by it in the reader's zone.
    package static func time(_ moment: Timestamp) -> HTML {
        let day = moment.date, clock = Int(moment.seconds - Int64(day.daysSince1970) * 86_400)
        var html = HTML(reserving: 80)
        html.append("<time datetime=\"")
        html.append(iso: day)
        html.append("T")
        html.append(padded: clock / 3600)
        html.append(":")
        html.append(padded: clock / 60 % 60)
        html.append(":")
        html.append(padded: clock % 60)
        html.append("Z\">")
        html.append(words: day)
        html.append(", ")
        html.append(padded: clock / 3600)
        html.append(":")
        html.append(padded: clock / 60 % 60)
        html.append(" UTC</time>")
        return html
    }

    /// A day.
    package static func date(_ day: CalendarDate) -> HTML {
        var html = HTML(reserving: 56)
        html.append("<time datetime=\"")
        html.append(iso: day)
        html.append("\">")
        html.append(words: day)
        html.append("</time>")
        return html
    }

    private mutating func append(iso day: CalendarDate) {
        append(padded: day.year / 100)
        append(padded: day.year % 100)
        append("-")
        append(padded: day.month)
        append("-")
        append(padded: day.day)
    }

    private mutating func append(words day: CalendarDate) {
        append(number: day.day)
        append(CalendarDate.spacedMonths[day.month - 1])
        append(number: day.year)
    }

    /// Two digits.
    private mutating func append(padded number: Int) {
        if number < 10 { append("0") }
        append(number: number)
    }

    package static func date(_ moment: Timestamp) -> HTML { .date(moment.date) }
}
