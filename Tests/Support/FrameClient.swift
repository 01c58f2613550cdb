#if HTTP2
// Somebody who speaks HTTP/2 frame by frame over TLS, right or wrong as a test wants it.
import CLinux
import CNGHTTP2
import COpenSSL
import Glibc

/// A blocking client with a receive timeout; for one test's use.
package final class FrameClient {
    package struct Frame: Sendable {
        package var type: Kind
        package var flags: UInt8
        package var stream: Int
        package var payload: [UInt8]
    }

    package enum Kind: UInt8, Sendable {
        case data, headers, priority, reset, settings, push, ping, goAway, windowUpdate, continuation
        case priorityUpdate = 16, unknown = 99
    }

    /// What came on one stream, to its end.
    package struct Answer: Sendable {
        package var status = 0
        package var fields: [(name: String, value: String)] = []
        package var informational: [Int] = []
        package var body: [UInt8] = []
        package var trailers: [(name: String, value: String)] = []
        /// The code of RST_STREAM, if one came.
        package var reset: UInt32?
        package var ended = false
        package var text: String { String(decoding: body, as: UTF8.self) }
        package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    package struct Ended: Error { package var reason: String }

    /// OpenSSL writes to sockets that are closed by then.
    private static let withoutSignals: Void = { signal(SIGPIPE, SIG_IGN) }()

    package static let endStream: UInt8 = 1, acknowledged: UInt8 = 1, endHeaders: UInt8 = 4, padded: UInt8 = 8

    package let descriptor: CInt
    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private var inflater: OpaquePointer?
    private var held: [UInt8] = []
    /// What came on each stream so far.
    package private(set) var answers: [Int: Answer] = [:]
    /// The last GOAWAY: the last stream and the code.
    package private(set) var goAway: (last: Int, code: UInt32)?
    package private(set) var goAways = 0
    package private(set) var settings: [UInt16: UInt32] = [:]
    package private(set) var pongs = 0
    /// Bytes of DATA that came, padding not counted.
    package private(set) var dataBytes = 0
    package private(set) var windowUpdates = 0
    /// Whether windows are opened again for DATA that came.
    package var opensWindows = true

    /// The protocol that was agreed on.
    package var protocolName: String {
        var chosen: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &chosen, &count)
        return String(decoding: UnsafeBufferPointer(start: chosen, count: Int(count)), as: UTF8.self)
    }

    package var isResumed: Bool { tls_session_reused(ssl) != 0 }

    /// The TLS session with the newest ticket, for another connection; nil when there is no ticket.
    package var session: [UInt8]? { TLSSession.bytes(of: ssl) }

    /// Connects to a port of this machine, resumes `session`, offers `protocols` and says the preface with `settings`.
    package init(
        port: Int, protocols: [String] = ["h2"], session: [UInt8]? = nil, version: Int? = nil, settings: [(UInt16, UInt32)] = [], preface: Bool = true,
        timeout: Int = 20
    ) throws {
        let descriptor = socket(AF_INET, linux_sock_stream, 0)
        var to = sockaddr_in()
        to.sin_family = sa_family_t(AF_INET)
        to.sin_port = in_port_t(port).bigEndian
        to.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: to) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        var one: CInt = 1
        setsockopt(descriptor, linux_ipproto_tcp, TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        _ = FrameClient.withoutSignals
        guard code == 0, let context = SSL_CTX_new(TLS_client_method()), let ssl = SSL_new(context) else {
            close(descriptor)
            throw Ended(reason: "no connection")
        }
        self.descriptor = descriptor
        self.context = context
        self.ssl = ssl
        let offer = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !offer.isEmpty { SSL_set_alpn_protos(ssl, offer, UInt32(offer.count)) }
        if let version { tls_client_version(ssl, CInt(version)) }
        if let session, !TLSSession.resume(session, on: ssl) { throw Ended(reason: "no session") }
        SSL_set_fd(ssl, descriptor)
        nghttp2_hd_inflate_new(&inflater)
        guard SSL_connect(ssl) == 1 else { throw Ended(reason: "no TLS") }
        guard preface else { return }
        try send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8))
        try send(.settings, payload: settings.flatMap { Self.number(UInt32($0.0), 2) + Self.number($0.1, 4) })
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
        nghttp2_hd_inflate_del(inflater)
        close(descriptor)
    }

    // MARK: Saying

    package func send(_ bytes: [UInt8]) throws {
        guard bytes.isEmpty || SSL_write(ssl, bytes, CInt(bytes.count)) == CInt(bytes.count) else { throw Ended(reason: "cannot send") }
    }

    package static func frame(_ type: Kind, flags: UInt8 = 0, stream: Int = 0, payload: [UInt8] = []) -> [UInt8] {
        number(UInt32(payload.count), 3) + [type.rawValue, flags] + number(UInt32(stream), 4) + payload
    }

    package func send(_ type: Kind, flags: UInt8 = 0, stream: Int = 0, payload: [UInt8] = []) throws {
        try send(Self.frame(type, flags: flags, stream: stream, payload: payload))
    }

    package static func number(_ value: UInt32, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * (bytes - 1 - $0))) }
    }

    /// Fields as literals that are never indexed (RFC 7541 6.2.3), byte for byte as given.
    package static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0x10] + string($0.0) + string($0.1) }
    }

    private static func string(_ text: String) -> [UInt8] {
        // Latin-1, so that a test can name any byte.
        let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        if bytes.count < 127 { return [UInt8(bytes.count)] + bytes }
        var rest = bytes.count - 127, out: [UInt8] = [127]
        while rest >= 128 {
            out.append(UInt8(rest % 128) | 128)
            rest /= 128
        }
        return out + [UInt8(rest)] + bytes
    }

    package static func fields(_ method: String, _ path: String, host: String = "localhost", _ more: [(String, String)] = []) -> [(String, String)] {
        [(":method", method), (":scheme", "https"), (":authority", host), (":path", path)] + more
    }

    package func headers(_ stream: Int, _ fields: [(String, String)], ends: Bool = true) throws {
        try send(.headers, flags: Self.endHeaders | (ends ? Self.endStream : 0), stream: stream, payload: Self.block(fields))
    }

    /// A whole request; its body in frames of at most 16,384 bytes, whatever the windows say.
    package func request(_ stream: Int, _ method: String, _ path: String, host: String = "localhost", _ more: [(String, String)] = [], body: [UInt8]? = nil) throws {
        try headers(stream, Self.fields(method, path, host: host, more), ends: body == nil)
        if let body { try data(stream, body) }
    }

    package func data(_ stream: Int, _ body: [UInt8], ends: Bool = true) throws {
        var start = 0
        repeat {
            let end = min(body.count, start + 16384)
            try send(.data, flags: ends && end == body.count ? Self.endStream : 0, stream: stream, payload: Array(body[start..<end]))
            start = end
        } while start < body.count
    }

    package func openWindow(_ stream: Int, by count: Int) throws { try send(.windowUpdate, stream: stream, payload: Self.number(UInt32(count), 4)) }

    package func reset(_ stream: Int, code: UInt32 = 8) throws { try send(.reset, stream: stream, payload: Self.number(code, 4)) }

    // MARK: Listening

    /// The next frame; SETTINGS and PING are answered, DATA is acknowledged if `opensWindows`. Throws when the connection ended.
    @discardableResult
    package func next() throws -> Frame {
        let head = try take(9)
        let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        let stream = Int(head[5] & 127) << 24 | Int(head[6]) << 16 | Int(head[7]) << 8 | Int(head[8])
        let frame = Frame(type: Kind(rawValue: head[3]) ?? .unknown, flags: head[4], stream: stream, payload: try take(length))
        try note(frame)
        return frame
    }

    /// Listens until the stream ended; answers what came on it.
    package func answer(_ stream: Int) throws -> Answer {
        while answers[stream]?.ended != true { try next() }
        return answers[stream] ?? Answer()
    }

    /// Listens until the server ends the connection; answers the code of its last GOAWAY, nil when it sent none.
    package func ending() -> UInt32? {
        while (try? next()) != nil {}
        return goAway?.code
    }

    /// Waits until the server has read all that was said before (RFC 9113 6.7).
    package func settle() throws {
        let before = pongs
        try send(.ping, payload: [1, 2, 3, 4, 5, 6, 7, 8])
        while pongs == before { try next() }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 32768)
        while held.count < count {
            let got = SSL_read(ssl, &buffer, CInt(buffer.count))
            guard got > 0 else { throw Ended(reason: "the connection ended") }
            held += buffer[..<Int(got)]
        }
        let taken = Array(held[..<count])
        held.removeFirst(count)
        return taken
    }

    private func note(_ frame: Frame) throws {
        let ends = frame.flags & Self.endStream != 0
        switch frame.type {
        case .settings where frame.flags & Self.acknowledged == 0:
            for start in stride(from: 0, to: frame.payload.count, by: 6) {
                settings[UInt16(frame.payload[start]) << 8 | UInt16(frame.payload[start + 1])] = Self.value(frame.payload[start + 2..<start + 6])
            }
            try send(.settings, flags: Self.acknowledged)
        case .ping:
            if frame.flags & Self.acknowledged != 0 { pongs += 1 } else { try? send(.ping, flags: Self.acknowledged, payload: frame.payload) }
        case .headers:
            let fields = inflate(frame.payload)
            var answer = answers[frame.stream] ?? Answer()
            if let status = fields.first(where: { $0.name == ":status" }).flatMap({ Int($0.value) }) {
                if status < 200 { answer.informational.append(status) } else { (answer.status, answer.fields) = (status, fields) }
            } else {
                answer.trailers = fields
            }
            answer.ended = ends
            answers[frame.stream] = answer
        case .data:
            answers[frame.stream, default: Answer()].body += frame.payload
            answers[frame.stream]?.ended = ends
            dataBytes += frame.payload.count
            if opensWindows, !frame.payload.isEmpty {
                try? openWindow(0, by: frame.payload.count)
                if !ends { try? openWindow(frame.stream, by: frame.payload.count) }
            }
        case .reset:
            answers[frame.stream, default: Answer()].reset = Self.value(frame.payload[0..<4])
            answers[frame.stream]?.ended = true
        case .goAway:
            goAway = (Int(Self.value(frame.payload[0..<4])), Self.value(frame.payload[4..<8]))
            goAways += 1
        case .windowUpdate: windowUpdates += 1
        default: break
        }
    }

    private static func value(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    private func inflate(_ block: [UInt8]) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        var start = 0
        while true {
            var field = nghttp2_nv(), flags: CInt = 0
            let used = block.withUnsafeBufferPointer { nghttp2_hd_inflate_hd2(inflater, &field, &flags, $0.baseAddress.map { $0 + start }, block.count - start, 1) }
            guard used >= 0 else { break }
            start += used
            if UInt32(flags) & NGHTTP2_HD_INFLATE_EMIT.rawValue != 0 {
                func text(_ base: UnsafeMutablePointer<UInt8>?, _ count: Int) -> String { String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self) }
                found.append((text(field.name, field.namelen), text(field.value, field.valuelen)))
            }
            if UInt32(flags) & NGHTTP2_HD_INFLATE_FINAL.rawValue != 0 { break }
        }
        nghttp2_hd_inflate_end_headers(inflater)
        return found
    }
}
#endif
