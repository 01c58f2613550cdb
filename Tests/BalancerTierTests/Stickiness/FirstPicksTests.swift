// One browser's first pages go to one node.
import Testing
import Wire

@testable import BalancerTier

struct FirstPicksTests {
    private let start = ContinuousClock.Instant.now

    private func head(_ fields: [(String, String)], method: HTTPMethod = .get) -> RequestHead {
        var head = RequestHead()
        head.method = method
        head.fields = HTTPFields(fields)
        return head
    }

    @Test func `a visitor is an address and a browser that asks for a page; programs and images are nobody`() {
        let page = [("Accept", "text/html,application/xhtml+xml;q=0.9"), ("User-Agent", "Firefox")]
        let one = FirstPicks.visitor(head(page), address: "192.0.2.1")
        #expect(one != nil)
        #expect(FirstPicks.visitor(head(page), address: "192.0.2.1") == one)
        #expect(FirstPicks.visitor(head(page), address: "192.0.2.2") != one)
        #expect(FirstPicks.visitor(head([page[0], ("User-Agent", "Safari")]), address: "192.0.2.1") != one)
        #expect(FirstPicks.visitor(head(page, method: .post), address: "192.0.2.1") == nil)
        #expect(FirstPicks.visitor(head([("Accept", "image/avif")]), address: "192.0.2.1") == nil)
        #expect(FirstPicks.visitor(head([("Accept", "*/*")]), address: "192.0.2.1") == nil)
        #expect(FirstPicks.visitor(head([]), address: "192.0.2.1") == nil)
    }

    @Test func `a pick is remembered for some seconds`() {
        var picks = FirstPicks()
        #expect(picks.find(7, now: start, within: .seconds(3)) == nil)
        picks.remember(7, 2, now: start)
        #expect(picks.find(7, now: start + .milliseconds(2999), within: .seconds(3)) == 2)
        #expect(picks.find(8, now: start, within: .seconds(3)) == nil)
        #expect(picks.find(7, now: start + .seconds(3), within: .seconds(3)) == nil)
    }

    @Test func `it holds only as long as its node has not more than its part and takes new people`() {
        var nodes = NodeTable()
        _ = nodes.apply((0..<2).map { Member(name: "web-\($0)", address: "unix:/\($0)") }, now: start)
        for slot in 0..<2 { _ = nodes.checked(slot, .passed, now: start) }
        var followed = 0
        while nodes.isFair(0, now: start), followed < 100 {
            nodes.began(0)
            followed += 1
        }
        #expect(followed == 11, "an office behind one address is spread all the same")
        for _ in 0..<20 { nodes.began(1) }
        #expect(nodes.isFair(0, now: start))
        _ = nodes.checked(0, .refused, now: start)
        #expect(!nodes.isFair(0, now: start))
        #expect(!nodes.isFair(9, now: start))
    }
}
