// Reads field lines strictly (RFC 9112 section 5) and notes those that decide where the message ends (section 6).

/// What the field lines say about framing, connection and host.
struct FramingFields {
    var contentLength: Int?
    var hasTransferEncoding = false
    var hasClose = false
    var hasKeepAlive = false
    var expectsContinue = false
    var hostStart = 0
    var hostCount = 0
    var hasHost = false
}

enum FieldParser {
    /// Reads field lines from `at` up to and with the blank line. Slices count from `start`.
    /// Answers the position behind the blank line, or nil when the bytes end before it.
    static func parse(
        _ bytes: Span<UInt8>, at first: Int, start: Int, limits: HeadLimits,
        into slices: inout [FieldSlice], found: inout FramingFields
    ) throws(HTTPParseError) -> Int? {
        let end = bytes.count
        var at = first
        while true {
            guard at < end else { return nil }
            let byte = bytes[at]
            if byte == 13 {
                guard at + 1 < end else { return nil }
                guard bytes[at + 1] == 10 else { throw bareCR(at - start) }
                return at + 2
            }
            let nameStart = at
            while at < end, Octet.isToken(bytes[at]) { at += 1 }
            guard at < end else { return nil }
            guard bytes[at] == 58, at > nameStart else {
                throw badName(bytes[at], first: at == nameStart, offset: at - start)
            }
            let nameCount = at - nameStart
            at += 1
            while at < end, bytes[at] == 32 || bytes[at] == 9 { at += 1 }
            let valueStart = at
            var valueEnd = at
            while at < end {
                let byte = bytes[at]
                guard Octet.isFieldValue(byte) else { break }
                at += 1
                if byte != 32 && byte != 9 { valueEnd = at }
            }
            guard at < end else { return nil }
            guard bytes[at] == 13 else { throw badValue(bytes[at], offset: at - start) }
            guard at + 1 < end else { return nil }
            guard bytes[at + 1] == 10 else { throw bareCR(at - start) }
            at += 2
            guard slices.count < limits.fieldCount else {
                throw HTTPParseError(.fieldsTooLarge, "more than \(limits.fieldCount) header fields",
                    rule: "RFC 6585 5", offset: nameStart - start)
            }
            slices.append(FieldSlice(
                nameStart: nameStart - start, nameCount: nameCount,
                valueStart: valueStart - start, valueCount: valueEnd - valueStart))
            switch nameCount {
            case 4 where equal(bytes, nameStart, "host"):
                guard !found.hasHost else {
                    throw HTTPParseError("more than one Host field", rule: "RFC 9112 3.2", offset: nameStart - start)
                }
                found.hasHost = true
                found.hostStart = valueStart - start
                found.hostCount = valueEnd - valueStart
            case 6 where equal(bytes, nameStart, "expect"):
                guard valueEnd - valueStart == 12, equal(bytes, valueStart, "100-continue") else {
                    throw HTTPParseError(.expectationFailed, "an Expect other than 100-continue",
                        rule: "RFC 9110 10.1.1", offset: valueStart - start)
                }
                found.expectsContinue = true
            case 10 where equal(bytes, nameStart, "connection"):
                readConnection(bytes, valueStart, valueEnd, &found)
            case 14 where equal(bytes, nameStart, "content-length"):
                guard found.contentLength == nil else {
                    throw HTTPParseError("more than one Content-Length", rule: "RFC 9112 6.3", offset: nameStart - start)
                }
                found.contentLength = try length(bytes, valueStart, valueEnd, start: start)
            case 17 where equal(bytes, nameStart, "transfer-encoding"):
                guard !found.hasTransferEncoding else {
                    throw HTTPParseError("more than one Transfer-Encoding", rule: "RFC 9112 6.1", offset: nameStart - start)
                }
                found.hasTransferEncoding = true
                guard valueEnd - valueStart == 7, equal(bytes, valueStart, "chunked") else {
                    throw badCoding(bytes, valueStart, valueEnd, offset: valueStart - start)
                }
            default: break
            }
        }
    }

