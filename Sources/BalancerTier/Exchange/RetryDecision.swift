// What to do when sending a request to a node failed: another node, or an answer that says what to do.
import Wire

/// Pure: the exchange tells what happened, this says what may follow. The rule of HTTP (RFC 9110 9.2.2): a request of which
/// nothing reached a node may be repeated whatever it is; an idempotent one until its answer begins towards the customer;
/// an unsafe one only where its replay id makes it take effect once.
package struct RetryDecision: Sendable, Equatable {
    /// How far the request got at the node that failed.
    package enum Reached: Sendable, Equatable {
        /// No byte left us.
        case nothing
        /// Some or all of it was sent, no answer came.
        case request
        /// The head of an answer had come.
        case answer
    }

    package enum Fault: Sendable, Equatable {
        /// The connection failed or broke.
        case broken
        /// The node took too long.
        case timedOut
        /// What the node sent is not HTTP.
        case malformed
    }

    /// What is known of the exchange when a node failed it.
    package struct Situation: Sendable {
        package var isIdempotent: Bool
        /// The request can be sent again from its start: its body is held, or it has none, or none of it was taken from the customer.
        package var canRepeatBody: Bool
        /// It carries a replay id that the node's tier honours.
        package var isReplaySafe: Bool
        /// Bytes of an answer went to the customer.
        package var answerBegun: Bool
        package var reached: Reached
        package var fault: Fault
        /// How many nodes it was sent to so far.
        package var attempts: Int
        package var maxAttempts: Int

        package init(
            isIdempotent: Bool, canRepeatBody: Bool, isReplaySafe: Bool, answerBegun: Bool, reached: Reached, fault: Fault, attempts: Int,
            maxAttempts: Int
        ) {
            self.isIdempotent = isIdempotent
            self.canRepeatBody = canRepeatBody
            self.isReplaySafe = isReplaySafe
            self.answerBegun = answerBegun
            self.reached = reached
            self.fault = fault
            self.attempts = attempts
            self.maxAttempts = maxAttempts
        }

        /// Whether sending it again does no harm. A node that took too long may still be at it: the same again would only double the load.
        package var mayRepeat: Bool {
            !answerBegun && canRepeatBody && (reached == .nothing || fault != .timedOut && (isIdempotent || isReplaySafe))
        }
    }

    package enum Action: Sendable, Equatable {
        case tryAnotherNode
        case answer(Failure)
        /// The answer has begun: all that is left is to cut it, so that the customer sees it is not whole.
        case cut
    }

    package static func decide(_ it: Situation) -> Action {
        if it.answerBegun { return .cut }
        let nothingHappened = it.reached == .nothing
        if it.mayRepeat, it.attempts < it.maxAttempts { return .tryAnotherNode }
        if nothingHappened { return .answer(noNode(after: 1)) }
        let retry: Failure.Retry = it.isIdempotent || it.isReplaySafe ? .after(seconds: 1) : .never
        let hint =
            it.isIdempotent || it.isReplaySafe
            ? "Try again in a moment." : "Look whether it took effect before you send it again: we cannot know."
        switch it.fault {
        case .timedOut:
            return .answer(
                Failure(
                    whose: .upstream, retry: retry, status: 504, code: "node-timeout", reason: "The node that was asked took too long to answer.",
                    hint: hint))
        case .broken, .malformed:
            return .answer(
                Failure(
                    whose: .upstream, retry: retry, status: 502, code: "node-failed", reason: "The node that was asked failed before it had answered.",
                    hint: hint))
        }
    }

    /// No node could be reached; nothing took effect.
    package static func noNode(after seconds: Int) -> Failure {
        Failure(
            whose: .upstream, retry: .after(seconds: seconds), status: 503, code: "no-node-ready",
            reason: "No node is ready to answer at the moment.", hint: "Nothing was changed. Try again in \(seconds == 1 ? "a second" : "\(seconds) seconds").")
    }
}
