// TLS sessions as bytes, so that one connection's ticket can be used by another, of another kind too.
import COpenSSL

enum TLSSession {
    /// The session with the newest ticket; nil when there is no ticket.
    static func bytes(of ssl: OpaquePointer) -> [UInt8]? {
        guard let session = SSL_get_session(ssl), SSL_SESSION_is_resumable(session) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(i2d_SSL_SESSION(session, nil)))
        bytes.withUnsafeMutableBufferPointer { raw in
            var at = raw.baseAddress
            i2d_SSL_SESSION(session, &at)
        }
        return bytes
    }

    /// To be called before the handshake. False when they are no session.
    static func resume(_ bytes: [UInt8], on ssl: OpaquePointer) -> Bool {
        let session = bytes.withUnsafeBufferPointer { raw in
            var start = raw.baseAddress
            return d2i_SSL_SESSION(nil, &start, raw.count)
        }
        guard let session else { return false }
        defer { SSL_SESSION_free(session) }
        return SSL_set_session(ssl, session) == 1
    }
}
