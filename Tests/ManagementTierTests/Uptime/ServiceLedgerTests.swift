// Availability from intervals: exact to the millisecond, blind time in neither side.
import SupportCentre
import Testing
@testable import ManagementTier

struct ServiceLedgerTests {
    func ledger(_ outages: [(String, Milliseconds, Milliseconds)], watched: [Interval] = [Interval(0, 1_000_000)]) -> ServiceLedger {
        ServiceLedger(
            members: [
                .init(node: "web-1", service: .pages, during: Interval(0, 1_000_000)),
                .init(node: "web-2", service: .pages, during: Interval(0, 1_000_000)),
                .init(node: "data-1", service: .records, during: Interval(0, 1_000_000)),
            ],
            outages: outages.map { .init(node: $0.0, during: Interval($0.1, $0.2)) }, watched: watched)
    }
    let window = Interval(0, 1_000_000)

    @Test func `a part is down only while all its nodes are`() {
        let segments = ledger([("web-1", 100, 500), ("web-2", 300, 600)]).segments(of: .pages, in: window)
        #expect(segments.map(\.state) == [.operational, .reduced, .down, .reduced, .operational])
        #expect(segments[2].during == Interval(300, 500))
        let availability = Availability(segments)
        #expect(availability.down == 200)
        #expect(availability.reduced == 300)
        #expect(availability.ratio == 0.9998)
        #expect(availability.text == "99.98 %")
        #expect(availability.worst == .down)
    }

    @Test func `one node less is no downtime, the other parts do not care`() {
        let ledger = ledger([("web-1", 0, 900_000)])
        #expect(Availability(ledger.segments(of: .pages, in: window)).text == "100 %")
        #expect(ledger.segments(of: .records, in: window).map(\.state) == [.operational])
        #expect(ledger.segments(of: .reports, in: window).map(\.state) == [.absent])
    }

    @Test func `overlapping outages of one node count once`() {
        let segments = ledger([("data-1", 0, 500), ("data-1", 400, 700)]).segments(of: .records, in: window)
        #expect(Availability(segments).down == 700)
    }

    @Test func `time the watch did not see is in neither side`() {
        let ledger = ledger([("data-1", 100_000, 200_000)], watched: [Interval(0, 400_000), Interval(900_000, 1_000_000)])
        let availability = Availability(ledger.segments(of: .records, in: window))
        #expect(availability.unknown == 500_000)
        #expect(availability.ratio == 0.8)
    }

    @Test func `a node counts only while it is a member`() {
        var ledger = ledger([("web-1", 0, 1_000_000)])
        ledger.members[0].during = Interval(0, 500_000)
        ledger.members[1].during = Interval(400_000, 1_000_000)
        let availability = Availability(ledger.segments(of: .pages, in: window))
        #expect(availability.down == 400_000)
        #expect(availability.reduced == 100_000)
        #expect(availability.up == 500_000)
    }

    @Test func `segments have no gaps and add up, whatever the intervals`() {
        var seed: UInt64 = 42
        func next(_ bound: Milliseconds) -> Milliseconds {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Milliseconds(seed >> 33) % bound
        }
        for _ in 0..<300 {
            let outages = (0..<20).map { _ -> (String, Milliseconds, Milliseconds) in
                let begin = next(1_000_000)
                return (["web-1", "web-2"][Int(next(2))], begin, begin + next(100_000))
            }
            let watched = (0..<5).map { _ -> Interval in
                let begin = next(1_000_000)
                return Interval(begin, begin + next(400_000))
            }
            let ledger = ledger(outages, watched: watched)
            let segments = ledger.segments(of: .pages, in: window)
            var at: Milliseconds = 0
            for segment in segments {
                #expect(segment.during.begin == at)
                at = segment.during.end
                // The state in the middle, worked out the slow way.
                let middle = (segment.during.begin + segment.during.end) / 2
                let isWatched = watched.contains { $0.begin <= middle && middle < $0.end }
                let down = ["web-1", "web-2"].filter { node in
                    outages.contains { $0.0 == node && $0.1 <= middle && middle < $0.2 }
                }.count
                let expected: ServiceState = !isWatched ? .unknown : down == 0 ? .operational : down == 1 ? .reduced : .down
                #expect(segment.state == expected)
            }
            #expect(at == 1_000_000)
        }
    }

    @Test func `no downtime is rounded away`() {
        var ledger = ledger([("data-1", 0, 1)])
        ledger.outages[0].during = Interval(0, 1)
        #expect(Availability(ledger.segments(of: .records, in: window)).text == "99.99 %")
        #expect(Availability([]).text == "no data")
    }

    @Test func `ninety days end with today`() {
        let now: Milliseconds = 1_795_000_000_000
        let days = LedgerWindow.days(90, until: now)
        #expect(days.count == 90)
        #expect(days.last?.end == now)
        #expect(days.dropLast().allSatisfy { $0.length == LedgerWindow.day && $0.begin % LedgerWindow.day == 0 })
        #expect(zip(days, days.dropFirst()).allSatisfy { $0.end == $1.begin })
    }
}
