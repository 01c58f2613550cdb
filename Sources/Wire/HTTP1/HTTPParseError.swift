// What is wrong with a message that the parser refuses, and the limits it refuses beyond.

/// Why a message was refused: the status to answer, a reason a person can act on, the place and the rule.
package struct HTTPParseError: Error, Sendable {
    /// The status a server answers with; a client reports any of them as a bad answer.
    package let status: HTTPStatus
    package let reason: String
    /// The rule that was broken, e.g. `RFC 9112 5.1`.
    package let rule: String
    /// How many bytes into the message (or chunked body) the fault was found.
    package let offset: Int

    package init(_ status: HTTPStatus, _ reason: String, rule: String, offset: Int) {
        self.status = status
        self.reason = reason
        self.rule = rule
        self.offset = offset
    }

    /// A fault answered with 400.
    package init(_ reason: String, rule: String, offset: Int) {
        self.init(.badRequest, reason, rule: rule, offset: offset)
    }
}

/// How large a head may be.
package struct HeadLimits: Sendable, Hashable {
    /// Bytes of the whole head, request line and blank line included; beyond is 431. Default 32768.
    package var headBytes = 32768
    /// Fields in one head; beyond is 431. Default 128.
    package var fieldCount = 128
    /// Bytes of a request target; beyond is 414. Default 8192.
    package var targetBytes = 8192

    package init() {}

    /// What a node behind a balancer takes: the largest head a customer may send, and what a balancer adds to it (who forwards,
    /// for whom, the ids of the request). Otherwise the node would refuse what its balancer has admitted.
    package static let behindBalancer: HeadLimits = {
        var limits = HeadLimits()
        limits.fieldCount += 16
        limits.headBytes += 4096
        return limits
    }()
}
