// How a client's request failed, and how far it had come.

/// Why there is no (complete) answer.
package struct HTTPClientFailure: Error, Sendable, CustomStringConvertible {
    /// How far the request had come: what may be sent again follows from it.
    package enum Reached: Sendable, Hashable {
        /// No byte left: any request may be sent again, anywhere.
        case nothing
        /// Some or all of the request left, nothing came back: only what is idempotent (or carries a replay id) may be repeated.
        case request
        /// The answer had begun.
        case answerBegun
    }

    package enum Cause: Sendable, Hashable {
        /// No connection: refused, no such host or socket.
        case connect
        /// TLS could not be agreed on, or the peer is not who it should be.
        case tls
        /// The connection broke or ended early.
        case broken
        /// The time was over.
        case timeout
        /// What came back is not HTTP, or longer than the limit.
        case badAnswer
        /// The task was cancelled or the exchange abandoned.
        case cancelled
    }

    package let reached: Reached
    package let cause: Cause
    package let reason: String

    package init(_ cause: Cause, reached: Reached, _ reason: String) {
        self.cause = cause
        self.reached = reached
        self.reason = reason
    }

    package var description: String { "\(reason) (\(cause), reached: \(reached))" }
}
