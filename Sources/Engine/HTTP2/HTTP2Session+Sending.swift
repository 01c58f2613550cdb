#if HTTP2
// How frames get to the client: collected for a turn of the loop, sent as the socket takes them.
import CNGHTTP2
import Wire

extension HTTP2Session {
    /// What is collected before it is sent: a few frames, so that a small answer is one TLS record and a large one does not
    /// wait in our memory for a slow client.
    static let batch = 32 << 10

    /// Has what waits sent, after the jobs of this turn: answers that come together go together.
    func wake() {
        guard !isPumping, !isClosed else { return }
        isPumping = true
        share.loop.startPumping(self)
    }

    /// Takes bytes the library wants sent; false when there are enough for now.
    func take(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard outgoing.count < Self.batch else { return false }
        outgoing.append(contentsOf: bytes)
        return true
    }

    /// Sends until nothing is left, as fast as the client takes it.
    func pump() async {
        while !isClosed {
            if outgoingStart == outgoing.count {
                outgoing.removeAll(keepingCapacity: outgoing.capacity <= 2 * Self.batch)
                outgoingStart = 0
                guard nghttp2_session_send(library) == 0 else { return close() }
                sendAwayIfExceeded()
                if outgoing.isEmpty { break }
            }
            if connection.isWritable {
                switch connection.send(outgoing, from: outgoingStart) {
                case .bytes(let count):
                    outgoingStart += count
                    stall.moved(count, now: now)
                    continue
                case .blocked: break
                case .end, .failed: return close()
                }
            }
            stall.begin(now: now)
            arm(stall.deadline(share.limits.write))
            // A deadline that passed is the reader's business: it is let in.
            if await connection.writable() == .timedOut { await Task.yield() }
        }
        isPumping = false
        guard !isClosed else { return }
        outgoing = []
        watchWindow()
        checkEnd()
    }

    /// The socket has room, but the client lets nothing more come over the whole connection.
    private func watchWindow() {
        guard nghttp2_session_get_remote_window_size(library) <= 0, streams.values.contains(where: { $0.hasPending }) else {
            if stall.since == nil { stall = Stall() }
            return
        }
        stall.begin(now: now)
        arm(stall.deadline(share.limits.write))
    }

    // MARK: What streams have to say

    /// Begins an answer. `stream` gives its body; nil when none follows.
    func submit(_ status: HTTPStatus, _ fields: HTTPFields, length: Int?, of id: Int32, body stream: HTTP2Stream?) {
        guard !isClosed else { return }
        var lines = FieldLines()
        lines.begin(status)
        lines.add(fields, date: share.reactor, length: length)
        lines.withFields { fields in
            if let stream {
                var provider = HTTP2Callbacks.provider(stream)
                nghttp2_submit_response(library, id, fields.baseAddress, fields.count, &provider)
            } else {
                nghttp2_submit_response(library, id, fields.baseAddress, fields.count, nil)
            }
        }
    }

    /// `100 Continue`.
    func submitContinue(_ id: Int32) {
        guard !isClosed else { return }
        var lines = FieldLines()
        lines.begin(.continue)
        lines.withFields { nghttp2_submit_headers(library, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, nil, $0.baseAddress, $0.count, nil) }
        wake()
    }

    func submit(trailers: HTTPFields, of id: Int32) {
        guard !isClosed else { return }
        var lines = FieldLines()
        lines.add(trailers, date: nil, length: nil)
        lines.withFields { nghttp2_submit_trailer(library, id, $0.baseAddress, $0.count) }
    }

    /// More of a body is there.
    func resume(_ id: Int32) {
        guard !isClosed else { return }
        nghttp2_session_resume_data(library, id)
        wake()
    }

    func reset(_ id: Int32, _ code: nghttp2_error_code) {
        guard !isClosed else { return }
        nghttp2_submit_rst_stream(library, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, code.rawValue)
        wake()
    }

    /// Whether the client lets more of this stream come.
    func hasWindow(_ id: Int32) -> Bool { isClosed || nghttp2_session_get_stream_remote_window_size(library, id) > 0 }
}

/// Answer fields as libnghttp2 takes them: names in lower case, nothing that speaks about an HTTP/1.1 connection.
struct FieldLines {
    private var text: [UInt8] = []
    private var slices: [FieldSlice] = []

    mutating func begin(_ status: HTTPStatus) {
        text.reserveCapacity(512)
        let start = text.count
        HeadWriter.append(":status", to: &text)
        let middle = text.count
        HeadWriter.append(status.code, to: &text)
        close(start, middle)
    }

    /// The engine's own fields are added here, and nobody else's framing gets through.
    mutating func add(_ fields: HTTPFields, date reactor: Reactor?, length: Int?) {
        var hasDate = false
        for index in 0..<fields.count {
            switch fields.slices[index].nameCount {
            case 2 where fields.isNamed(index, "te"): continue
            case 4 where fields.isNamed(index, "date"): hasDate = true
            case 7 where fields.isNamed(index, "upgrade"): continue
            case 10 where fields.isNamed(index, "connection") || fields.isNamed(index, "keep-alive"): continue
            case 14 where fields.isNamed(index, "content-length"): continue
            case 16 where fields.isNamed(index, "proxy-connection"): continue
            case 17 where fields.isNamed(index, "transfer-encoding"): continue
            default: break
            }
            let start = text.count
            for byte in fields.nameBytes(at: index) { text.append(Octet.lower(byte)) }
            let middle = text.count
            text.append(contentsOf: fields.valueBytes(at: index))
            close(start, middle)
        }
        if let reactor, !hasDate {
            let start = text.count
            reactor.appendDate(to: &text)  // `Date: VALUE CRLF`
            text[start] = 100
            text.removeLast(2)
            slices.append(FieldSlice(nameStart: start, nameCount: 4, valueStart: start + 6, valueCount: text.count - start - 6))
        }
        if let length {
            let start = text.count
            HeadWriter.append("content-length", to: &text)
            let middle = text.count
            HeadWriter.append(length, to: &text)
            close(start, middle)
        }
    }

    private mutating func close(_ start: Int, _ middle: Int) {
        slices.append(FieldSlice(nameStart: start, nameCount: middle - start, valueStart: middle, valueCount: text.count - middle))
    }

    /// The library copies what it is given here.
    mutating func withFields(_ body: (UnsafeBufferPointer<nghttp2_nv>) -> Void) {
        let slices = slices
        text.withUnsafeMutableBufferPointer { text in
            guard let base = text.baseAddress else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
            withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: slices.count) { made in
                for (index, slice) in slices.enumerated() {
                    made.initializeElement(
                        at: index,
                        to: nghttp2_nv(
                            name: base + Int(slice.nameStart), value: base + Int(slice.valueStart), namelen: Int(slice.nameCount),
                            valuelen: Int(slice.valueCount), flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)))
                }
                body(UnsafeBufferPointer(made))
            }
        }
    }
}
#endif