    /// Whether the bytes at `at` are this lower-case text, letters compared without case. The caller knows there are enough.
    @inline(__always)
    static func equal(_ bytes: Span<UInt8>, _ at: Int, _ text: StaticString) -> Bool {
        let wanted = text.utf8Start
        guard at + text.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where Octet.lower(bytes[at + offset]) != wanted[offset] { return false }
        return true
    }

    /// Digits and nothing else: no sign, no list, no spaces inside, at most 18 digits.
    private static func length(
        _ bytes: Span<UInt8>, _ from: Int, _ to: Int, start: Int
    ) throws(HTTPParseError) -> Int {
        var value = 0
        for at in from..<to {
            guard Octet.isDigit(bytes[at]) else {
                throw HTTPParseError("a Content-Length that is not a number", rule: "RFC 9110 8.6", offset: at - start)
            }
            // Before it is reckoned with: the nineteenth digit may be one too many for the integer.
            guard at - from < 18 else {
                throw HTTPParseError("a Content-Length beyond all measure", rule: "RFC 9110 8.6", offset: at - start)
            }
            value = value * 10 + Int(bytes[at] - 48)
        }
        guard to > from else {
            throw HTTPParseError("an empty Content-Length", rule: "RFC 9110 8.6", offset: from - start)
        }
        return value
    }

    private static func readConnection(_ bytes: Span<UInt8>, _ from: Int, _ to: Int, _ found: inout FramingFields) {
        var at = from
        while at < to {
            while at < to, bytes[at] == 32 || bytes[at] == 9 || bytes[at] == 44 { at += 1 }
            let first = at
            while at < to, bytes[at] != 44, bytes[at] != 32, bytes[at] != 9 { at += 1 }
            if at - first == 5, equal(bytes, first, "close") { found.hasClose = true }
            if at - first == 10, equal(bytes, first, "keep-alive") { found.hasKeepAlive = true }
        }
    }

    // MARK: Refusals

    private static func bareCR(_ offset: Int) -> HTTPParseError {
        HTTPParseError("a CR without LF", rule: "RFC 9112 2.2", offset: offset)
    }

    private static func badName(_ byte: UInt8, first: Bool, offset: Int) -> HTTPParseError {
        switch byte {
        case 10: HTTPParseError("a line that ends in LF without CR", rule: "RFC 9112 2.2", offset: offset)
        case 32, 9:
            first
                ? HTTPParseError("a folded field line", rule: "RFC 9112 5.2", offset: offset)
                : HTTPParseError("a space before the colon of a field", rule: "RFC 9112 5.1", offset: offset)
        case 13: HTTPParseError("a field line without a colon", rule: "RFC 9112 5", offset: offset)
        case 58: HTTPParseError("a field without a name", rule: "RFC 9112 5", offset: offset)
        default: HTTPParseError("a byte that no field name may hold", rule: "RFC 9110 5.1", offset: offset)
        }
    }

    private static func badValue(_ byte: UInt8, offset: Int) -> HTTPParseError {
        byte == 10
            ? HTTPParseError("a line that ends in LF without CR", rule: "RFC 9112 2.2", offset: offset)
            : HTTPParseError("a control character in a field value", rule: "RFC 9110 5.5", offset: offset)
    }

    /// A coding we know but do not decode is 501; anything that merely resembles `chunked` is an attack or a mistake.
    private static func badCoding(_ bytes: Span<UInt8>, _ from: Int, _ to: Int, offset: Int) -> HTTPParseError {
        let known: [StaticString] = ["gzip", "x-gzip", "compress", "x-compress", "deflate"]
        for coding in known where to - from == coding.utf8CodeUnitCount && equal(bytes, from, coding) {
            return HTTPParseError(.notImplemented, "a transfer coding other than chunked", rule: "RFC 9112 6.1", offset: offset)
        }
        return HTTPParseError("a Transfer-Encoding that is not exactly chunked", rule: "RFC 9112 6.1", offset: offset)
    }
}
