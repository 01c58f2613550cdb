// Reads the head of a request strictly (RFC 9112 sections 2, 3, 5, 6): what could be understood in two ways is refused.

package enum RequestParser {
    /// Reads one request head that begins at `start`.
    ///
    /// Answers the position behind the head, or nil when more bytes are needed; `head` is complete only in the first
    /// case. Storage inside `head` is used again, so a connection that keeps its head allocates nothing per request.
    /// One empty line before the request line is skipped (RFC 9112 2.2).
    package static func parse(
        _ bytes: Span<UInt8>, from given: Int = 0, limits: HeadLimits = HeadLimits(), into head: inout RequestHead
    ) throws(HTTPParseError) -> Int? {
        let end = bytes.count
        var start = given
        if start + 1 < end, bytes[start] == 13, bytes[start + 1] == 10 { start += 2 }
        if start + 1 == end, bytes[start] == 13 { return nil }
        head.line = []
        head.fields.slices.removeAll(keepingCapacity: true)
        guard var at = try parseLine(bytes, start: start, limits: limits, into: &head) else {
            return try incomplete(end - start, limits)
        }
        var found = FramingFields()
        guard let after = try FieldParser.parse(
            bytes, at: at, start: start, limits: limits, into: &head.fields.slices, found: &found)
        else { return try incomplete(end - start, limits) }
        at = after
        guard at - start <= limits.headBytes else { throw tooLarge(limits) }
        try frame(&head, found)
        bytes.extracting(start..<at).withUnsafeBufferPointer { source in
            head.line = []  // lets go of the last request's bytes, whose storage is used again
            head.fields.buffer.removeAll(keepingCapacity: true)
            head.fields.buffer.append(contentsOf: source)
        }
        head.line = head.fields.buffer
        if head.hostCount > 0 { try checkAuthority(head, found) }
        return at
    }

    private static func incomplete(_ count: Int, _ limits: HeadLimits) throws(HTTPParseError) -> Int? {
        if count >= limits.headBytes { throw tooLarge(limits) }
        return nil
    }

    private static func tooLarge(_ limits: HeadLimits) -> HTTPParseError {
        HTTPParseError(.fieldsTooLarge, "a head of more than \(limits.headBytes) bytes", rule: "RFC 6585 5", offset: limits.headBytes)
    }

    /// `method SP target SP HTTP/1.x CRLF`. Answers the position behind it.
    private static func parseLine(
        _ bytes: Span<UInt8>, start: Int, limits: HeadLimits, into head: inout RequestHead
    ) throws(HTTPParseError) -> Int? {
        let end = bytes.count
        var at = start
        while at < end, Octet.isToken(bytes[at]) { at += 1 }
        let methodCount = at - start
        if methodCount > 32 {
            throw HTTPParseError(.notImplemented, "a method of more than 32 letters", rule: "RFC 9112 3", offset: 32)
        }
        guard at < end else { return nil }
        guard bytes[at] == 32, methodCount > 0 else {
            throw HTTPParseError("a request line that does not begin with a method and one space", rule: "RFC 9112 3", offset: at - start)
        }
        head.method = method(bytes, start, methodCount)
        at += 1

        let target = at
        var path = -1
        var question = -1
        while at < end, Octet.isTarget(bytes[at]) {
            if bytes[at] == 63, question < 0 { question = at }
            at += 1
        }
        if at - target > limits.targetBytes {
            throw HTTPParseError(.targetTooLong, "a target of more than \(limits.targetBytes) bytes", rule: "RFC 9112 3", offset: limits.targetBytes)
        }
        guard at < end else { return nil }
        guard bytes[at] == 32, at > target else { throw badTarget(bytes[at], offset: at - start) }
        let targetEnd = at
        head.targetStart = target - start
        head.targetCount = targetEnd - target
        head.hostStart = 0
        head.hostCount = 0
        if bytes[target] == 47, head.method != .connect {
            path = target
        } else {
            path = try otherForm(bytes, target, targetEnd, start: start, into: &head)
        }
        head.pathStart = path - start
        // Only the slash that stands in for an empty path is followed by something that belongs to neither.
        let standsIn = path > target && head.hostStart == path + 1 - start
        head.pathCount = standsIn ? 1 : (question >= path ? question : targetEnd) - path
        head.queryStart = question >= path ? question + 1 - start : -1
        at += 1

        guard at + 10 <= end else {
            return try versionSoFar(bytes, at, start: start)
        }
        guard same(bytes, at, "HTTP/1."), Octet.isDigit(bytes[at + 7]) else { throw badVersion(bytes, at, start: start) }
        head.version = bytes[at + 7] == 48 ? .http10 : .http11
        guard bytes[at + 8] == 13, bytes[at + 9] == 10 else {
            throw HTTPParseError("a request line that does not end in CR LF", rule: "RFC 9112 2.2", offset: at + 8 - start)
        }
        if bytes[target] == 42, head.method != .options {
            throw HTTPParseError("an asterisk for a method other than OPTIONS", rule: "RFC 9112 3.2.4", offset: target - start)
        }
        return at + 10
    }

    /// Refuses early when the bytes of an unfinished version cannot become one.
    private static func versionSoFar(_ bytes: Span<UInt8>, _ at: Int, start: Int) throws(HTTPParseError) -> Int? {
        let wanted: StaticString = "HTTP/"
        for offset in 0..<min(5, bytes.count - at) where bytes[at + offset] != wanted.utf8Start[offset] {
            throw HTTPParseError("a request line without a version", rule: "RFC 9112 3", offset: at + offset - start)
        }
        return nil
    }

    private static func badVersion(_ bytes: Span<UInt8>, _ at: Int, start: Int) -> HTTPParseError {
        let wellFormed = same(bytes, at, "HTTP/") && Octet.isDigit(bytes[at + 5]) && bytes[at + 6] == 46 && Octet.isDigit(bytes[at + 7])
        return wellFormed
            ? HTTPParseError(.versionNotSupported, "a version other than HTTP/1.0 and HTTP/1.1", rule: "RFC 9110 15.6.6", offset: at - start)
            : HTTPParseError("a request line without a version", rule: "RFC 9112 3", offset: at - start)
    }

    private static func badTarget(_ byte: UInt8, offset: Int) -> HTTPParseError {
        switch byte {
        case 13, 10: HTTPParseError("a request line without a version", rule: "RFC 9112 3", offset: offset)
        case 32: HTTPParseError("a request line with an empty target", rule: "RFC 9112 3", offset: offset)
        case 35: HTTPParseError("a fragment in the target", rule: "RFC 9112 3.2", offset: offset)
        default: HTTPParseError("a byte that no target may hold", rule: "RFC 9112 3.2", offset: offset)
        }
    }

    /// Absolute, authority and asterisk form (RFC 9112 3.2.2 to 3.2.4). Answers where the path begins.
    private static func otherForm(
        _ bytes: Span<UInt8>, _ target: Int, _ end: Int, start: Int, into head: inout RequestHead
    ) throws(HTTPParseError) -> Int {
        if head.method == .connect {
            throw HTTPParseError(.notImplemented, "CONNECT, which is not offered here", rule: "RFC 9110 9.3.6", offset: target - start)
        }
        if bytes[target] == 42, end == target + 1 { return target }
        let scheme: Int
        if end - target > 7, FieldParser.equal(bytes, target, "http://") {
            scheme = 7
        } else if end - target > 8, FieldParser.equal(bytes, target, "https://") {
            scheme = 8
        } else {
            throw HTTPParseError("a target that is neither a path nor an absolute address", rule: "RFC 9112 3.2", offset: target - start)
        }
        let host = target + scheme
        var at = host
        while at < end, bytes[at] != 47, bytes[at] != 63 { at += 1 }
        guard at > host else {
            throw HTTPParseError("an absolute target without a host", rule: "RFC 9110 4.2.1", offset: host - start)
        }
        head.hostStart = host - start
        head.hostCount = at - host
        // An empty path means `/` (RFC 9110 4.2.3): the last slash of `http://` is one to point at.
        return at < end && bytes[at] == 47 ? at : host - 1
    }

    /// Decides how the body is delimited (RFC 9112 6.3) and whether the connection lives (9.3).
    private static func frame(_ head: inout RequestHead, _ found: FramingFields) throws(HTTPParseError) {
        if found.hasTransferEncoding {
            if found.contentLength != nil {
                throw HTTPParseError("Content-Length and Transfer-Encoding in one request", rule: "RFC 9112 6.1", offset: 0)
            }
            if head.version == .http10 {
                throw HTTPParseError("Transfer-Encoding in HTTP/1.0", rule: "RFC 9112 6.1", offset: 0)
            }
            head.framing = .chunked
        } else if let length = found.contentLength, length > 0 {
            head.framing = .length(length)
        } else {
            head.framing = .none
        }
        guard found.hasHost || head.version == .http10 else {
            throw HTTPParseError("no Host field", rule: "RFC 9112 3.2", offset: 0)
        }
        if found.hasHost, found.hostCount == 0 {
            throw HTTPParseError("an empty Host field", rule: "RFC 9110 7.2", offset: 0)
        }
        if head.hostCount == 0 {
            head.hostStart = found.hostStart
            head.hostCount = found.hostCount
        }
        head.keepAlive = head.version == .http11 ? !found.hasClose : found.hasKeepAlive && !found.hasClose
        head.expectsContinue = found.expectsContinue && head.version == .http11 && head.framing != .none
    }

    /// The authority must look like one, and an absolute target must name the host that the Host field names.
    private static func checkAuthority(_ head: RequestHead, _ found: FramingFields) throws(HTTPParseError) {
        guard Authority.isWellFormed(head.line.span.extracting(head.hostStart..<head.hostStart + head.hostCount)) else {
            throw HTTPParseError("a Host that is not a host", rule: "RFC 9110 7.2", offset: head.hostStart)
        }
        guard found.hasHost, head.hostStart != found.hostStart else { return }
        let field = head.line[found.hostStart..<found.hostStart + found.hostCount]
        let authority = head.line[head.hostStart..<head.hostStart + head.hostCount]
        guard field.lazy.map(Octet.lower).elementsEqual(authority.lazy.map(Octet.lower)) else {
            throw HTTPParseError("a Host that differs from the target's", rule: "RFC 9112 3.2.2", offset: found.hostStart)
        }
    }

    private static func method(_ bytes: Span<UInt8>, _ at: Int, _ count: Int) -> HTTPMethod {
        switch (count, bytes[at]) {
        case (3, 71) where same(bytes, at, "GET"): .get
        case (4, 80) where same(bytes, at, "POST"): .post
        case (4, 72) where same(bytes, at, "HEAD"): .head
        case (3, 80) where same(bytes, at, "PUT"): .put
        case (5, 80) where same(bytes, at, "PATCH"): .patch
        case (6, 68) where same(bytes, at, "DELETE"): .delete
        case (7, 79) where same(bytes, at, "OPTIONS"): .options
        case (5, 84) where same(bytes, at, "TRACE"): .trace
        case (7, 67) where same(bytes, at, "CONNECT"): .connect
        default:
            bytes.extracting(at..<at + count).withUnsafeBufferPointer { .other(String(decoding: $0, as: UTF8.self)) }
        }
    }

    private static func same(_ bytes: Span<UInt8>, _ at: Int, _ text: StaticString) -> Bool {
        for offset in 0..<text.utf8CodeUnitCount where bytes[at + offset] != text.utf8Start[offset] { return false }
        return true
    }
}
