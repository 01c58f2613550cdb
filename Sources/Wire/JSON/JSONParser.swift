// Reads JSON strictly (RFC 8259): every refusal names its line and column and what was expected there.

extension JSON {
    /// Why a text is not JSON, and where.
    package struct SyntaxError: Error, Sendable, Equatable {
        package var line: Int
        package var column: Int
        package var reason: String

        package init(line: Int, column: Int, reason: String) {
            (self.line, self.column, self.reason) = (line, column, reason)
        }

        /// The same as a failure of the caller's.
        package var failure: Failure {
            .invalid(
                "The body is not valid JSON: \(reason) at line \(line), column \(column).",
                hint: "Send one JSON value in UTF-8, with quoted names and no trailing commas.", code: "bad-json")
        }
    }

    /// Parses one JSON text. A name that occurs twice in an object is refused: two readers would disagree about it.
    package static func parse(_ bytes: [UInt8], maximumDepth: Int = 64) throws(SyntaxError) -> JSON {
        var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
        parser.skipSpace()
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        if parser.position < bytes.count { throw parser.error("something follows the value") }
        return value
    }

    package static func parse(_ text: String) throws(SyntaxError) -> JSON { try parse(Array(text.utf8)) }
}

private struct JSONParser {
    let bytes: [UInt8]
    let maximumDepth: Int
    var position = 0

    init(bytes: [UInt8], maximumDepth: Int) {
        (self.bytes, self.maximumDepth) = (bytes, maximumDepth)
    }

    func error(_ reason: String) -> JSON.SyntaxError {
        var line = 1, column = 1
        for byte in bytes.prefix(position) {
            if byte == 0x0A { line += 1; column = 1 } else { column += 1 }
        }
        return JSON.SyntaxError(line: line, column: column, reason: reason)
    }

    mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    mutating func value(depth: Int) throws(JSON.SyntaxError) -> JSON {
        guard depth < maximumDepth else { throw error("more than \(maximumDepth) levels of nesting") }
        guard position < bytes.count else { throw error("the text ends where a value was expected") }
        switch bytes[position] {
        case 0x7B: return try object(depth: depth)
        case 0x5B: return try array(depth: depth)
        case 0x22: return .string(try string())
        case 0x74: return try word("true", .bool(true))
        case 0x66: return try word("false", .bool(false))
        case 0x6E: return try word("null", .null)
        case 0x2D, 0x30...0x39: return try number()
        default: throw error("a value was expected")
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw error("a value was expected") }
        position += word.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(JSON.SyntaxError) -> JSON {
        position += 1
        var members: [(String, JSON)] = []
        var names: Set<String> = []
        skipSpace()
        if position < bytes.count, bytes[position] == 0x7D { position += 1; return .object([]) }
        while true {
            skipSpace()
            guard position < bytes.count, bytes[position] == 0x22 else { throw error("a quoted name was expected") }
            let name = try string()
            guard names.insert(name).inserted else { throw error("the name \"\(name)\" occurs twice") }
            skipSpace()
            guard position < bytes.count, bytes[position] == 0x3A else { throw error("a colon was expected") }
            position += 1
            skipSpace()
            members.append((name, try value(depth: depth + 1)))
            skipSpace()
            guard position < bytes.count else { throw error("the text ends inside an object") }
            switch bytes[position] {
            case 0x2C: position += 1
            case 0x7D: position += 1; return .object(members)
            default: throw error("a comma or } was expected")
            }
        }
    }

    private mutating func array(depth: Int) throws(JSON.SyntaxError) -> JSON {
        position += 1
        var items: [JSON] = []
        skipSpace()
        if position < bytes.count, bytes[position] == 0x5D { position += 1; return .array([]) }
        while true {
            skipSpace()
            items.append(try value(depth: depth + 1))
            skipSpace()
            guard position < bytes.count else { throw error("the text ends inside a list") }
            switch bytes[position] {
            case 0x2C: position += 1
            case 0x5D: position += 1; return .array(items)
            default: throw error("a comma or ] was expected")
            }
        }
    }

    private mutating func number() throws(JSON.SyntaxError) -> JSON {
        let start = position
        if bytes[position] == 0x2D { position += 1 }
        let whole = digits()
        guard whole > 0 else { throw error("a digit was expected") }
        if whole > 1, bytes[position - whole] == 0x30 { throw error("a number does not start with 0") }
        var isWhole = true
        if position < bytes.count, bytes[position] == 0x2E {
            isWhole = false
            position += 1
            guard digits() > 0 else { throw error("a digit was expected after the point") }
        }
        if position < bytes.count, bytes[position] | 0x20 == 0x65 {
            isWhole = false
            position += 1
            if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D { position += 1 }
            guard digits() > 0 else { throw error("a digit was expected in the exponent") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else { throw error("the number is too large") }
        return .number(double)
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        return position - start
    }

    private mutating func string() throws(JSON.SyntaxError) -> String {
        position += 1
        var text: [UInt8] = []
        while true {
            guard position < bytes.count else { throw error("the text ends inside quotes") }
            let byte = bytes[position]
            switch byte {
            case 0x22:
                guard let valid = String(validating: text, as: UTF8.self) else { throw error("the text before is not valid UTF-8") }
                position += 1
                return valid
            case 0x5C:
                position += 1
                try escape(into: &text)
            case 0x00..<0x20: throw error("a control character must be written as an escape")
            default:
                text.append(byte)
                position += 1
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSON.SyntaxError) {
        guard position < bytes.count else { throw error("the text ends inside an escape") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: text.append(byte)
        case 0x62: text.append(0x08)
        case 0x66: text.append(0x0C)
        case 0x6E: text.append(0x0A)
        case 0x72: text.append(0x0D)
        case 0x74: text.append(0x09)
        case 0x75:
            var code = try hex4()
            if (0xD800..<0xDC00).contains(code) {
                guard bytes[position...].starts(with: "\\u".utf8) else { throw error("half of a surrogate pair") }
                position += 2
                let low = try hex4()
                guard (0xDC00..<0xE000).contains(low) else { throw error("half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair") }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw error("an unknown escape")
        }
    }

    private mutating func hex4() throws(JSON.SyntaxError) -> UInt32 {
        guard position + 4 <= bytes.count,
            let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
            bytes[position] != 0x2B
        else { throw error("four hexadecimal digits were expected") }
        position += 4
        return value
    }
}
