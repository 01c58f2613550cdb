// What TLS connections of one kind have in common: certificate, key, whom to trust. Made in one place, so that a library
// context per loop would be a change of one line.
import CLinux
import COpenSSL
import Digests
import Glibc

/// Owns an SSL_CTX.
///
/// @unchecked: OpenSSL counts references to a context atomically and allows its use from any thread once it is set up;
/// nothing here changes it, or the ticket keys beside it, after it was made. Each `TLSSession` keeps its context alive.
final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer
    /// What its connections open and seal tickets with; nil leaves that to OpenSSL.
    private(set) var ticketKeys: UnsafeMutablePointer<tls_ticket_keys>?

    /// A context with what both sides have in common.
    init(server: Bool) throws(TLSError) {
        ERR_clear_error()
        guard let made = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()) else {
            throw TLSError(queueAfter: "TLS context")
        }
        pointer = made
        guard tls_common(made) == 1 else { throw TLSError(queueAfter: "TLS settings") }
    }

    deinit {
        SSL_CTX_free(pointer)
        if let ticketKeys {
            OPENSSL_cleanse(ticketKeys, MemoryLayout<tls_ticket_keys>.size)
            ticketKeys.deallocate()
        }
    }

    /// Tickets that `keys` seal, or keys of this process alone; each may carry a tag (`HTTPExchange.setSessionTag`).
    func serveTickets(_ keys: TicketKeys?) {
        tls_serve_tickets(pointer, TLSSession.tagTicket, keys == nil ? 0 : 1)
        guard let keys else { return }
        let made = UnsafeMutablePointer<tls_ticket_keys>.allocate(capacity: 1)
        made.initialize(to: tls_ticket_keys())
        for key in keys.inOrder {
            let at = Int(made.pointee.count)
            withUnsafeMutableBytes(of: &made.pointee.keys) { $0.baseAddress?.advanced(by: at * key.count).copyMemory(from: key, byteCount: key.count) }
            made.pointee.count += 1
        }
        ticketKeys = made
    }

    func use(certificateFile: String, keyFile: String) throws(TLSError) {
        ERR_clear_error()
        guard SSL_CTX_use_certificate_chain_file(pointer, certificateFile) == 1 else {
            throw TLSError(queueAfter: "certificate \(certificateFile)")
        }
        guard SSL_CTX_use_PrivateKey_file(pointer, keyFile, SSL_FILETYPE_PEM) == 1 else {
            throw TLSError(queueAfter: "key \(keyFile)")
        }
        guard SSL_CTX_check_private_key(pointer) == 1 else {
            throw TLSError(queueAfter: "key \(keyFile) does not belong to certificate \(certificateFile)")
        }
    }

    func trust(_ authority: String?) throws(TLSError) {
        ERR_clear_error()
        let code = authority.map { SSL_CTX_load_verify_locations(pointer, $0, nil) } ?? SSL_CTX_set_default_verify_paths(pointer)
        guard code == 1 else { throw TLSError(queueAfter: "authority \(authority ?? "of the system")") }
    }

    static func ticketKeys(_ path: String) throws(TLSError) -> TicketKeys {
        let bytes = try contents(path)
        guard let keys = TicketKeys(file: bytes) else { throw TLSError("\(path) holds no ticket keys (\(bytes.count) bytes)") }
        return keys
    }

    static func contents(_ path: String) throws(TLSError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw TLSError("\(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = read(file, &piece, piece.count)
            guard count >= 0 else { throw TLSError("\(path): \(String(cString: strerror(errno)))") }
            if count == 0 { return all }
            all += piece[..<count]
        }
    }
}

