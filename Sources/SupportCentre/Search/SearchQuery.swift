// What somebody typed into the search box, as what it asks for: words, "phrases" and -exclusions. Nothing that can be typed is an error.

/// A search, read from text. Everything in it ends up between quotes of the index's own language, so nothing typed is ever a part of that.
package struct SearchQuery: Sendable, Equatable {
    package struct Term: Sendable, Equatable {
        /// As it was typed: at least one letter or digit, no double quotes, no control characters.
        package var text: String
        /// The last word may be the beginning of a longer one: it is still being typed.
        package var isBeginning = false
    }

    /// Characters that are read, and terms that are looked for; what goes beyond is left out.
    package static let longest = 200, most = 12

    package private(set) var wanted: [Term] = []
    package private(set) var unwanted: [Term] = []
    /// The number of a ticket or change, when the whole text is one.
    package private(set) var number: ThingNumber?

    package init(_ typed: String) {
        // Control characters end words; a NUL would end the whole query for the index.
        let text = String(String.UnicodeScalarView(typed.prefix(Self.longest).unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
        number = ThingNumber(text)
        var rest = text[...]
        while let first = rest.first, wanted.count + unwanted.count < Self.most {
            if first.isWhitespace { rest.removeFirst(); continue }
            var isUnwanted = false
            if first == "-", let next = rest.dropFirst().first, !next.isWhitespace {
                isUnwanted = true
                rest.removeFirst()
            }
            var term: Term
            if rest.first.map(Self.isQuote) == true {
                rest.removeFirst()
                term = Term(text: String(rest.prefix { !Self.isQuote($0) }))
                rest = rest.dropFirst(term.text.count).dropFirst()
            } else {
                term = Term(text: String(rest.prefix { !$0.isWhitespace && !Self.isQuote($0) }))
                rest = rest.dropFirst(term.text.count)
                // One character begins half of all words: it is taken for itself.
                term.isBeginning = rest.isEmpty && !isUnwanted && Self.lastWord(term.text).count >= 2
            }
            guard term.text.unicodeScalars.contains(where: Self.isOfWord) else { continue }
            if isUnwanted { unwanted.append(term) } else { wanted.append(term) }
        }
    }

    package var isEmpty: Bool { wanted.isEmpty }

    /// A single word or its beginning is wanted: an index finds it, in titles too, without holding rows of one word against those of another.
    var isOneWord: Bool {
        guard wanted.count == 1 else { return false }
        return wanted[0].text.unicodeScalars.split(omittingEmptySubsequences: true) { !Self.isOfWord($0) && $0.properties.generalCategory != .nonspacingMark }.count == 1
    }

    /// The last word's beginning, when the index may be asked which words go on from it: plain letters and digits, five or
    /// more. Shorter beginnings have an index of their own.
    package var beginning: String? {
        guard let last = wanted.last, last.isBeginning, last.text.utf8.count >= 5,
            last.text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) })
        else { return nil }
        return last.text.lowercased()
    }

    private static func isQuote(_ character: Character) -> Bool { "\"\u{201C}\u{201D}\u{201E}\u{AB}\u{BB}".contains(character) }

    /// What the index takes for a part of a word.
    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber, .otherNumber, .privateUse: true
        default: false
        }
    }

    static func lastWord(_ text: String) -> [Unicode.Scalar] {
        Array(text.unicodeScalars.reversed().prefix { isOfWord($0) || $0.properties.generalCategory == .nonspacingMark })
    }
}

/// A number as people write it: `1042`, `#1042`, `T-1042`, `ticket 1042`, `C-107`, `change 107`.
package struct ThingNumber: Sendable, Equatable {
    package var value: Int
    package var mayBeTicket: Bool
    package var mayBeChange: Bool

    package init?(_ typed: String) {
        var text = typed.lowercased()[...]
        func skip() { text = text.drop { $0 == " " || $0 == "-" || $0 == "#" || $0 == ":" } }
        while text.last == " " { text.removeLast() }
        while text.first == " " { text.removeFirst() }
        let name = text.prefix { $0.isASCII && $0.isLetter }
        text = text.dropFirst(name.count)
        switch name {
        case "": (mayBeTicket, mayBeChange) = (true, text.first != "#")
        case "t", "ticket": (mayBeTicket, mayBeChange) = (true, false)
        case "c", "rfc", "chg", "change": (mayBeTicket, mayBeChange) = (false, true)
        default: return nil
        }
        // A minus before a bare number excludes it.
        if name.isEmpty, text.first == "-" { return nil }
        skip()
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else { return nil }
        value = number
    }
}
