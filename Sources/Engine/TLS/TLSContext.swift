// What TLS connections of one kind have in common: certificate, key, whom to trust.

/// The server's side of TLS.
package final class TLSServerContext: Sendable {
}

/// The client's side of TLS.
package final class TLSClientContext: Sendable {
    let name: String? = nil
}
