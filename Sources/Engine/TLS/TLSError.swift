// Why TLS refused: a file, a certificate or a peer.
import COpenSSL

/// A failure of TLS, with the words of OpenSSL's error queue.
package struct TLSError: Error, Sendable, CustomStringConvertible {
    package let reason: String
    /// The peer spoke HTTP in the clear.
    let isClearHTTP: Bool

    init(_ reason: String) {
        self.reason = reason
        isClearHTTP = false
    }

    /// Empties this thread's error queue into the reason.
    init(queueAfter operation: String) {
        var texts: [String] = []
        var clear = false
        while true {
            let code = ERR_get_error()
            if code == 0 { break }
            if tls_is_http_request(code) != 0 { clear = true }
            texts.append(ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)")
        }
        isClearHTTP = clear
        reason = texts.isEmpty ? operation : "\(operation): \(texts.joined(separator: ", "))"
    }

    package var description: String { reason }
}
