// The counting of cheap frames and of patience, by the clock a test sets.
import Testing

@testable import Engine

struct FrameBudgetsTests {
    private func spent(_ budgets: inout FrameBudgets, _ kind: FrameBudgets.Kind, now: UInt64) -> Int {
        var count = 0
        while count < 100_000, budgets.spend(kind, now: now) { count += 1 }
        return count
    }

    /// `#expect` does not take what changes its argument.
    private func expect(_ wanted: Int, _ found: Int, _ place: SourceLocation = #_sourceLocation) { #expect(found == wanted, sourceLocation: place) }

    @Test(arguments: FrameBudgets.Kind.allCases)
    func `a burst is allowed, then so many a second, never more than the burst`(kind: FrameBudgets.Kind) {
        var options = HTTP2Options()
        let rate = HTTP2Options.Rate(burst: 50, perSecond: 4)
        (options.resets, options.settings, options.pings, options.emptyFrames) = (rate, rate, rate, rate)
        (options.priorities, options.otherFrames, options.windowUpdates) = (rate, rate, rate)
        var budgets = FrameBudgets(options, now: 1000)
        expect(50, spent(&budgets, kind, now: 1000))
        expect(0, spent(&budgets, kind, now: 1249))
        expect(1, spent(&budgets, kind, now: 1250))
        expect(8, spent(&budgets, kind, now: 3250))
        expect(50, spent(&budgets, kind, now: 10_000_000_000))
    }

    @Test func `one kind does not pay for another`() {
        var budgets = FrameBudgets(HTTP2Options(), now: 0)
        expect(HTTP2Options().pings.burst, spent(&budgets, .pings, now: 0))
        let other = budgets.spend(.settings, now: 0)
        #expect(other)
    }

    @Test func `who takes answers may open windows for them, who takes them byte by byte may not`() {
        var options = HTTP2Options()
        options.windowUpdates = .init(burst: 10, perSecond: 0)
        options.bytesPerWindowUpdate = 100
        var budgets = FrameBudgets(options, now: 0)
        for _ in 0..<1000 {
            budgets.sent(16384)
            let both = [budgets.spend(.windowUpdates, now: 0), budgets.spend(.windowUpdates, now: 0)]
            #expect(both == [true, true])
        }
        expect(8, spent(&budgets, .windowUpdates, now: 0))
        var count = 0
        for _ in 0..<1000 {
            budgets.sent(1)
            if budgets.spend(.windowUpdates, now: 0) { count += 1 }
        }
        #expect(count == 10)
    }

    @Test(arguments: [1, 2, 3, 9, 10, 4000]) func `frames are found in pieces of any size (RFC 9113 4.1)`(piece: Int) {
        let headers = [FrameHeader(length: 0, type: 4, flags: 0), FrameHeader(length: 300, type: 0, flags: 1), FrameHeader(length: 70_000, type: 99, flags: 8), FrameHeader(length: 0, type: 4, flags: 1)]
        var bytes = [UInt8](repeating: 80, count: 24)
        for header in headers {
            bytes += [UInt8(header.length >> 16), UInt8(header.length >> 8 & 255), UInt8(header.length & 255), header.type, header.flags, 0, 0, 0, 1]
            bytes += [UInt8](repeating: 4, count: header.length)
        }
        var scanner = FrameScanner(), found: [FrameHeader] = [], start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + piece)
            scanner.scan(bytes.span.extracting(start..<end)) { found.append($0) }
            start = end
        }
        #expect(found == headers)
        #expect(found.map(\.kind) == [.settings, nil, .otherFrames, .settings])
    }

    @Test func `only the time spent waiting counts against a client`() {
        let pace = Pace(pause: 1000, rate: 100)
        var stall = Stall()
        #expect(stall.deadline(pace) == .max)
        stall.begin(now: 5000)
        stall.begin(now: 5500)
        #expect(stall.deadline(pace) == 6000)
        stall.moved(50, now: 5900)
        #expect(stall.deadline(pace) == .max)
        // 1000 and half a second for 50 bytes were earned, 900 are gone.
        stall.begin(now: 20_000)
        #expect(stall.deadline(pace) == 20_600)
        stall.moved(0, now: 20_600)
        stall.begin(now: 30_000)
        #expect(stall.deadline(pace) == 30_001)
    }
}
