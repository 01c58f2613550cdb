#if HTTP2
// Peers that abuse what HTTP/2 makes cheap for them: each limit, its abuser, and somebody who is served all the while.
import Engine
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct HTTP2FloodTests {
    private static let calm: UInt32 = 11

    /// So many cheap frames in one go.
    struct Flood: Sendable, CustomTestStringConvertible {
        let name: String
        let say: @Sendable (FrameClient) throws -> [UInt8]
        var testDescription: String { name }
        init(_ name: String, _ say: @escaping @Sendable (FrameClient) throws -> [UInt8]) {
            self.name = name
            self.say = say
        }
    }

    private static func many(_ count: Int, _ frame: (Int) -> [UInt8]) -> [UInt8] { (0..<count).flatMap(frame) }

    static let floods: [Flood] = [
        .init("streams opened and reset (CVE-2023-44487)") { _ in
            many(400) { index in
                FrameClient.frame(.headers, flags: 5, stream: 1 + 2 * index, payload: FrameClient.block(FrameClient.fields("GET", "/wait")))
                    + FrameClient.frame(.reset, stream: 1 + 2 * index, payload: [0, 0, 0, 8])
            }
        },
        .init("streams we are made to reset (CVE-2025-8671)") { client in
            for round in 0..<20 {
                try client.send(many(20) { index in
                    let stream = 1 + 2 * (20 * round + index)
                    return FrameClient.frame(.headers, flags: 5, stream: stream, payload: FrameClient.block(FrameClient.fields("GET", "/")))
                        + FrameClient.frame(.windowUpdate, stream: stream, payload: [127, 255, 255, 255])
                })
                try client.settle()
            }
            return []
        },
        .init("SETTINGS (CVE-2019-9515)") { _ in many(200) { _ in FrameClient.frame(.settings) } },
        .init("acknowledgements of SETTINGS") { _ in many(200) { _ in FrameClient.frame(.settings, flags: 1) } },
        .init("PING (CVE-2019-9512)") { _ in many(200) { _ in FrameClient.frame(.ping, payload: [0, 0, 0, 0, 0, 0, 0, 0]) } },
        .init("answers to PING") { _ in many(200) { _ in FrameClient.frame(.ping, flags: 1, payload: [0, 0, 0, 0, 0, 0, 0, 0]) } },
        .init("DATA of nothing (CVE-2019-9518)") { client in
            try client.headers(1, FrameClient.fields("POST", "/echo"), ends: false)
            return many(200) { _ in FrameClient.frame(.data, stream: 1) }
        },
        .init("DATA of padding alone") { client in
            try client.headers(1, FrameClient.fields("POST", "/echo"), ends: false)
            return many(200) { _ in FrameClient.frame(.data, flags: 8, stream: 1, payload: [3, 0, 0, 0]) }
        },
        .init("PRIORITY (CVE-2019-9513)") { _ in many(2000) { index in FrameClient.frame(.priority, stream: 1 + 2 * (index % 50), payload: [0, 0, 0, 0, 16]) } },
        .init("PRIORITY_UPDATE") { _ in many(2000) { _ in FrameClient.frame(.priorityUpdate, payload: [0, 0, 0, 1] + Array("u=1".utf8)) } },
        .init("WINDOW_UPDATE") { _ in many(3000) { _ in FrameClient.frame(.windowUpdate, payload: [0, 0, 0, 1]) } },
        .init("frames of unknown types") { _ in many(200) { _ in FrameClient.frame(.unknown) } },
    ]

    @Test(arguments: floods) func `a flood ends its connection with ENHANCE_YOUR_CALM, others go on`(flood: Flood) async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client(), other = try site.client()
        try client.settle()
        // The connection may be gone before all is said.
        if let bytes = try? flood.say(client) { try? client.send(bytes) }
        #expect(client.ending() == Self.calm)
        site.seen.change { $0.isReleased = true }
        try other.request(1, "GET", "/")
        #expect(try other.answer(1).text == "ok")
        await until { site.seen.now.left == site.seen.now.entered }
        // At no time more handlers than streams are allowed.
        #expect(site.seen.now.entered <= HTTP2Options().streams)
        await site.stop()
    }

    @Test func `what a browser does is no flood`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        for index in 0..<500 {
            let stream = 1 + 2 * index
            try client.send(.priority, stream: stream, payload: [0, 0, 0, 0, 16])
            try client.request(stream, "GET", index % 2 == 0 ? "/" : "/pieces")
            if index % 5 == 0 { try client.reset(stream) } else { #expect(try client.answer(stream).status == 200) }
        }
        #expect(client.goAway == nil)
        await site.stop()
    }

    @Test func `streams beyond those allowed are refused, and can be tried again (5.1.2)`() async throws {
        var options = HTTPServerOptions()
        options.http2.streams = 4
        let site = try await HTTP2Site.start(options)
        let client = try site.client()
        // Streams that were reset count until their handlers have returned.
        for stream in [1, 3, 5, 7] {
            try client.request(stream, "GET", "/wait")
            await until { site.seen.now.entered == (stream + 1) / 2 }
            try client.reset(stream)
        }
        try client.request(9, "GET", "/")
        #expect(try client.answer(9).reset == 7)
        site.seen.change { $0.isReleased = true }
        await until { site.seen.now.left == 4 }
        try client.settle()
        try client.request(11, "GET", "/")
        #expect(try client.answer(11).text == "ok")
        await site.stop()
    }

    @Test func `a client that ignores how many streams are allowed loses its connection or the stream`() async throws {
        var options = HTTPServerOptions()
        options.http2.streams = 4
        let site = try await HTTP2Site.start(options)
        let client = try site.client()
        try client.settle()
        for index in 0..<8 { try? client.request(1 + 2 * index, "GET", "/wait") }
        while client.goAway == nil, client.answers[9]?.reset == nil { try client.next() }
        #expect(site.seen.now.entered <= 4)
        site.seen.change { $0.isReleased = true }
        await site.stop()
    }

    @Test func `CONTINUATION without end is cut, with and without content (CVE-2024-28182)`() async throws {
        let site = try await HTTP2Site.start()
        for payload in [[], FrameClient.block([("x", "y")])] {
            let client = try site.client()
            try client.send(.headers, stream: 1, payload: FrameClient.block(FrameClient.fields("GET", "/")))
            for _ in 0..<200 where (try? client.send(.continuation, stream: 1, payload: payload)) == nil { break }
            _ = client.ending()
        }
        await until { await site.server.server.connectionCount() == 0 }
        #expect(site.seen.now.heads.isEmpty)
        await site.stop()
    }

    @Test func `a few bytes that stand for a list without end cost the connection (RFC 7541 7.3)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        // One long field into the table, then 10,000 bytes that name it each.
        let first = FrameClient.block(FrameClient.fields("GET", "/"))
        let long = [0x40, 1, 120, 127] + [0xA1, 0x1E] + [UInt8](repeating: 121, count: 4000)
        try client.send(.headers, flags: 1, stream: 1, payload: first + long)
        try? client.send(.continuation, flags: 4, stream: 1, payload: [UInt8](repeating: 0xBE, count: 10_000))
        _ = client.ending()
        await until { await site.server.server.connectionCount() == 0 }
        #expect(site.seen.now.heads.isEmpty)
        await site.stop()
    }

    // MARK: Time

    @Test func `who connects and says nothing, or stops in a header block, is cut in time`() async throws {
        let site = try await HTTP2Site.start(HTTP2Site.quick)
        let mute = try FrameClient(port: site.port, preface: false)
        let half = try site.client()
        try half.send(.headers, stream: 1, payload: FrameClient.block(FrameClient.fields("GET", "/")))
        _ = mute.ending()
        _ = half.ending()
        await until { await site.server.server.connectionCount() == 0 }
        await site.stop()
    }

    @Test func `a connection without streams is ended gracefully, PING does not keep it`() async throws {
        let site = try await HTTP2Site.start(HTTP2Site.quick)
        let client = try site.client()
        try client.request(1, "GET", "/")
        #expect(try client.answer(1).text == "ok")
        var code: UInt32?
        for _ in 0..<60 where code == nil {
            try? client.send(.ping, payload: [1, 2, 3, 4, 5, 6, 7, 8])
            try? await Task.sleep(for: .milliseconds(100))
            if client.pongs < 50, (try? client.next()) == nil { break }
            code = client.goAway?.code
        }
        #expect(client.ending() == 0)
        await site.stop()
    }

    @Test func `a body that stalls is 408, its connection stays`() async throws {
        let site = try await HTTP2Site.start(HTTP2Site.quick)
        let client = try site.client()
        try client.headers(1, FrameClient.fields("POST", "/echo"), ends: false)
        try client.data(1, [1, 2, 3], ends: false)
        #expect(try client.answer(1).status == 408)
        try client.request(3, "GET", "/")
        #expect(try client.answer(3).text == "ok")
        await site.stop()
    }

    @Test func `a window that is never opened costs the stream, whether its handler waits or has gone`() async throws {
        let site = try await HTTP2Site.start(HTTP2Site.quick)
        let client = try site.client(settings: [(4, 0)])
        client.opensWindows = false
        try client.request(1, "GET", "/flood")
        try client.request(3, "GET", "/")
        #expect(try client.answer(1).reset == 8)
        #expect(try client.answer(3).reset == 8)
        await until { site.seen.now.failures == ["client-gone"] }
        await site.stop()
    }

    @Test func `a connection window that is never opened costs the connection`() async throws {
        let site = try await HTTP2Site.start(HTTP2Site.quick)
        let client = try site.client(settings: [(4, 1_000_000)])
        client.opensWindows = false
        try client.request(1, "GET", "/flood")
        _ = client.ending()
        await until { site.seen.now.failures == ["client-gone"] }
        #expect(client.dataBytes == 65_535)
        await site.stop()
    }

    @Test func `a client that reads nothing is cut`() async throws {
        let site = try await HTTP2Site.start(HTTP2Site.quick)
        let client = try site.client(settings: [(4, UInt32(Int32.max))])
        try client.openWindow(0, by: 1 << 30)
        for index in 0..<20 { try client.request(1 + 2 * index, "GET", "/flood") }
        await until { await site.server.server.connectionCount() == 0 }
        await until { site.seen.now.failures.count == 20 }
        withExtendedLifetime(client) {}
        await site.stop()
    }
}
#endif
