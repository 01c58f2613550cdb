// Who is at the other end of a connection.

/// Whom a certificate names: its CN is the name, its OU the certificate role.
package struct CertificateIdentity: Hashable, Sendable {
    package let role: String
    package let name: String

    package init(role: String, name: String) {
        self.role = role
        self.name = name
    }
}

/// The other end of a connection, as far as the kernel and TLS know it.
package struct Peer: Sendable {
    /// The numeric address, or `unix`.
    package var address: String
    /// The TCP port; nil for a Unix socket.
    package var port: Int?
    package var isTLS = false
    /// The verified client certificate of mutual TLS.
    package var certificate: CertificateIdentity?
    /// Process and user of a Unix peer, as they were when it connected.
    package var processID: Int32?
    package var userID: UInt32?

    package init(address: String, port: Int? = nil) {
        self.address = address
        self.port = port
    }
}