/// The server's side of TLS: TLS 1.2 and 1.3, `http/1.1` and if wanted `h2` by ALPN, no renegotiation.
package final class TLSServerContext: Sendable {
    private let files: RenewedFiles

    /// - Parameters:
    ///   - certificateFile: PEM, the server's own first, then the chain.
    ///   - keyFile: PEM.
    ///   - clientAuthority: PEM of the authority whose certificates clients must show; nil asks for none. Such
    ///     connections are never resumed, so that every one shows a certificate that is valid now.
    ///   - ticketKeyFile: `TicketKeys.file`, which all processes of one service share, so that each resumes the TLS
    ///     sessions of the others; nil makes keys of this process alone.
    ///   - http2: whether clients may choose HTTP/2. Only with the package trait HTTP2; without it, it means nothing.
    package init(
        certificateFile: String, keyFile: String, clientAuthority: String? = nil, ticketKeyFile: String? = nil, http2: Bool = false
    ) throws(TLSError) {
        files = try RenewedFiles([certificateFile, keyFile] + [clientAuthority, ticketKeyFile].compactMap { $0 }) {
            () throws(TLSError) in try Self.make(certificateFile, keyFile, clientAuthority, ticketKeyFile, http2)
        }
    }

    var current: TLSContext { files.current() }

    /// Looks at the files now instead of within the next ten seconds. True when they had changed; on an error, e.g.
    /// when certificate and key do not belong together, the old ones stay in use.
    package func reloadIfChanged() throws(TLSError) -> Bool { try files.reloadIfChanged() }

    private static func make(
        _ certificateFile: String, _ keyFile: String, _ clientAuthority: String?, _ ticketKeyFile: String?, _ http2: Bool
    ) throws(TLSError) -> TLSContext {
        let context = try TLSContext(server: true)
        try context.use(certificateFile: certificateFile, keyFile: keyFile)
        #if HTTP2
            tls_serve_http(context.pointer, http2 ? 1 : 0)
        #else
            tls_serve_http(context.pointer, 0)
        #endif
        tls_session_cache_off(context.pointer)
        var policy = try TLSContext.contents(certificateFile)
        if let clientAuthority {
            try context.trust(clientAuthority)
            SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
            tls_no_tickets(context.pointer)
            policy += try TLSContext.contents(clientAuthority)
        } else {
            context.serveTickets(try ticketKeyFile.map { path throws(TLSError) in try TLSContext.ticketKeys(path) })
        }
        // A TLS session is resumed only where certificate and policy are the same.
        let id = Digest.sha256(policy)
        guard SSL_CTX_set_session_id_context(context.pointer, id, UInt32(min(id.count, 32))) == 1 else {
            throw TLSError(queueAfter: "TLS session context")
        }
        return context
    }
}

/// The client's side of TLS: always verifies the server's certificate, and its name.
package final class TLSClientContext: Sendable {
    private let files: RenewedFiles
    /// The name the server's certificate must hold, also sent as SNI; nil takes the host of the endpoint.
    package let name: String?

    /// - Parameters:
    ///   - authority: PEM of the authority that must have signed the server's certificate; nil trusts the system's.
    ///   - certificateFile: our own certificate for mutual TLS, with `keyFile`.
    ///   - name: the name the server must have.
    package init(
        authority: String?, certificateFile: String? = nil, keyFile: String? = nil, name: String? = nil
    ) throws(TLSError) {
        self.name = name
        files = try RenewedFiles([authority, certificateFile, keyFile].compactMap { $0 }) {
            () throws(TLSError) in try Self.make(authority, certificateFile, keyFile)
        }
    }

    var current: TLSContext { files.current() }

    /// Looks at the files now instead of within the next ten seconds. True when they had changed.
    package func reloadIfChanged() throws(TLSError) -> Bool { try files.reloadIfChanged() }

    private static func make(
        _ authority: String?, _ certificateFile: String?, _ keyFile: String?
    ) throws(TLSError) -> TLSContext {
        let context = try TLSContext(server: false)
        try context.trust(authority)
        if let certificateFile, let keyFile { try context.use(certificateFile: certificateFile, keyFile: keyFile) }
        SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, nil)
        guard tls_offer_http11(context.pointer) == 1 else { throw TLSError(queueAfter: "ALPN") }
        return context
    }
}
