// Writes CSV (RFC 4180, CRLF) that a spreadsheet opens as data and never as a formula.

/// One field on its way out. Only text is guarded against being taken for a formula: a negative number must stay a number.
package enum CSVCell: Sendable, Equatable {
    case text(String)
    /// A number already in its final spelling, like `-1.5`.
    case number(String)
    case empty
}

/// Collects rows as bytes.
package struct CSVWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// Nothing stands before the next field: neither bytes here nor any that were taken.
    private var isAtStart: Bool { bytes.isEmpty && !wasTaken }
    private var wasTaken = false

    /// Takes whether to begin with a byte order mark, which makes Excel read the file as UTF-8.
    package init(mark: Bool = false) {
        if mark { bytes = [0xEF, 0xBB, 0xBF] }
    }

    package mutating func row(_ cells: [CSVCell]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(0x2C) }
            switch cell {
            case .empty: break
            case .number(let text): field(text)
            case .text(let text): field(CSVWriter.guarded(text))
            }
        }
        // A row of one empty field would read back as an empty line.
        if cells.count == 1, bytes.isEmpty || bytes.last == 0x0A { bytes += [0x22, 0x22] }
        bytes += [0x0D, 0x0A]
    }

    package mutating func row(_ texts: [String]) {
        row(texts.map { CSVCell.text($0) })
    }

    /// Hands over what is there; the next rows follow it.
    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        if !bytes.isEmpty { wasTaken = true }
        return bytes
    }

    private mutating func field(_ text: String) {
        let mustQuote = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0D || $0 == 0x0A } || text.utf8.first == 0x20 || text.utf8.last == 0x20
            || isAtStart && text.utf8.starts(with: [0xEF, 0xBB, 0xBF])  // a mark of the text's own, not of the file
        guard mustQuote else {
            bytes += text.utf8
            return
        }
        bytes.append(0x22)
        for byte in text.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }

    /// A spreadsheet runs a field that begins with one of these as a formula (OWASP, "CSV Injection"), also full-width forms of them
    /// and a tab or CR before them; an apostrophe in front makes it text.
    package static func guarded(_ text: String) -> String {
        startsLikeFormula(text) ? "'" + text : text
    }

    /// The inverse of `guarded`, for reading back what we wrote ourselves.
    package static func unguarded(_ text: String) -> String {
        guard text.utf8.first == 0x27 else { return text }
        let rest = String(text.dropFirst())
        return startsLikeFormula(rest) ? rest : text
    }

    private static func startsLikeFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return false }
        return switch first {
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
        // An apostrophe of the text's own before such a sign must survive the way back.
        case "'": startsLikeFormula(String(text.dropFirst()))
        default: false
        }
    }
}
