// Durations as people write them: `90s`, `5m`, `2h`, `1h30m`, `250ms`, `2d`.

package enum DurationText {
    /// The units people may write, in milliseconds.
    static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// Reads `90s`, `5m`, `2h`, `1h30m`; nil when the text is anything else (no sign, no space, no bare number).
    package static func parse(_ text: String) -> Duration? {
        var total: Int64 = 0
        var digits: Int64?
        var unit = ""
        var rest = text.utf8[...]
        guard !rest.isEmpty else { return nil }
        while let byte = rest.first {
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                let (product, tooBig) = (digits ?? 0).multipliedReportingOverflow(by: 10)
                let (sum, over) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
                guard !tooBig, !over else { return nil }
                digits = sum
                rest.removeFirst()
                continue
            }
            guard let count = digits else { return nil }
            unit = ""
            while let letter = rest.first, letter < UInt8(ascii: "0") || letter > UInt8(ascii: "9") {
                unit.unicodeScalars.append(Unicode.Scalar(letter))
                rest.removeFirst()
            }
            guard let known = units.first(where: { $0.name == unit }) else { return nil }
            let (part, tooBig) = count.multipliedReportingOverflow(by: known.milliseconds)
            let (sum, over) = total.addingReportingOverflow(part)
            guard !tooBig, !over else { return nil }
            total = sum
            digits = nil
        }
        return digits == nil ? .milliseconds(total) : nil
    }

    /// Writes a duration the way `parse` reads it, in the largest units that lose nothing: `90s` becomes `1m30s`.
    package static func text(_ duration: Duration) -> String {
        var left = milliseconds(duration)
        guard left > 0 else { return "0s" }
        var text = ""
        for (name, size) in units.reversed() where left >= size {
            text += "\(left / size)\(name)"
            left %= size
        }
        return text
    }

    /// Whole milliseconds of a duration, rounded towards zero.
    package static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
