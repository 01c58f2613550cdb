// What a text message costs: alphabet, units and parts, counted exactly (3GPP TS 23.040 section 9.2.3.24.1).

/// The size of one text message as networks bill and split it.
package struct TextLength: Equatable, Sendable {
    package enum Alphabet: Equatable, Sendable { case gsm7, ucs2 }

    /// GSM-7 when every character is in that alphabet, else UCS-2 for the whole message.
    package let alphabet: Alphabet
    /// Septets (GSM-7, an extension character is two) or UTF-16 units (UCS-2).
    package let units: Int
    /// Messages it takes: one of 160 septets or 70 units, else parts of 153 or 67 (six octets of every part say which
    /// part it is). An escape pair or a surrogate pair is never split, so a part may stay one unit short.
    package let parts: Int

    package init(_ text: String) {
        var widths: [Int] = []
        var isGSM = true
        for scalar in text.unicodeScalars {
            guard let septets = GSM7.septets(of: scalar) else { isGSM = false; break }
            widths.append(septets.count)
        }
        if !isGSM { widths = text.unicodeScalars.map { $0.value > 0xFFFF ? 2 : 1 } }
        alphabet = isGSM ? .gsm7 : .ucs2
        units = widths.reduce(0, +)
        parts = Self.parts(widths, single: isGSM ? 160 : 70, part: isGSM ? 153 : 67)
    }

    private static func parts(_ widths: [Int], single: Int, part: Int) -> Int {
        guard widths.reduce(0, +) > single else { return 1 }
        var parts = 1, used = 0
        for width in widths {
            if used + width > part { parts += 1; used = 0 }
            used += width
        }
        return parts
    }
}

/// Fits a page for a technician into one message of 160 septets.
package enum TextFitter {
    /// The most septets of a message of one part.
    package static let room = 160

    /// `code node link detail`, in the order a woken person needs it and in which room is given: the link is whole or
    /// absent (a cut link leads nowhere), the code is kept, a long node name loses its end, the detail takes what is left.
    /// The answer is GSM-7 and one part, whatever comes in.
    ///
    /// - Parameters:
    ///   - code: what the person may answer with or say on the phone, such as `#12`.
    ///   - node: whose page this is, such as `web-2 DOWN`.
    ///   - link: the signed link, or nil.
    ///   - detail: the rest, most important first.
    package static func page(code: String, node: String, link: String?, detail: String) -> String {
        let code = GSM7.plain(code), node = line(node), detail = line(detail)
        var left = room - width(code)
        guard left >= 0 else { return cut(code, to: room) }
        var text = code
        // The link keeps its place only if at least a few letters of the node fit beside it.
        let kept = link.flatMap { GSM7.encode($0) != nil && width($0) + 1 + 1 + 8 <= left ? $0 : nil }
        let reserved = kept.map { width($0) + 1 } ?? 0
        let shown = cut(node, to: left - reserved - 1)
        if !shown.isEmpty { text += " " + shown; left -= width(shown) + 1 }
        if let kept { text += " " + kept; left -= width(kept) + 1 }
        let rest = cut(detail, to: left - 1)
        if !rest.isEmpty { text += " " + rest }
        return text
    }

    /// The septets of a text already in the alphabet.
    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + (GSM7.septets(of: $1)?.count ?? 1) }
    }

    /// The longest beginning of at most `septets`, marked with `..` where something was cut off.
    static func cut(_ text: String, to septets: Int) -> String {
        guard septets > 0 else { return "" }
        guard width(text) > septets else { return text }
        let mark = septets >= 6 ? ".." : ""
        var kept = String.UnicodeScalarView(), used = mark.count
        for scalar in text.unicodeScalars {
            let cost = GSM7.septets(of: scalar)?.count ?? 1
            guard used + cost <= septets else { break }
            kept.append(scalar)
            used += cost
        }
        while let last = kept.last, last == " " { kept.removeLast() }
        return String(kept) + mark
    }

    /// Plain, on one line, spaces single.
    private static func line(_ text: String) -> String {
        GSM7.plain(text).unicodeScalars
            .split { $0 == " " || $0 == "\n" || $0 == "\r" || $0 == "\u{0C}" }
            .map(String.init).joined(separator: " ")
    }
}
