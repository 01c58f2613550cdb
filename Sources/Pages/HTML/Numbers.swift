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
        return written { line in
            line.add("<time datetime=\"")
            line.add(iso: day)
            line.add("T")
            line.add(hour: clock)
            line.add(":")
            line.add(twoDigits: clock % 60)
            line.add("Z\">")
            line.add(words: day)
            line.add(", ")
            line.add(hour: clock)
            line.add(" UTC</time>")
        }
    }

    /// A day.
    package static func date(_ day: CalendarDate) -> HTML {
        written { line in
            line.add("<time datetime=\"")
            line.add(iso: day)
            line.add("\">")
            line.add(words: day)
            line.add("</time>")
        }
    }

    package static func date(_ moment: Timestamp) -> HTML { .date(moment.date) }

    /// Every row of a list has a moment of a dozen pieces: they are put together on the stack and become bytes of the page once.
    private static func written(_ write: (inout Line) -> Void) -> HTML {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { room in
            var line = Line(room: room)
            write(&line)
            return HTML(trusted: [UInt8](UnsafeBufferPointer(rebasing: room[..<line.count])))
        }
    }

    /// Less than 128 bytes.
    private struct Line {
        let room: UnsafeMutableBufferPointer<UInt8>
        var count = 0

        mutating func add(_ constant: StaticString) {
            constant.withUTF8Buffer { bytes in
                for byte in bytes { add(byte) }
            }
        }
        mutating func add(_ byte: UInt8) {
            room[count] = byte
            count += 1
        }
        mutating func add(twoDigits number: Int) {
            add(UInt8(ascii: "0") + UInt8(number / 10))
            add(UInt8(ascii: "0") + UInt8(number % 10))
        }
        /// 09:05 of the seconds of a day.
        mutating func add(hour clock: Int) {
            add(twoDigits: clock / 3600)
            add(":")
            add(twoDigits: clock / 60 % 60)
        }
        /// 2026-11-22
        mutating func add(iso day: CalendarDate) {
            add(year: day.year)
            add("-")
            add(twoDigits: day.month)
            add("-")
            add(twoDigits: day.day)
        }
        /// 22 Nov 2026
        mutating func add(words day: CalendarDate) {
            if day.day >= 10 { add(UInt8(ascii: "0") + UInt8(day.day / 10)) }
            add(UInt8(ascii: "0") + UInt8(day.day % 10))
            add(CalendarDate.spacedMonths[day.month - 1])
            add(year: day.year)
        }
        /// Four digits; a year of more, which only a broken clock or file can hold, as it is.
        mutating func add(year: Int) {
            guard (0...9999).contains(year) else {
                for byte in "\(year)".utf8 { add(byte) }
                return
            }
            add(twoDigits: year / 100)
            add(twoDigits: year % 100)
        }
    }
}
