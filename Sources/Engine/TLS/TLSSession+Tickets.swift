// A ticket of the TLS session, and the tag of the handler's inside it.
import COpenSSL

/// The tag travels inside the ticket, so it is encrypted and authenticated like everything there: a client can neither read
/// nor change it, and one server's tag is another's wherever the ticket keys are shared.
extension TLSSession {
    /// Whether the client resumed an earlier TLS session.
    var isResumed: Bool { tls_session_reused(ssl) != 0 }

    /// What the ticket carries that the client resumed with, or that it was given in this handshake; nil for nothing.
    var ticketTag: [UInt8]? {
        var count = 0
        guard let bytes = tls_ticket_tag(ssl, &count) else { return nil }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// Whether a ticket can be given now: TLS 1.3 (RFC 8446 4.6.1), by a context that serves tickets.
    var mayIssueTicket: Bool { SSL_version(ssl) >= TLS1_3_VERSION && SSL_get_options(ssl) & tls_option_no_ticket() == 0 }

    /// Has a ticket sent before the next data. With `tag` it carries that; without, what the client's last ticket did.
    func issueTicket(_ tag: [UInt8]?) {
        self.tag = tag
        ERR_clear_error()
        SSL_new_session_ticket(ssl)
        ERR_clear_error()
    }

    /// OpenSSL is about to seal a ticket: inside the handshake of TLS 1.2, or inside the write after `issueTicket`.
    static let tagTicket: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> CInt = { ssl, _ in
        guard let ssl, let owner = tls_wire_of(ssl).pointee.owner else { return 1 }
        Unmanaged<TLSSession>.fromOpaque(owner).takeUnretainedValue().tagTicket()
        return 1
    }

    private func tagTicket() {
        if let tagInHandshake { tag = tagInHandshake(isResumed ? ticketTag : nil) }
        guard let tag, let session = SSL_get_session(ssl) else { return }
        SSL_SESSION_set1_ticket_appdata(session, tag, tag.count)
    }
}
