// The head of a request: request line and fields, with what the parser learnt about its framing.

/// The two versions of HTTP/1; a higher minor version counts as 1.1 (RFC 9110 2.5).
package enum HTTPVersion: Sendable, Hashable { case http10, http11 }

/// How the body of a message is delimited (RFC 9112 section 6).
package enum BodyFraming: Sendable, Hashable {
    case none
    case length(Int)
    case chunked
    /// Until the connection closes; only answers may do that.
    case untilClose
}

/// A request's first lines. Strings are made only when asked for.
package struct RequestHead: Sendable {
    package var method: HTTPMethod
    package var version: HTTPVersion
    package var fields: HTTPFields
    /// How the body is delimited, as the parser found it.
    package var framing: BodyFraming
    /// Whether the client lets the connection live after this exchange (RFC 9112 9.3).
    package var keepAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 10.1.1).
    package var expectsContinue: Bool
    /// The bytes that hold the target; the parser shares the buffer of `fields`.
    var line: [UInt8]
    var targetStart: Int
    var targetCount: Int
    /// Where the path starts and ends inside the target's bytes.
    var pathStart: Int
    var pathCount: Int
    /// Where the query begins in `line`, behind the question mark; -1 without one. It ends with the target.
    var queryStart: Int
    /// The authority: from an absolute target, else of the Host field. Count 0 when there is none.
    var hostStart: Int
    var hostCount: Int

    /// A head made by us, e.g. in a test.
    package init(
        method: HTTPMethod, target: String, fields: HTTPFields = HTTPFields(), version: HTTPVersion = .http11
    ) {
        self.method = method
        self.version = version
        self.fields = fields
        framing = .none
        keepAlive = version == .http11
        expectsContinue = false
        line = Array(target.utf8)
        targetStart = 0
        targetCount = line.count
        pathStart = 0
        pathCount = line.firstIndex(of: 63) ?? line.count
        queryStart = pathCount < line.count ? pathCount + 1 : -1
        hostStart = line.count
        let host = fields["host"].map { Array($0.utf8) } ?? []
        line += host
        hostCount = host.count
    }

    /// An empty head for a parser to fill.
    package init() {
        self.init(method: .get, target: "")
    }

    /// The target as it was received, e.g. `/tickets?after=7`.
    package var target: String { String(decoding: targetBytes, as: UTF8.self) }
    package var targetBytes: ArraySlice<UInt8> { line[targetStart..<targetStart + targetCount] }

    /// The target's path, not percent-decoded: what stands before `?`, `*` for `OPTIONS *`.
    package var path: String { String(decoding: pathBytes, as: UTF8.self) }
    package var pathBytes: ArraySlice<UInt8> { line[pathStart..<pathStart + pathCount] }

    /// What stands after `?`, not decoded; nil when there is no `?`.
    package var query: String? { queryBytes.map { String(decoding: $0, as: UTF8.self) } }
    package var queryBytes: ArraySlice<UInt8>? {
        queryStart < 0 ? nil : line[queryStart..<targetStart + targetCount]
    }

    /// The origin-form target (path and query), whatever form was received: what is passed to an upstream.
    package var originTargetBytes: ArraySlice<UInt8> {
        guard queryStart >= 0 else { return pathBytes }
        // Only of `http://host?query` path and query do not stand side by side.
        guard queryStart == pathStart + pathCount + 1 else { return [47, 63] + line[queryStart..<targetStart + targetCount] }
        return line[pathStart..<targetStart + targetCount]
    }

    /// Host and port as the client named them; nil when it named none (HTTP/1.0).
    package var authority: String? {
        hostCount == 0 ? nil : String(decoding: line[hostStart..<hostStart + hostCount], as: UTF8.self)
    }

    /// The authority without its port, brackets of an IPv6 address kept.
    package var hostBytes: ArraySlice<UInt8> {
        let all = line[hostStart..<hostStart + hostCount]
        guard let colon = all.lastIndex(of: 58) else { return all }
        if let bracket = all.lastIndex(of: 93), bracket > colon { return all }
        return all[all.startIndex..<colon]
    }
    package var host: String? { hostCount == 0 ? nil : String(decoding: hostBytes, as: UTF8.self) }
}
