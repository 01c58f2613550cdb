// Numbers as text and back, without locale: a point, no grouping.

/// Spelling and reading of figures.
package enum Figure {
    /// Rounds half away from zero at the given decimal, after taking the binary residue of a decimal fraction away (2.675 is 2.68).
    package static func rounded(_ value: Double, decimals: Int) -> Double {
        let power = tenTo(decimals)
        let scaled = value * power
        guard scaled.magnitude < 1e15 else { return value }
        let nudged = scaled + (scaled < 0 ? -1 : 1) * scaled.magnitude * 4e-16
        return nudged.rounded(.toNearestOrAwayFromZero) / power
    }

    /// `fixed(24.96, decimals: 1)` is `25.0`.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        let power = tenTo(decimals)
        let scaled = rounded(value, decimals: decimals) * power
        guard scaled.magnitude < 1e15 else { return "\(value)" }
        let whole = Int64(scaled.rounded(.toNearestOrAwayFromZero))
        let digits = String(whole.magnitude)
        let sign = whole < 0 ? "-" : ""
        guard decimals > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// The shortest spelling that reads back as the same number, whole numbers without a point.
    package static func shortest(_ value: Double) -> String {
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        return "\(value)"
    }

    /// Reads a decimal figure: sign, digits, point, digits. Nothing else: no hexadecimal, no exponent, no infinity, no comma.
    package static func read(_ text: String) -> Double? {
        var digits = 0, points = 0
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x2E: points += 1
            case 0x2B, 0x2D: if index > 0 { return nil }
            default: return nil
            }
        }
        guard digits > 0, digits <= 30, points <= 1, text.utf8.last != 0x2E else { return nil }
        return Double(text)
    }

    private static func tenTo(_ exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<max(0, min(exponent, 9)) { power *= 10 }
        return power
    }
}
