// Reads the head of an answer strictly (RFC 9112 sections 4, 5, 6): a client that guesses can be made to smuggle.

package enum ResponseParser {
    /// Reads one answer head that begins at `start`, to a request made with `method`.
    /// Answers the position behind it, or nil when more bytes are needed.
    package static func parse(
        _ bytes: Span<UInt8>, from start: Int = 0, to method: HTTPMethod, limits: HeadLimits = HeadLimits(),
        into head: inout ResponseHead
    ) throws(HTTPParseError) -> Int? {
        let end = bytes.count
        guard start + 12 < end else {
            try checkStart(bytes, start)
            return nil
        }
        try checkStart(bytes, start)
        guard Octet.isDigit(bytes[start + 7]), bytes[start + 8] == 32 else {
            throw HTTPParseError("an answer that does not begin with HTTP/1", rule: "RFC 9112 4", offset: 0)
        }
        head.version = bytes[start + 7] == 48 ? .http10 : .http11
        var code = 0
        for at in start + 9..<start + 12 {
            guard Octet.isDigit(bytes[at]) else {
                throw HTTPParseError("a status that is not three digits", rule: "RFC 9112 4", offset: at - start)
            }
            code = code * 10 + Int(bytes[at] - 48)
        }
        guard code >= 100, code < 600 else {
            throw HTTPParseError("a status that is not between 100 and 599", rule: "RFC 9110 15", offset: 9)
        }
        head.status = HTTPStatus(code)
        var at = start + 12
        // The space before an empty reason phrase is left out by some origins; nothing hangs on it.
        guard bytes[at] == 32 || bytes[at] == 13 else {
            throw HTTPParseError("a status that is not three digits", rule: "RFC 9112 4", offset: 12)
        }
        while at < end, Octet.isFieldValue(bytes[at]) { at += 1 }
        guard at + 1 < end else { return try incomplete(end - start, limits) }
        guard bytes[at] == 13, bytes[at + 1] == 10 else {
            throw HTTPParseError("a status line that does not end in CR LF", rule: "RFC 9112 2.2", offset: at - start)
        }
        at += 2
        head.fields.slices.removeAll(keepingCapacity: true)
        var found = FramingFields()
        guard let after = try FieldParser.parse(
            bytes, at: at, start: start, limits: limits, into: &head.fields.slices, found: &found)
        else { return try incomplete(end - start, limits) }
        guard after - start <= limits.headBytes else { throw tooLarge(limits) }
        try frame(&head, found, method)
        bytes.extracting(start..<after).withUnsafeBufferPointer { source in
            head.fields.buffer.removeAll(keepingCapacity: true)
            head.fields.buffer.append(contentsOf: source)
        }
        return after
    }

    private static func checkStart(_ bytes: Span<UInt8>, _ start: Int) throws(HTTPParseError) {
        let wanted: StaticString = "HTTP/1."
        for offset in 0..<max(0, min(7, bytes.count - start)) where bytes[start + offset] != wanted.utf8Start[offset] {
            throw HTTPParseError("an answer that does not begin with HTTP/1", rule: "RFC 9112 4", offset: offset)
        }
    }

    private static func incomplete(_ count: Int, _ limits: HeadLimits) throws(HTTPParseError) -> Int? {
        if count >= limits.headBytes { throw tooLarge(limits) }
        return nil
    }

    private static func tooLarge(_ limits: HeadLimits) -> HTTPParseError {
        HTTPParseError("a head of more than \(limits.headBytes) bytes", rule: "RFC 9112 2.3", offset: limits.headBytes)
    }

    /// RFC 9112 6.3, without its leniencies.
    private static func frame(
        _ head: inout ResponseHead, _ found: FramingFields, _ method: HTTPMethod
    ) throws(HTTPParseError) {
        if found.hasTransferEncoding {
            if found.contentLength != nil {
                throw HTTPParseError("Content-Length and Transfer-Encoding in one answer", rule: "RFC 9112 6.3", offset: 0)
            }
            if head.version == .http10 || head.status.isInformational || head.status.code == 204 {
                throw HTTPParseError("Transfer-Encoding where none may be", rule: "RFC 9112 6.1", offset: 0)
            }
        }
        if let length = found.contentLength, length > 0, head.status.isInformational || head.status.code == 204 {
            throw HTTPParseError("a Content-Length where no body may be", rule: "RFC 9110 8.6", offset: 0)
        }
        head.keepAlive = head.version == .http11 ? !found.hasClose : found.hasKeepAlive && !found.hasClose
        if method == .head || head.status.hasNoBody {
            head.framing = .none
        } else if found.hasTransferEncoding {
            head.framing = .chunked
        } else if let length = found.contentLength {
            head.framing = length == 0 ? .none : .length(length)
        } else {
            head.framing = .untilClose
            head.keepAlive = false
        }
    }
}
