// Makes the head of a request of what an HTTP/2 stream says about it (RFC 9113 8.2 and 8.3).

/// Takes the fields of a HEADERS block one by one and makes a `RequestHead` of them.
///
/// Only HTTP/2's own rules stand here. What passes them is written down as an HTTP/1.1 head and read by `RequestParser`,
/// so that methods, targets, hosts, lengths and limits are judged by one and the same code in both versions, and a head is
/// in memory as one of HTTP/1.1 is.
package struct RequestAssembler: Sendable {
    private let limits: HeadLimits
    private var method: [UInt8]?
    private var scheme: [UInt8]?
    private var authority: [UInt8]?
    private var path: [UInt8]?
    private var host: [UInt8]?
    /// The crumbs of the cookie, joined (8.2.3).
    private var cookie: [UInt8] = []
    /// All other fields as `name: value CRLF`.
    private var lines: [UInt8] = []
    private var hasRegular = false
    private var hasLength = false
    private var hasExpect = false
    /// Whether HEAD was asked, so that even a refusal has no body.
    package var isHead: Bool { method?.elementsEqual("HEAD".utf8) ?? false }
    /// What was wrong first.
    private var fault: HTTPParseError?
    /// The size of the list as RFC 9113 10.5.1 counts it.
    package private(set) var listBytes = 0

    package init(limits: HeadLimits) { self.limits = limits }

    /// Takes the next field. A fault is kept for `finish`.
    package mutating func add(name: Span<UInt8>, value: Span<UInt8>) {
        listBytes += name.count + value.count + 32
        guard fault == nil else { return }
        guard listBytes <= limits.headBytes else {
            lines = []
            return fault = HTTPParseError(.fieldsTooLarge, "a header list of more than \(limits.headBytes) bytes", rule: "RFC 9113 10.5.1", offset: 0)
        }
        do throws(HTTPParseError) {
            if name.count > 0, name[0] == 58 { try addPseudo(name, value) } else { try addRegular(name, value) }
        } catch {
            lines = []
            fault = error
        }
    }

    // MARK: Pseudo-header fields (8.3.1)

    private mutating func addPseudo(_ name: Span<UInt8>, _ value: Span<UInt8>) throws(HTTPParseError) {
        guard !hasRegular else { throw Self.malformed("a pseudo-header field after a regular one", "8.3") }
        switch name.count {
        case 7 where FieldParser.equal(name, 0, ":method"):
            try Self.fill(&method, value, "method", allowed: Octet.isToken)
        case 7 where FieldParser.equal(name, 0, ":scheme"):
            try Self.fill(&scheme, value, "scheme", allowed: Octet.isToken)
        case 10 where FieldParser.equal(name, 0, ":authority"):
            try Self.fill(&authority, value, "authority", allowed: { $0 > 32 && $0 < 127 })  // whether it is a host, the parser says
        case 5 where FieldParser.equal(name, 0, ":path"):
            try Self.fill(&path, value, "path", allowed: Octet.isTarget)
        default: throw Self.malformed("a pseudo-header field that requests do not have", "8.3")
        }
        guard Self.isLowercase(name) else { throw Self.malformed("a pseudo-header field that requests do not have", "8.3") }
    }

    private static func fill(
        _ place: inout [UInt8]?, _ value: Span<UInt8>, _ what: String, allowed: (UInt8) -> Bool
    ) throws(HTTPParseError) {
        guard place == nil else { throw malformed("more than one :\(what)", "8.3.1") }
        guard value.count > 0 else { throw malformed("an empty :\(what)", "8.3.1") }
        for index in 0..<value.count where !allowed(value[index]) { throw malformed("a byte in :\(what) that may not stand there", "8.3.1") }
        place = bytes(value)
    }

    // MARK: Regular fields (8.2)

    private mutating func addRegular(_ name: Span<UInt8>, _ value: Span<UInt8>) throws(HTTPParseError) {
        hasRegular = true
        try Self.check(name, value)
        switch name.count {
        case 2 where FieldParser.equal(name, 0, "te"):
            guard value.count == 8, FieldParser.equal(value, 0, "trailers") else { throw Self.malformed("a TE field other than trailers", "8.2.2") }
        case 4 where FieldParser.equal(name, 0, "host"):
            guard host == nil else { throw Self.malformed("more than one Host field", "8.3.1") }
            return host = Self.bytes(value)
        case 6 where FieldParser.equal(name, 0, "cookie"):
            if !cookie.isEmpty { cookie += [59, 32] }
            return append(value, to: &cookie)
        case 6 where FieldParser.equal(name, 0, "expect"): hasExpect = true
        case 14 where FieldParser.equal(name, 0, "content-length"): hasLength = true
        default:
            if Self.isOfConnection(name) { throw Self.malformed("a field that speaks about an HTTP/1.1 connection", "8.2.2") }
        }
        append(name, to: &lines)
        lines += [58, 32]
        append(value, to: &lines)
        lines += [13, 10]
    }

    private static func check(_ name: Span<UInt8>, _ value: Span<UInt8>) throws(HTTPParseError) {
        guard name.count > 0 else { throw malformed("a field without a name", "8.2.1") }
        for index in 0..<name.count where !Octet.isToken(name[index]) { throw malformed("a byte that no field name may hold", "8.2.1") }
        guard isLowercase(name) else { throw malformed("a field name with capital letters", "8.2.1") }
        for index in 0..<value.count where !Octet.isFieldValue(value[index]) { throw malformed("a control character in a field value", "8.2.1") }
        guard value.count > 0 else { return }
        for byte in [value[0], value[value.count - 1]] where byte == 32 || byte == 9 {
            throw malformed("a field value that begins or ends with a space", "8.2.1")
        }
    }

    private static func isLowercase(_ name: Span<UInt8>) -> Bool {
        for index in 0..<name.count where name[index] != Octet.lower(name[index]) { return false }
        return true
    }

    /// Fields that only HTTP/1.1 has a use for (8.2.2).
    private static func isOfConnection(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 7: FieldParser.equal(name, 0, "upgrade")
        case 10: FieldParser.equal(name, 0, "connection") || FieldParser.equal(name, 0, "keep-alive")
        case 16: FieldParser.equal(name, 0, "proxy-connection")
        case 17: FieldParser.equal(name, 0, "transfer-encoding")
        default: false
        }
    }

    // MARK: The head

    /// Fills `head`, or throws what was wrong first. `endsStream` says that no body follows; `scheme` is the one this
    /// connection speaks, `https` or `http`.
    package mutating func finish(endsStream: Bool, scheme wanted: StaticString, into head: inout RequestHead) throws(HTTPParseError) {
        if let fault { throw fault }
        guard let method else { throw Self.malformed("no :method", "8.3.1") }
        if method.elementsEqual("CONNECT".utf8) {
            throw HTTPParseError(.notImplemented, "CONNECT, which is not offered here", rule: "RFC 9110 9.3.6", offset: 0)
        }
        guard let scheme, let path else { throw Self.malformed(scheme == nil ? "no :scheme" : "no :path", "8.3.1") }
        guard scheme.elementsEqual(UnsafeBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount)) else {
            throw Self.malformed("a :scheme other than that of this connection, \(wanted)", "8.3.1")
        }
        guard path[0] == 47 || path == [42] else { throw Self.malformed("a :path that does not begin with a slash", "8.3.1") }
        if let authority, let host, !authority.lazy.map(Octet.lower).elementsEqual(host.lazy.map(Octet.lower)) {
            throw Self.malformed("a Host that differs from :authority", "8.3.1")
        }
        guard let host = authority ?? host else { throw Self.malformed("neither :authority nor Host", "8.3.1") }

        var text: [UInt8] = []
        text.reserveCapacity(method.count + path.count + host.count + lines.count + cookie.count + 48)
        text += method
        text.append(32)
        text += path
        HeadWriter.append(" HTTP/1.1\r\nhost: ", to: &text)
        text += host
        text += [13, 10]
        text += lines
        if !cookie.isEmpty {
            HeadWriter.append("cookie: ", to: &text)
            text += cookie
            text += [13, 10]
        }
        text += [13, 10]
        guard try RequestParser.parse(text.span, limits: limits, into: &head) == text.count else {
            throw Self.malformed("a head that is not one request", "8.1.1")
        }
        try frame(&head, endsStream: endsStream)
    }

    /// The stream says where the body ends; a Content-Length must say the same (8.1.1).
    private func frame(_ head: inout RequestHead, endsStream: Bool) throws(HTTPParseError) {
        if endsStream {
            guard head.framing == .none else { throw Self.malformed("a Content-Length without a body", "8.1.1") }
        } else if hasLength {
            // Whoever announces nothing may still send something: it has to be read to be refused.
            if head.framing == .none { head.framing = .length(0) }
        } else {
            head.framing = .chunked
            head.expectsContinue = hasExpect
        }
    }

    // MARK: Trailers

    /// Takes a trailer field (8.1): the rules of 8.2 hold, no pseudo-header field may be among them, and none that would change
    /// how the message is read.
    package static func addTrailer(name: Span<UInt8>, value: Span<UInt8>, to trailers: inout HTTPFields) throws(HTTPParseError) {
        if name.count > 0, name[0] == 58 { throw malformed("a pseudo-header field in trailers", "8.1") }
        try check(name, value)
        if isOfConnection(name) { throw malformed("a field that speaks about an HTTP/1.1 connection", "8.2.2") }
        if name.count == 4 && FieldParser.equal(name, 0, "host") || name.count == 14 && FieldParser.equal(name, 0, "content-length") {
            throw HTTPParseError("a trailer that would change how the message is read", rule: "RFC 9110 6.5.1", offset: 0)
        }
        guard trailers.buffer.count + name.count + value.count <= ChunkedDecoder.trailerLimit else {
            throw HTTPParseError(.fieldsTooLarge, "trailers of more than \(ChunkedDecoder.trailerLimit) bytes", rule: "RFC 9113 10.5.1", offset: 0)
        }
        trailers.addParsed(name: bytes(name)[...], value: bytes(value)[...])
    }

    // MARK: Pieces

    private static func malformed(_ reason: String, _ section: String) -> HTTPParseError {
        HTTPParseError(reason, rule: "RFC 9113 \(section)", offset: 0)
    }

    private static func bytes(_ span: Span<UInt8>) -> [UInt8] { span.withUnsafeBufferPointer { Array($0) } }
    private func append(_ span: Span<UInt8>, to out: inout [UInt8]) { span.withUnsafeBufferPointer { out.append(contentsOf: $0) } }
}
