#if HTTP2
// What the frames of a client mean: called by libnghttp2 while it reads.
import CNGHTTP2
import Wire

extension HTTP2Session {
    func spend(_ kind: FrameBudgets.Kind) {
        if !budgets.spend(kind, now: now) { exceeded("too many frames: \(kind)") }
    }

    // MARK: Headers

    func headersBegin(_ id: Int32, isRequest: Bool) {
        let stream = isRequest ? open(id) : streams[id]
        stream?.headersBegin(isRequest: isRequest)
        heading = (stream, now)
        arm(now + share.limits.head)
    }

    /// False when the list is so far beyond its limit that the connection is not worth keeping: the library must decode
    /// to the end whatever the list comes to, and a few bytes can stand for many.
    func field(_ name: Span<UInt8>, _ value: Span<UInt8>) -> Bool {
        guard let stream = heading?.stream else { return true }
        return stream.field(name, value) <= 4 * share.options.head.headBytes
    }

    // MARK: Whole frames

    func frameEnds(_ frame: nghttp2_frame) {
        let endsStream = frame.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch UInt32(frame.hd.type) {
        case NGHTTP2_HEADERS.rawValue:
            heading = nil
            streams[frame.hd.stream_id]?.headersEnd(endsStream: endsStream)
        case NGHTTP2_DATA.rawValue:
            if endsStream {
                streams[frame.hd.stream_id]?.bodyEnds()
            } else if frame.hd.length > 0, frame.hd.length == frame.data.padlen {
                spend(.emptyFrames)
            }
        case NGHTTP2_SETTINGS.rawValue: hasBegun = true
        case NGHTTP2_PING.rawValue where frame.hd.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0: nameLastStream()
        default: break
        }
    }

    func data(_ bytes: UnsafeBufferPointer<UInt8>, of id: Int32) {
        if let stream = streams[id] { stream.receive(bytes) } else { consumed(bytes.count, of: id) }
    }

    /// So many bytes of a body were taken, or will never be: the client may send as many more.
    func consumed(_ count: Int, of id: Int32) {
        guard !isClosed, count > 0 else { return }
        nghttp2_session_consume(library, id, count)
    }

    // MARK: Ours

    func frameSent(_ frame: nghttp2_frame) {
        switch UInt32(frame.hd.type) {
        case NGHTTP2_DATA.rawValue: budgets.sent(frame.hd.length)
        case NGHTTP2_RST_STREAM.rawValue:
            // Resets that the client provokes cost us what its own cost (CVE-2025-8671).
            switch frame.rst_stream.error_code {
            case NGHTTP2_PROTOCOL_ERROR.rawValue, NGHTTP2_FLOW_CONTROL_ERROR.rawValue, NGHTTP2_STREAM_CLOSED.rawValue, NGHTTP2_FRAME_SIZE_ERROR.rawValue:
                spend(.resets)
            default: break
            }
            return
        case NGHTTP2_HEADERS.rawValue: break
        default: return
        }
        guard frame.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0 else { return }
        streams[frame.hd.stream_id]?.answerSent()
    }
}
#endif
