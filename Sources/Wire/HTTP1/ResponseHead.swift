// The head of an answer: status line and fields.

/// An answer's first lines.
package struct ResponseHead: Sendable {
    package var status: HTTPStatus
    package var fields: HTTPFields
    package var version: HTTPVersion
    /// How the body is delimited, as the parser found it; for a head made by us the writer decides.
    package var framing: BodyFraming
    /// Whether the sender lets the connection live after this answer.
    package var keepAlive: Bool

    package init(status: HTTPStatus, fields: HTTPFields = HTTPFields(), version: HTTPVersion = .http11) {
        self.status = status
        self.fields = fields
        self.version = version
        framing = .none
        keepAlive = version == .http11
    }
}
