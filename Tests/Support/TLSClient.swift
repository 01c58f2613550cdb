// A TLS client that is OpenSSL itself, nothing of ours: what it is shown, what it resumes, what it asks.
import CLinux
import COpenSSL
import Glibc

/// One blocking connection to a port of this machine. Confined to whoever made it.
package final class TLSClient {
    package struct Wish: Sendable {
        /// SNI.
        package var name: String?
        /// `TLS1_2_VERSION` or `TLS1_3_VERSION`; nil for the best both have.
        package var version: Int?
        /// A session of an earlier connection, as `session` gave it.
        package var session: [UInt8]?
        /// Signature algorithms it takes, as OpenSSL writes them, e.g. `RSA-PSS+SHA256`.
        package var signatures: String?
        /// Whether it asks for an OCSP staple.
        package var wantsStaple = false
        package init() {}
    }

    package struct Fault: Error, CustomStringConvertible {
        package let description: String
        init(_ what: String) {
            var texts: [String] = []
            while case let code = ERR_get_error(), code != 0 { texts.append(ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)") }
            description = ([what] + texts).joined(separator: ", ")
        }
    }

    private let descriptor: CInt
    private let context: OpaquePointer
    package let ssl: OpaquePointer

    /// Connects and shakes hands; verifies nothing.
    package init(port: Int, _ wish: Wish = Wish()) throws {
        ERR_clear_error()
        let descriptor = socket(AF_INET, linux_sock_stream | linux_sock_cloexec, 0)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var to = sockaddr_in()
        to.sin_family = sa_family_t(AF_INET)
        to.sin_port = in_port_t(port).bigEndian
        to.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafePointer(to: to) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) } }
        guard let context = SSL_CTX_new(TLS_client_method()), let ssl = SSL_new(context) else { throw Fault("no context") }
        self.descriptor = descriptor
        self.context = context
        self.ssl = ssl
        guard code == 0 else { throw Fault("connect: \(String(cString: strerror(errno)))") }
        signal(SIGPIPE, SIG_IGN)
        SSL_set_fd(ssl, descriptor)
        if let version = wish.version { tls_client_version(ssl, CInt(version)) }
        if let name = wish.name { tls_set_name(ssl, name) }
        if let signatures = wish.signatures, tls_client_signatures(ssl, signatures) != 1 { throw Fault("signatures") }
        if wish.wantsStaple { tls_client_wants_staple(ssl) }
        if let bytes = wish.session, !TLSSession.resume(bytes, on: ssl) { throw Fault("session") }
        guard SSL_connect(ssl) == 1 else { throw Fault("handshake") }
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
        close(descriptor)
    }

    package var isResumed: Bool { tls_session_reused(ssl) != 0 }

    /// The TLS session with the newest ticket, for another connection; nil when there is no ticket.
    package var session: [UInt8]? { TLSSession.bytes(of: ssl) }

    /// The subject's common name and the type of key (`EVP_PKEY_EC`, `EVP_PKEY_RSA`) of the server's certificate.
    package var certificate: (name: String, key: Int32) {
        guard let shown = SSL_get0_peer_certificate(ssl) else { return ("", 0) }
        var text = [CChar](repeating: 0, count: 256)
        let count = X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, &text, 256)
        let name = String(decoding: text.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (name, EVP_PKEY_get_base_id(X509_get0_pubkey(shown)))
    }

    /// The OCSP response that was stapled (DER), nil for none.
    package var staple: [UInt8]? {
        var bytes: UnsafePointer<UInt8>?
        let count = tls_client_staple(ssl, &bytes)
        guard count > 0, let bytes else { return nil }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// Sends a request and reads one answer with `Content-Length`.
    package func ask(_ target: String = "/", fields: String = "", host: String = "localhost") throws -> String {
        try send("GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\(fields)\r\n")
        var answer: [UInt8] = []
        while true {
            let text = String(decoding: answer, as: UTF8.self)
            let parts = Self.halves(text)
            if let parts, parts.body.utf8.count >= Self.length(parts.head) { return text }
            var buffer = [UInt8](repeating: 0, count: 16384)
            let count = SSL_read(ssl, &buffer, CInt(buffer.count))
            guard count > 0 else { throw Fault("read") }
            answer += buffer[..<Int(count)]
        }
    }

    package func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard SSL_write(ssl, bytes, CInt(bytes.count)) == CInt(bytes.count) else { throw Fault("write") }
    }

    private static func halves(_ text: String) -> (head: Substring, body: Substring)? {
        var at = text.utf8.startIndex
        while at < text.utf8.endIndex {
            if text.utf8[at...].starts(with: "\r\n\r\n".utf8) { return (text[..<at], text[text.utf8.index(at, offsetBy: 4)...]) }
            at = text.utf8.index(after: at)
        }
        return nil
    }

    private static func length(_ head: Substring) -> Int {
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
            return Int(line.dropFirst(15).drop { $0 == " " }) ?? 0
        }
        return 0
    }

    /// Everything of a connection on a thread that may block.
    package static func on<T: Sendable>(port: Int, _ wish: Wish = Wish(), _ body: @escaping @Sendable (TLSClient) throws -> T) async throws -> T {
        try await Task.detached { try body(try TLSClient(port: port, wish)) }.value
    }
}
