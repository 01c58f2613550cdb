#if HTTP2
// Flow control in both directions (RFC 9113 5.2): nobody is made to hold what the other side does not take.
import Engine
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct HTTP2FlowTests {
    @Test func `an answer goes only as far as the client's windows, and its handler with it`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client(settings: [(4, 100_000)])
        client.opensWindows = false
        try client.openWindow(0, by: 1_000_000)
        try client.request(1, "GET", "/flood")
        while client.dataBytes < 100_000 { try client.next() }
        try client.settle()
        #expect(client.dataBytes == 100_000)
        #expect(site.seen.now.produced <= 100_000 + 65_536)
        // Another stream has a window of its own.
        try client.request(3, "GET", "/")
        #expect(try client.answer(3).text == "ok")
        try client.openWindow(1, by: 50_000)
        while client.dataBytes < 150_002 { try client.next() }
        try client.settle()
        #expect(client.dataBytes == 150_002)
        await site.stop()
    }

    @Test func `the connection's window holds for all streams together`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client(settings: [(4, 1_000_000)])
        client.opensWindows = false
        for stream in [1, 3, 5] { try client.request(stream, "GET", "/flood") }
        while client.dataBytes < 65_535 { try client.next() }
        try client.settle()
        #expect(client.dataBytes == 65_535)
        await site.stop()
    }

    @Test func `a window may shrink below nothing and be opened again (6.9.2)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client(settings: [(4, 50_000)])
        client.opensWindows = false
        try client.openWindow(0, by: 1_000_000)
        try client.request(1, "GET", "/flood")
        while client.dataBytes < 50_000 { try client.next() }
        try client.send(.settings, payload: [0, 4, 0, 0, 0, 10])
        try client.openWindow(1, by: 49_000)
        try client.settle()
        #expect(client.dataBytes == 50_000)
        try client.openWindow(1, by: 1_000)
        while client.dataBytes < 50_010 { try client.next() }
        try client.settle()
        #expect(client.dataBytes == 50_010)
        await site.stop()
    }

    @Test func `a body that nobody reads holds its client back, and others go on`() async throws {
        var options = HTTPServerOptions()
        options.http2.streamWindow = 65_535
        let site = try await HTTP2Site.start(options)
        let client = try site.client()
        try client.settle()
        try client.headers(1, FrameClient.fields("POST", "/late"), ends: false)
        try client.data(1, [UInt8](repeating: 1, count: 65_535), ends: false)
        try client.settle()
        let before = client.windowUpdates
        try client.request(3, "POST", "/echo", body: Array("x".utf8))
        #expect(try client.answer(3).text == "x")
        #expect(client.windowUpdates == before)
        site.seen.change { $0.isReleased = true }
        while client.windowUpdates == before { try client.next() }
        try client.data(1, [UInt8](repeating: 1, count: 1000))
        #expect(try client.answer(1).text == "66535")
        await site.stop()
    }

    @Test func `who sends more than the window is cut off (6.9.1)`() async throws {
        var options = HTTPServerOptions()
        options.http2.streamWindow = 65_535
        let site = try await HTTP2Site.start(options)
        let client = try site.client()
        try client.settle()
        try client.headers(1, FrameClient.fields("POST", "/late"), ends: false)
        try? client.data(1, [UInt8](repeating: 1, count: 65_536), ends: false)
        while client.answers[1]?.reset == nil, client.goAway == nil { try client.next() }
        #expect(client.answers[1]?.reset ?? client.goAway?.code == 3)
        site.seen.change { $0.isReleased = true }
        await site.stop()
    }

    @Test func `bodies that were never read give their part of the connection's window back`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.settle()
        // Ten times what the connection's window holds, in all.
        for index in 0..<40 {
            let stream = 1 + 2 * index
            try client.headers(stream, FrameClient.fields("POST", "/unread"), ends: false)
            try client.data(stream, [UInt8](repeating: 1, count: 250_000), ends: false)
            #expect(try client.answer(stream).status == 200)
        }
        await site.stop()
    }

    @Test func `a large answer and a small one share the connection`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.request(1, "GET", "/large")
        try client.request(3, "GET", "/")
        #expect(try client.answer(3).text == "ok")
        #expect(try client.answer(1).body.count == 3_000_000)
        await site.stop()
    }
}
#endif
