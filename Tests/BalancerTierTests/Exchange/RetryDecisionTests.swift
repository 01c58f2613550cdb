// What may be sent again, and what is answered when it may not.
import Testing
import Wire

@testable import BalancerTier

struct RetryDecisionTests {
    private func situation(
        idempotent: Bool = true, body: Bool = true, replay: Bool = false, begun: Bool = false, reached: RetryDecision.Reached = .request,
        fault: RetryDecision.Fault = .broken, attempts: Int = 1
    ) -> RetryDecision.Situation {
        .init(
            isIdempotent: idempotent, canRepeatBody: body, isReplaySafe: replay, answerBegun: begun, reached: reached, fault: fault,
            attempts: attempts, maxAttempts: 3)
    }

    private func status(_ action: RetryDecision.Action) -> Int? {
        if case .answer(let failure) = action { failure.status } else { nil }
    }

    @Test func `what reached nobody is sent to another node, whatever the method`() {
        #expect(RetryDecision.decide(situation(idempotent: false, reached: .nothing)) == .tryAnotherNode)
        #expect(RetryDecision.decide(situation(idempotent: false, reached: .nothing, fault: .timedOut)) == .tryAnotherNode)
    }

    @Test func `an idempotent request is repeated until its answer has begun towards the customer (RFC 9110 9.2.2)`() {
        #expect(RetryDecision.decide(situation()) == .tryAnotherNode)
        #expect(RetryDecision.decide(situation(reached: .answer)) == .tryAnotherNode)
        #expect(RetryDecision.decide(situation(begun: true, reached: .answer)) == .cut)
    }

    @Test func `an unsafe request is repeated only under a replay id that is honoured`() {
        #expect(status(RetryDecision.decide(situation(idempotent: false))) == 502)
        #expect(RetryDecision.decide(situation(idempotent: false, replay: true)) == .tryAnotherNode)
        #expect(status(RetryDecision.decide(situation(idempotent: false, body: false, replay: true))) == 502)
    }

    @Test func `a body that is gone cannot be repeated`() {
        #expect(status(RetryDecision.decide(situation(body: false))) == 502)
        #expect(status(RetryDecision.decide(situation(body: false, reached: .nothing))) == 503)
    }

    @Test func `a slow node is not relieved by asking another the same`() {
        #expect(status(RetryDecision.decide(situation(fault: .timedOut))) == 504)
        #expect(status(RetryDecision.decide(situation(idempotent: false, replay: true, fault: .timedOut))) == 504)
    }

    @Test func `after the last attempt the answer says whether to try again`() throws {
        #expect(status(RetryDecision.decide(situation(attempts: 3))) == 502)
        guard case .answer(let failure) = RetryDecision.decide(situation(reached: .nothing, attempts: 3)) else {
            Issue.record("no answer")
            return
        }
        #expect(failure.status == 503)
        #expect(failure.retryAfter == 1)
        guard case .answer(let unsure) = RetryDecision.decide(situation(idempotent: false)) else {
            Issue.record("no answer")
            return
        }
        #expect(unsure.retry == .never)
    }
}
