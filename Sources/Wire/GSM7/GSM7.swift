// The GSM 7-bit default alphabet (3GPP TS 23.038 section 6.2.1): which characters it has, and what each costs.

/// The alphabet of a text message. One character outside it makes the whole message UCS-2, at less than half the
/// room, so everything Fitech sends is checked against this table first.
package enum GSM7 {
    /// The basic table, index = code. U+001B at 0x1B is the escape to the extension table, not a character.
    static let basic: [Unicode.Scalar] = Array(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1B}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
            .unicodeScalars)

    /// The extension table: each of these is sent as escape and code, two septets that must stay together.
    static let extended: [(Unicode.Scalar, UInt8)] = [
        ("\u{0C}", 0x0A), ("^", 0x14), ("{", 0x28), ("}", 0x29), ("\\", 0x2F),
        ("[", 0x3C), ("~", 0x3D), ("]", 0x3E), ("|", 0x40), ("€", 0x65),
    ]

    private static let codes: [Unicode.Scalar: [UInt8]] = {
        var codes: [Unicode.Scalar: [UInt8]] = [:]
        for (code, scalar) in basic.enumerated() where code != 0x1B { codes[scalar] = [UInt8(code)] }
        for (scalar, code) in extended { codes[scalar] = [0x1B, code] }
        return codes
    }()

    /// The septets of one character: one, two (escape pair), or nil when the alphabet has no such character.
    package static func septets(of scalar: Unicode.Scalar) -> [UInt8]? { codes[scalar] }

    /// The septets of a text, or nil when one character is not in the alphabet.
    package static func encode(_ text: String) -> [UInt8]? {
        var septets: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let more = codes[scalar] else { return nil }
            septets += more
        }
        return septets
    }

    /// The text of septets, as a phone shows it: an unknown extension code shows the basic character (TS 23.038
    /// 6.2.1.1), a lone escape a space.
    package static func decode(_ septets: [UInt8]) -> String {
        var text = String.UnicodeScalarView(), index = 0
        while index < septets.count {
            let code = septets[index] & 0x7F
            index += 1
            guard code == 0x1B else { text.append(basic[Int(code)]); continue }
            guard index < septets.count else { text.append(" "); break }
            let second = septets[index] & 0x7F
            index += 1
            let known = extended.first { $0.1 == second }?.0
            text.append(known ?? (second == 0x1B ? " " : basic[Int(second)]))
        }
        return String(text)
    }

    /// The nearest text the alphabet can carry: typographic signs become their plain forms, accents it lacks fall
    /// off, the rest becomes `?`. What it has (`[ ] _ { } € à Ω`) stays as it is.
    package static func plain(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if codes[scalar] != nil { out.append(scalar); continue }
            if let like = likenesses[scalar] { out.append(contentsOf: like.unicodeScalars); continue }
            if let base = undecorated(scalar) { out.append(base); continue }
            if scalar.properties.isWhitespace { out.append(" "); continue }
            // Marks that stand on the character before, and what has no width, vanish; a control is a space.
            if [.nonspacingMark, .enclosingMark, .format].contains(scalar.properties.generalCategory) { continue }
            out.append(scalar.properties.generalCategory == .control ? " " : "?")
        }
        return String(out)
    }

    private static let likenesses: [Unicode.Scalar: String] = [
        "‘": "'", "’": "'", "‚": "'", "′": "'", "`": "'", "´": "'", "“": "\"", "”": "\"", "„": "\"", "″": "\"",
        "«": "<<", "»": ">>", "‹": "<", "›": ">", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...",
        "•": "*", "·": ".", "×": "x", "÷": "/", "°": "deg", "µ": "u", "²": "2", "³": "3", "™": "TM", "©": "(c)", "®": "(r)",
        "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "≈": "~", "\u{A0}": " ", "\u{2009}": " ", "\u{202F}": " ", "\t": " ",
        "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE", "ç": "c", "∆": "Δ", "Α": "A", "Β": "B", "Ε": "E",
        "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X",
    ]

    /// A letter without its accents, from a table of ranges that Latin text uses (no Unicode normaliser without
    /// Foundation, and a page must never wait for one).
    private static func undecorated(_ scalar: Unicode.Scalar) -> Unicode.Scalar? { bases[scalar] }

    private static let bases: [Unicode.Scalar: Unicode.Scalar] = {
        let rows: [(Unicode.Scalar, String)] = [
            ("A", "ÀÁÂÃĀĂĄǍ"), ("a", "áâãāăąǎ"), ("C", "ĆĈĊČ"), ("c", "ćĉċč"), ("D", "Ď"), ("d", "ď"),
            ("E", "ÈÊËĒĔĖĘĚ"), ("e", "êëēĕėęě"), ("G", "ĜĞĠĢ"), ("g", "ĝğġģ"), ("H", "ĤĦ"), ("h", "ĥħ"),
            ("I", "ÌÍÎÏĨĪĬĮİ"), ("i", "íîïĩīĭįı"), ("J", "Ĵ"), ("j", "ĵ"), ("K", "Ķ"), ("k", "ķ"), ("L", "ĹĻĽ"), ("l", "ĺļľ"),
            ("N", "ŃŅŇ"), ("n", "ńņň"), ("O", "ÒÓÔÕŌŎŐ"), ("o", "óôõōŏő"), ("R", "ŔŖŘ"), ("r", "ŕŗř"),
            ("S", "ŚŜŞŠȘ"), ("s", "śŝşšș"), ("T", "ŢŤȚ"), ("t", "ţťț"), ("U", "ÙÚÛŨŪŬŮŰŲ"), ("u", "úûũūŭůűų"),
            ("W", "Ŵ"), ("w", "ŵ"), ("Y", "ÝŶŸ"), ("y", "ýŷÿ"), ("Z", "ŹŻŽ"), ("z", "źżž"),
        ]
        var bases: [Unicode.Scalar: Unicode.Scalar] = [:]
        for (base, accented) in rows { for scalar in accented.unicodeScalars { bases[scalar] = base } }
        return bases
    }()
}
