// When a node counts as up, suspicious or down.
import Testing

@testable import BalancerTier

struct NodeHealthTests {
    private let start = ContinuousClock.Instant.now

    private func up() -> NodeHealth {
        var health = NodeHealth(.init(), now: start)
        #expect(health.checked(.passed, now: start) == .admitted)
        return health
    }

    @Test func `a node that joins is checked at once, then quickly, and one pass admits it`() {
        var health = NodeHealth(.init(), now: start)
        #expect(health.standing == .joining)
        #expect(health.nextCheck == start)
        #expect(health.checked(.refused, now: start) == nil)
        #expect(health.nextCheck == start + .milliseconds(100))
        #expect(health.checked(.passed, now: start + .milliseconds(100)) == .admitted)
        #expect(health.standing == .up)
        #expect(health.nextCheck == start + .milliseconds(1100))
    }

    @Test func `a node that never comes is checked quickly for a minute, then each second`() {
        var health = NodeHealth(.init(), now: start)
        _ = health.checked(.refused, now: start + .seconds(61))
        #expect(health.nextCheck == start + .seconds(62))
        #expect(health.standing == .joining)
    }

    @Test func `silence has to repeat itself before a node is lost`() {
        var health = up()
        #expect(health.checked(.failed, now: start) == nil)
        #expect(health.standing == .suspicious)
        #expect(health.nextCheck == start + .milliseconds(100))
        #expect(health.checked(.failed, now: start) == nil)
        #expect(health.checked(.failed, now: start) == .lost)
        #expect(health.standing == .down)
    }

    @Test(arguments: [NodeHealth.Check.refused, .notReady])
    func `a closed door or a plain no loses a node at once`(check: NodeHealth.Check) {
        var health = up()
        #expect(health.checked(check, now: start) == .lost)
        #expect(health.standing == .down)
        #expect(health.nextCheck == start + .milliseconds(100))
    }

    @Test func `a lost node needs two passes in a row to come back`() {
        var health = up()
        _ = health.checked(.refused, now: start)
        #expect(health.checked(.passed, now: start) == nil)
        #expect(health.standing == .down)
        #expect(health.checked(.failed, now: start) == nil)
        #expect(health.checked(.passed, now: start) == nil)
        #expect(health.checked(.passed, now: start) == .recovered)
        #expect(health.standing == .up)
    }

    @Test func `a failed connection makes a node suspicious at once and asks for one check`() {
        var health = up()
        let first = health.connectionFailed(now: start)
        #expect(first)
        #expect(health.standing == .suspicious)
        #expect(health.nextCheck == start)
        let again = health.connectionFailed(now: start)
        #expect(!again)
        #expect(health.checked(.passed, now: start) == nil)
        #expect(health.standing == .up)
    }

    @Test func `failed connections to a node that is down change nothing`() {
        var health = up()
        _ = health.checked(.refused, now: start)
        let again = health.connectionFailed(now: start)
        #expect(!again)
        #expect(health.standing == .down)
    }

    @Test func `a replaced process is checked at once and one pass brings it back`() {
        var health = up()
        _ = health.checked(.refused, now: start)
        health.replaced(now: start + .seconds(5))
        #expect(health.nextCheck == start + .seconds(5))
        #expect(health.checked(.passed, now: start + .seconds(5)) == .admitted)
    }
}
