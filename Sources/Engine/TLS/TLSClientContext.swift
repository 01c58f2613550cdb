// The client's side of TLS.
import COpenSSL

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
        files = try RenewedFiles({ [authority, certificateFile, keyFile].compactMap { $0 } }) {
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
