#if HTTP2
// What libnghttp2 calls, passed on to the session that owns it.
import CNGHTTP2
import Wire

/// The callbacks of every session.
///
/// @unchecked: the structure is filled here and only read afterwards; each session copies it.
final class HTTP2Callbacks: @unchecked Sendable {
    static let shared = HTTP2Callbacks()
    let pointer: OpaquePointer?

    private init() {
        var made: OpaquePointer?
        nghttp2_session_callbacks_new(&made)
        pointer = made
        nghttp2_session_callbacks_set_on_begin_headers_callback(made) { _, frame, user in
            guard let frame, let session = HTTP2Callbacks.session(user) else { return HTTP2Callbacks.fatal }
            session.headersBegin(frame.pointee.hd.stream_id, isRequest: frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST)
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(made) { _, _, name, nameCount, value, valueCount, _, user in
            guard let session = HTTP2Callbacks.session(user) else { return HTTP2Callbacks.fatal }
            let name = UnsafeBufferPointer(start: name, count: nameCount), value = UnsafeBufferPointer(start: value, count: valueCount)
            return session.field(name.span, value.span) ? 0 : HTTP2Callbacks.fatal
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(made) { _, frame, user in
            guard let frame, let session = HTTP2Callbacks.session(user) else { return HTTP2Callbacks.fatal }
            session.frameEnds(frame.pointee)
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made) { _, _, stream, bytes, count, user in
            guard let session = HTTP2Callbacks.session(user) else { return HTTP2Callbacks.fatal }
            session.data(UnsafeBufferPointer(start: bytes, count: count), of: stream)
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(made) { _, stream, _, user in
            HTTP2Callbacks.session(user)?.streamClosed(stream)
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(made) { _, frame, user in
            guard let frame, let session = HTTP2Callbacks.session(user) else { return HTTP2Callbacks.fatal }
            session.frameSent(frame.pointee)
            return 0
        }
        nghttp2_session_callbacks_set_send_callback(made) { _, bytes, count, _, user in
            guard let bytes, let session = HTTP2Callbacks.session(user) else { return Int(HTTP2Callbacks.fatal) }
            return session.take(UnsafeBufferPointer(start: bytes, count: count)) ? count : Int(NGHTTP2_ERR_WOULDBLOCK.rawValue)
        }
        nghttp2_session_callbacks_set_send_data_callback(made) { _, frame, header, count, source, user in
            guard let header, let source, let stream = source.pointee.ptr, let session = HTTP2Callbacks.session(user) else { return HTTP2Callbacks.fatal }
            guard session.take(UnsafeBufferPointer(start: header, count: 9)) else { return NGHTTP2_ERR_WOULDBLOCK.rawValue }
            Unmanaged<HTTP2Stream>.fromOpaque(stream).takeUnretainedValue().movePending(count, into: &session.outgoing)
            return 0
        }
    }

    /// Where a DATA frame gets its content: asks the stream how much there is, the bytes are moved later.
    static func provider(_ stream: HTTP2Stream) -> nghttp2_data_provider {
        nghttp2_data_provider(source: nghttp2_data_source(ptr: Unmanaged.passUnretained(stream).toOpaque())) { _, _, _, room, flags, source, _ in
            guard let flags, let pointer = source?.pointee.ptr else { return Int(HTTP2Callbacks.fatal) }
            let stream = Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
            guard let (count, ends) = stream.offer(room) else { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
            flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
            if ends { flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
            if ends, stream.submitTrailers() { flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue }
            return count
        }
    }

    private static let fatal = NGHTTP2_ERR_CALLBACK_FAILURE.rawValue

    private static func session(_ user: UnsafeMutableRawPointer?) -> HTTP2Session? {
        user.map { Unmanaged<HTTP2Session>.fromOpaque($0).takeUnretainedValue() }
    }
}
#endif
