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
    private var staples: UnsafeMutablePointer<tls_staples>?
    /// Other contexts for clients that name a host; nil where one serves all.
    private(set) var named: NamedContexts?

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
        if let staples {
            tls_free_staples(staples)
            staples.deallocate()
        }
    }

    /// Has clients that name a host be shown the certificate of that name.
    func choose(by named: NamedContexts) {
        self.named = named
        tls_choose_by_name(pointer, TLSSession.chooseContext)
    }

    /// Staples `staple` to the certificate that was used last.
    func add(_ staple: Staple) {
        let staples = staples ?? {
            let made = UnsafeMutablePointer<tls_staples>.allocate(capacity: 1)
            made.initialize(to: tls_staples())
            tls_serve_staples(pointer, made)
            self.staples = made
            return made
        }()
        _ = tls_add_staple(staples, pointer, staple.response, staple.response.count, Int(staple.until))
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

    /// Adds a certificate, its chain and its key, beside those of other kinds of key. Answers the certificate's digest.
    @discardableResult
    func use(certificateFile: String, keyFile: String) throws(TLSError) -> [UInt8] {
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
        var digest = [UInt8](repeating: 0, count: 32)
        X509_digest(SSL_CTX_get0_certificate(pointer), EVP_sha256(), &digest, nil)
        return digest
    }

    /// Binds TLS sessions to `policy`: only a context of the same resumes them.
    func bindSessions(to policy: [UInt8]) throws(TLSError) {
        let id = Digest.sha256(policy)
        guard SSL_CTX_set_session_id_context(pointer, id, UInt32(min(id.count, 32))) == 1 else {
            throw TLSError(queueAfter: "TLS session context")
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
