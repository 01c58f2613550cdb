#if HTTP2
// RFC 9113 by section: what a client may not do, and what that costs it: its stream, or its connection.
import Engine
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct HTTP2RulesTests {
    /// A client's fault that costs one stream, and how the server says so.
    struct StreamFault: Sendable, CustomTestStringConvertible {
        let rule: String
        /// The statuses or codes of RST_STREAM that may come; both when the answer was under way.
        let status: Int?
        let reset: UInt32?
        let say: @Sendable (FrameClient) throws -> Void
        var testDescription: String { rule }

        init(_ rule: String, status: Int? = nil, reset: UInt32? = nil, _ say: @escaping @Sendable (FrameClient) throws -> Void) {
            self.rule = rule
            self.status = status
            self.reset = reset
            self.say = say
        }
    }

    private static func get(_ more: [(String, String)]) -> [(String, String)] { FrameClient.fields("GET", "/", more) }

    static let streamFaults: [StreamFault] = [
        .init("8.2.1 capital letters in a name", status: 400) { try $0.headers(1, get([("X-Capital", "1")])) },
        .init("8.2.1 CR LF in a value", status: 400) { try $0.headers(1, get([("x", "1\r\nevil: 1")])) },
        .init("8.2.1 NUL in a value", status: 400) { try $0.headers(1, get([("x", "1\0")])) },
        .init("8.2.2 transfer-encoding", status: 400) { try $0.headers(1, get([("transfer-encoding", "chunked")])) },
        .init("8.2.2 connection", status: 400) { try $0.headers(1, get([("connection", "close")])) },
        .init("8.2.2 upgrade", status: 400) { try $0.headers(1, get([("upgrade", "h2c")])) },
        .init("8.2.2 te", status: 400) { try $0.headers(1, get([("te", "chunked")])) },
        .init("8.3 two paths", status: 400) { try $0.headers(1, get([]) + [(":path", "/")]) },
        .init("8.3.1 a path with a space", status: 400) { try $0.headers(1, FrameClient.fields("GET", "/ HTTP/1.1")) },
        .init("8.3.1 no path", status: 400) { try $0.headers(1, get([]).filter { $0.0 != ":path" }) },
        .init("8.3.1 two hosts", status: 400) { try $0.headers(1, get([("host", "other")])) },
        .init("8.5 CONNECT", status: 501) { try $0.headers(1, [(":method", "CONNECT"), (":authority", "x:1")]) },
        .init("10.5.1 a list beyond the limit", status: 431) { client in
            // Three frames, since one may hold 16,384 bytes.
            let block = FrameClient.block(get((0..<40).map { ("x-\($0)", String(repeating: "y", count: 1000)) }))
            try client.send(.headers, flags: FrameClient.endStream, stream: 1, payload: Array(block[..<16384]))
            try client.send(.continuation, stream: 1, payload: Array(block[16384..<32768]))
            try client.send(.continuation, flags: FrameClient.endHeaders, stream: 1, payload: Array(block[32768...]))
        },
        .init("8.1.1 more body than the length says", status: 400) { client in
            try client.headers(1, FrameClient.fields("POST", "/echo", [("content-length", "3")]), ends: false)
            try client.data(1, Array("1234".utf8))
        },
        .init("8.1.1 less body than the length says", status: 400) { client in
            try client.headers(1, FrameClient.fields("POST", "/echo", [("content-length", "5")]), ends: false)
            try client.data(1, Array("1234".utf8))
        },
        .init("8.1.1 a length of 0 and a body", status: 400) { client in
            try client.headers(1, FrameClient.fields("POST", "/echo", [("content-length", "0")]), ends: false)
            try client.data(1, Array("GET /evil HTTP/1.1".utf8))
        },
        .init("8.1 a second header block that ends nothing", status: 400) { client in
            try client.headers(1, FrameClient.fields("POST", "/echo"), ends: false)
            try client.headers(1, [("x", "y")], ends: false)
        },
        .init("8.1 a pseudo-header field in trailers", status: 400) { client in
            try client.headers(1, FrameClient.fields("POST", "/echo"), ends: false)
            try client.data(1, [1], ends: false)
            try client.headers(1, [(":path", "/evil")])
        },
        .init("6.9.1 a window beyond 2^31-1", reset: 3) { client in
            try client.headers(1, FrameClient.fields("GET", "/wait"), ends: true)
            try client.openWindow(1, by: Int(Int32.max))
        },
    ]

    @Test(arguments: streamFaults) func `a fault of a stream costs that stream and no other`(fault: StreamFault) async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try fault.say(client)
        let answer = try client.answer(1)
        if let status = fault.status { #expect(answer.status == status, "\(answer)") }
        if let reset = fault.reset { #expect(answer.reset == reset, "\(answer)") }
        try client.request(3, "GET", "/")
        #expect(try client.answer(3).text == "ok")
        #expect(site.seen.now.heads.map(\.target) == ["/"])
        #expect(site.seen.now.bodies.isEmpty)
        site.seen.change { $0.isReleased = true }
        await site.stop()
    }

    /// A client's fault that costs the connection, with the codes of GOAWAY that may tell.
    struct ConnectionFault: Sendable, CustomTestStringConvertible {
        let rule: String
        let codes: [UInt32]
        let say: @Sendable (FrameClient) throws -> Void
        var testDescription: String { rule }

        init(_ rule: String, _ codes: [UInt32], _ say: @escaping @Sendable (FrameClient) throws -> Void) {
            self.rule = rule
            self.codes = codes
            self.say = say
        }
    }

    private static let noError: UInt32 = 0, protocolError: UInt32 = 1, flowControlError: UInt32 = 3, streamClosed: UInt32 = 5, frameSizeError: UInt32 = 6
    private static let compressionError: UInt32 = 9

    static let connectionFaults: [ConnectionFault] = [
        .init("4.2 a frame beyond SETTINGS_MAX_FRAME_SIZE", [frameSizeError]) { client in
            try client.headers(1, FrameClient.fields("POST", "/echo"), ends: false)
            try client.send(.data, stream: 1, payload: [UInt8](repeating: 0, count: 16385))
        },
        .init("4.3 a header block that is no HPACK", [compressionError]) { try $0.send(.headers, flags: 5, stream: 1, payload: [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]) },
        .init("5.1 DATA on a stream nobody opened", [protocolError, streamClosed]) { try $0.data(1, [1]) },
        .init("5.1 RST_STREAM on a stream nobody opened", [protocolError]) { try $0.reset(1) },
        .init("5.1 WINDOW_UPDATE on a stream nobody opened", [protocolError]) { try $0.openWindow(1, by: 1) },
        .init("5.1.1 a stream with an even number", [protocolError]) { try $0.request(2, "GET", "/") },
        .init("6.1 DATA on stream 0", [protocolError]) { try $0.data(0, [1]) },
        .init("6.1 padding longer than the frame", [protocolError]) { client in
            try client.headers(1, FrameClient.fields("POST", "/echo"), ends: false)
            try client.send(.data, flags: FrameClient.padded, stream: 1, payload: [200, 1])
        },
        .init("6.2 HEADERS on stream 0", [protocolError]) { try $0.request(0, "GET", "/") },
        .init("6.4 RST_STREAM on stream 0", [protocolError]) { try $0.reset(0) },
        .init("6.5 SETTINGS on a stream", [protocolError]) { try $0.send(.settings, stream: 1) },
        .init("6.5 SETTINGS of five bytes", [frameSizeError]) { try $0.send(.settings, payload: [0, 1, 0, 0, 0]) },
        .init("6.5 an acknowledgement with content", [frameSizeError]) { try $0.send(.settings, flags: 1, payload: [0, 1, 0, 0, 0, 0]) },
        .init("6.5.2 a window beyond 2^31-1", [flowControlError]) { try $0.send(.settings, payload: [0, 4, 0xff, 0xff, 0xff, 0xff]) },
        .init("6.5.2 a frame size of 1", [protocolError]) { try $0.send(.settings, payload: [0, 5, 0, 0, 0, 1]) },
        .init("6.5.2 push that is neither on nor off", [protocolError]) { try $0.send(.settings, payload: [0, 2, 0, 0, 0, 2]) },
        .init("6.6 PUSH_PROMISE from a client", [protocolError]) { try $0.send(.push, flags: 4, stream: 1, payload: [0, 0, 0, 2]) },
        .init("6.7 PING of seven bytes", [frameSizeError]) { try $0.send(.ping, payload: [1, 2, 3, 4, 5, 6, 7]) },
        .init("6.7 PING on a stream", [protocolError]) { try $0.send(.ping, stream: 1, payload: [1, 2, 3, 4, 5, 6, 7, 8]) },
        // A stream's fault may be treated as the connection's (5.4.2), and libnghttp2 does.
        .init("6.9 a window update of 0 for a stream", [protocolError]) { client in
            try client.headers(1, FrameClient.fields("GET", "/wait"))
            try client.openWindow(1, by: 0)
        },
        .init("6.9 a window update of 0 for the connection", [protocolError]) { try $0.openWindow(0, by: 0) },
        .init("6.9.1 a connection window beyond 2^31-1", [flowControlError]) { try $0.openWindow(0, by: Int(Int32.max)) },
        .init("6.10 CONTINUATION of nothing", [protocolError]) { try $0.send(.continuation, flags: 4, stream: 1) },
        .init("6.10 another frame inside a header block", [protocolError]) { client in
            try client.send(.headers, stream: 1, payload: FrameClient.block(FrameClient.fields("GET", "/")))
            try client.send(.ping, payload: [1, 2, 3, 4, 5, 6, 7, 8])
        },
    ]

    @Test(arguments: connectionFaults) func `a fault of the connection ends it and says why`(fault: ConnectionFault) async throws {
        let site = try await HTTP2Site.start()
        var client: FrameClient? = try site.client()
        try client?.settle()
        if let client { try? fault.say(client) }
        let code = client?.ending()
        client = nil
        #expect(code.map(fault.codes.contains) == true, "\(String(describing: code))")
        site.seen.change { $0.isReleased = true }
        await until { await site.server.server.connectionCount() == 0 }
        // Others are served as before.
        let other = try site.client()
        try other.request(1, "GET", "/")
        #expect(try other.answer(1).text == "ok")
        site.seen.change { $0.isReleased = true }
        await site.stop()
    }

    @Test func `a stream below one that was opened counts as closed and is not served (5.1.1)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.request(5, "GET", "/five")
        try client.request(3, "GET", "/")
        try client.request(7, "GET", "/")
        #expect(try client.answer(7).text == "ok")
        #expect(client.answers[3] == nil)
        #expect(site.seen.now.heads.count == 1)
        await site.stop()
    }

    @Test func `who says something other than the preface is cut (3.4)`() async throws {
        let site = try await HTTP2Site.start()
        for said in ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\rX", "\0\0\0"] {
            let client = try FrameClient(port: site.port, preface: false)
            try client.send(Array(said.utf8))
            if said.utf8.count < 10 { continue }
            _ = client.ending()
        }
        await until { await site.server.server.connectionCount() == 0 }
        #expect(site.seen.now.heads.isEmpty)
        await site.stop()
    }

    @Test func `frames of unknown types and padding are no fault (5.5, 6.1)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.send(.unknown, flags: 255, stream: 0, payload: [1, 2, 3])
        try client.send(.priority, stream: 1, payload: [0, 0, 0, 0, 15])
        try client.headers(1, FrameClient.fields("POST", "/echo"), ends: false)
        try client.send(.data, flags: FrameClient.padded, stream: 1, payload: [3] + Array("body".utf8) + [0, 0, 0])
        try client.data(1, [], ends: true)
        #expect(try client.answer(1).text == "body")
        await site.stop()
    }

    @Test func `trailers come in a header block that ends the stream, whatever the length said`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.headers(1, FrameClient.fields("POST", "/echo", [("content-length", "5")]), ends: false)
        try client.data(1, Array("1234".utf8), ends: false)
        try client.headers(1, [("x", "y")])
        #expect(try client.answer(1).status == 400)
        #expect(site.seen.now.bodies.isEmpty)
        await site.stop()
    }
}
#endif
