// HTML as a type: literals are trusted because the compiler saw them, everything interpolated is escaped by itself.

/// A piece of HTML, held as the bytes that will be sent.
///
///     let row: HTML = "<tr><td>\(ticket.title)</td><td>\(badge)</td></tr>"   // title escaped, badge (HTML) nested
///
/// Text is escaped for element content and for quoted attributes alike, so one rule covers both: attributes are always
/// written in double quotes. A literal can only be a `StaticString`: no run-time text can become markup by accident.
package struct HTML: ExpressibleByStringInterpolation, Sendable, Equatable {
    package private(set) var bytes: [UInt8]

    package init(stringLiteral value: StaticString) {
        bytes = []
        bytes.append(literal: value)
    }

    package init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    /// Text, escaped.
    package init(_ text: String) {
        bytes = []
        bytes.append(escaping: text)
    }

    package init(_ pieces: [HTML]) {
        bytes = []
        bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.bytes.count })
        for piece in pieces { bytes += piece.bytes }
    }

    /// Room made beforehand: a page of known size grows its buffer once.
    package init(reserving bytes: Int) {
        self.bytes = []
        self.bytes.reserveCapacity(bytes)
    }

    /// Constants of this module: the style sheet and the icons are markup by construction.
    init(constant text: StaticString) {
        bytes = []
        bytes.append(literal: text)
    }

    /// Bytes of this module's own making (the style sheet). Not part of the face: no other module can vouch for bytes.
    init(trusted bytes: [UInt8]) { self.bytes = bytes }

    /// Appends in place where a page is written piece by piece.
    mutating func append(_ constant: StaticString) { bytes.append(literal: constant) }

    package static let empty: HTML = ""
    package var isEmpty: Bool { bytes.isEmpty }

    package static func += (left: inout HTML, right: HTML) { left.bytes += right.bytes }
    package static func + (left: HTML, right: HTML) -> HTML {
        var sum = left
        sum.bytes += right.bytes
        return sum
    }

    /// What tests read.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package struct StringInterpolation: StringInterpolationProtocol {
        var bytes: [UInt8]

        package init(literalCapacity: Int, interpolationCount: Int) {
            bytes = []
            bytes.reserveCapacity(literalCapacity + interpolationCount * 24)
        }

        package mutating func appendLiteral(_ literal: StaticString) { bytes.append(literal: literal) }

        package mutating func appendInterpolation(_ text: String) { bytes.append(escaping: text) }
        package mutating func appendInterpolation(_ text: Substring) { bytes.append(escaping: String(text)) }
        /// Nothing for nil.
        package mutating func appendInterpolation(_ text: String?) { if let text { bytes.append(escaping: text) } }
        package mutating func appendInterpolation(_ number: Int) { bytes.append(number: number) }
        package mutating func appendInterpolation(_ html: HTML) { bytes += html.bytes }
        package mutating func appendInterpolation(_ html: HTML?) { if let html { bytes += html.bytes } }
        package mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { bytes += piece.bytes } }
        /// A constant the compiler saw, as markup.
        package mutating func appendInterpolation(raw constant: StaticString) { bytes.append(literal: constant) }
        /// One segment of a path or one value of a query in a link.
        package mutating func appendInterpolation(segment text: String) { bytes.append(percentCoding: text) }
        /// A boolean attribute or any other constant, only when the condition holds.
        package mutating func appendInterpolation(_ constant: StaticString, if condition: Bool) {
            if condition { bytes.append(literal: constant) }
        }
    }
}

extension [HTML] {
    /// The pieces one after the other, the separator between them.
    package func joined(_ separator: HTML = .empty) -> HTML {
        var sum = HTML.empty
        for (index, piece) in enumerated() {
            if index > 0 { sum += separator }
            sum += piece
        }
        return sum
    }
}
