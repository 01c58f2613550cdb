// TLS over one socket: OpenSSL's state, fed and emptied by a BIO that shares flags with the connection.
import COpenSSL
import Glibc

/// What a peer may ask of TLS itself, besides sending data.
package struct TLSLimits: Sendable {
    /// Handshake messages after the handshake in one second, beyond which the connection is cut: key updates (RFC 8446
    /// 4.6.3), each of which has keys derived anew. Default 100.
    package var keyUpdatesPerSecond = 100
    /// Renegotiations asked for, and refused, before the connection is cut (TLS 1.2). Default 3.
    package var renegotiations = 3

    package init() {}
}

/// Owns an SSL. Confined to its connection's loop.
final class TLSSession {
    /// OpenSSL's BIO method is made once and never changed.
    private static let method = Method()

    // @unchecked: a constant pointer to a structure that is only read after it was made.
    private final class Method: @unchecked Sendable {
        let pointer = tls_wire_method()
    }

    /// Outlives everything OpenSSL does with this connection: its callbacks read what the context owns.
    private let context: TLSContext
    let ssl: OpaquePointer
    private let wire: UnsafeMutablePointer<tls_wire>
    private var isEstablished = false
    private var hasFailed = false
    /// What the next ticket carries, beyond what its TLS session says already.
    var tag: [UInt8]?
    /// Gives the tag of a ticket that is made inside the handshake (TLS 1.2), from the one the client came back with.
    var tagInHandshake: (([UInt8]?) -> [UInt8]?)?

    /// A server's session, or with `name` a client's that wants a server of that name.
    init(
        _ context: TLSContext, descriptor: CInt, name: String? = nil, isServer: Bool, limits: TLSLimits = TLSLimits()
    ) throws(TLSError) {
        self.context = context
        wire = .allocate(capacity: 1)
        wire.initialize(to: tls_wire())
        wire.pointee.fd = descriptor
        wire.pointee.odd_limit = UInt32(clamping: limits.keyUpdatesPerSecond)
        wire.pointee.renegotiation_limit = UInt8(clamping: limits.renegotiations)
        wire.pointee.keys = UnsafePointer(context.ticketKeys)
        ERR_clear_error()
        guard let ssl = tls_new(context.pointer, Self.method.pointer, wire) else {
            wire.deallocate()
            throw TLSError(queueAfter: "TLS session")
        }
        self.ssl = ssl
        wire.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
        if isServer {
            SSL_set_accept_state(ssl)
            return
        }
        SSL_set_connect_state(ssl)
        guard let name else { throw TLSError("no name to verify the server by") }
        let isNumeric = SocketAddress.numeric(name, port: 0) != nil
        let verified = isNumeric ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) : SSL_set1_host(ssl, name)
        guard verified == 1, isNumeric || tls_set_name(ssl, name) == 1 else { throw TLSError(queueAfter: "TLS name \(name)") }
    }

    deinit {
        SSL_free(ssl)
        wire.deallocate()
    }

    /// Told by epoll: there is something to read.
    func becameReadable(ended: Bool) {
        wire.pointee.drained = 0
        if ended { wire.pointee.ended = 1 }
    }

    /// Whether both sides agreed on HTTP/2 (ALPN `h2`).
    var speaksHTTP2: Bool { tls_speaks_http2(ssl) != 0 }

    /// Whether the socket is known to be empty and nothing is buffered.
    var isDrained: Bool { wire.pointee.drained != 0 && wire.pointee.ended == 0 && SSL_has_pending(ssl) == 0 }
    var hasPending: Bool { SSL_has_pending(ssl) != 0 }

    enum Step { case done, wantsRead, wantsWrite, end, failed }

    /// One step of the handshake.
    func handshake() throws(TLSError) -> Step {
        ERR_clear_error()
        let code = SSL_do_handshake(ssl)
        if code == 1 {
            isEstablished = true
            tagInHandshake = nil
            return .done
        }
        let kind = SSL_get_error(ssl, code)
        if kind == SSL_ERROR_WANT_READ { return .wantsRead }
        if kind == SSL_ERROR_WANT_WRITE { return .wantsWrite }
        hasFailed = true
        let verdict = SSL_get_verify_result(ssl)
        if verdict != 0 {  // X509_V_OK
            ERR_clear_error()
            throw TLSError("the peer's certificate: \(String(cString: X509_verify_cert_error_string(verdict)))")
        }
        throw TLSError(queueAfter: "TLS handshake")
    }

    func read(into base: UnsafeMutableRawPointer, _ room: Int, count: inout Int) -> Step {
        ERR_clear_error()
        if SSL_read_ex(ssl, base, room, &count) == 1 { return .done }
        switch SSL_get_error(ssl, 0) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .end
        default:
            hasFailed = true
            ERR_clear_error()
            return .failed
        }
    }

    func write(_ base: UnsafeRawPointer, _ length: Int, count: inout Int) -> Step {
        ERR_clear_error()
        if SSL_write_ex(ssl, base, length, &count) == 1 { return .done }
        switch SSL_get_error(ssl, 0) {
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_WANT_READ: return .wantsRead
        default:
            hasFailed = true
            ERR_clear_error()
            return .failed
        }
    }

    /// Says goodbye (close_notify), once, without waiting for the peer's.
    func endSending() {
        guard isEstablished, !hasFailed else { return }
        ERR_clear_error()
        SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// Whom the peer's verified certificate names; nil when it showed none.
    func peerIdentity() -> CertificateIdentity? {
        guard let certificate = SSL_get0_peer_certificate(ssl), SSL_get_verify_result(ssl) == 0,
            let subject = X509_get_subject_name(certificate)
        else { return nil }
        return CertificateIdentity(
            role: Self.text(subject, NID_organizationalUnitName), name: Self.text(subject, NID_commonName))
    }

    private static func text(_ name: OpaquePointer, _ nid: CInt) -> String {
        let index = X509_NAME_get_index_by_NID(name, nid, -1)
        guard index >= 0, let entry = X509_NAME_get_entry(name, index), let data = X509_NAME_ENTRY_get_data(entry) else { return "" }
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&bytes, data)
        guard count >= 0, let bytes else { return "" }
        defer { CRYPTO_free(bytes, #file, 0) }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
    }

    /// A ClientHello came: switches to the certificate of the name it asks for. Before anything else is decided, so that a
    /// ticket is judged by the certificate it would resume.
    static let chooseContext: @convention(c) (OpaquePointer?, UnsafeMutablePointer<CInt>?, UnsafeMutableRawPointer?) -> CInt = { ssl, _, _ in
        guard let ssl, let owner = tls_wire_of(ssl).pointee.owner,
            let named = Unmanaged<TLSSession>.fromOpaque(owner).takeUnretainedValue().context.named
        else { return SSL_CLIENT_HELLO_SUCCESS }
        var bytes: UnsafePointer<UInt8>?
        let count = tls_hello_name(ssl, &bytes)
        if count > 0, let bytes, let other = named.context(for: UnsafeBufferPointer(start: bytes, count: count)) { SSL_set_SSL_CTX(ssl, other.pointer) }
        return SSL_CLIENT_HELLO_SUCCESS
    }
}
