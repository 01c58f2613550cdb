// What can be asked of the outside world, and what comes back.

/// One request to somebody outside the fleet: an SMS provider, a mail relay, a webhook.
package struct OutboundRequest: Sendable {
    package enum Kind: Sendable {
        /// An HTTP request. Redirects are not followed: a provider that moves is a change of configuration.
        case http(method: String, fields: [(String, String)], body: [UInt8])
        /// A mail through an SMTP relay: envelope sender (empty for `<>`), one recipient, the message with CRLF lines.
        case mail(from: String, to: String, message: [UInt8])
        /// A file sent by SFTP to the URL, which ends with its name there: under another name first, so that nobody takes half of it.
        /// - `identity`: the path of our secret key; `hostKey`: the SHA-256 of the server's key in base64, nothing is said to any other.
        case upload(file: String, bytes: Int, identity: String, hostKey: String)
    }

    package var url: String
    package var kind: Kind
    package var connectTimeout: Duration = .seconds(3)
    /// From the start to the last byte of the answer.
    package var timeout: Duration = .seconds(10)
    /// Connects to addresses of the public Internet alone, judged when the name is resolved, and by no proxy: for addresses strangers write.
    package var onlyPublic = false
    /// The largest answer taken, in bytes.
    package var limit = 256 * 1024

    package init(url: String, kind: Kind) {
        self.url = url
        self.kind = kind
    }
}

package struct OutboundResponse: Sendable {
    /// The HTTP status, or the last reply code of the SMTP conversation.
    package var status: Int
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// No answer, or one that ended the conversation.
package struct OutboundFailure: Error, Sendable, CustomStringConvertible {
    /// libcurl's words, with the host.
    package var reason: String
    /// libcurl's code; 0 for a request that never started.
    package var code: Int
    /// The last reply code of an SMTP conversation, 0 when there was none.
    package var status: Int

    /// The peer is not the one that was meant, or does not know our key: an upload is not tried again. A relay with a bad certificate is
    /// another matter: mail waits until that is mended.
    package var isRefusal = false

    /// Whether asking again later may help: everything but a refusal, in so many words (5yz) or by keys, and a malformed request.
    package var isTemporary: Bool {
        if status >= 500 && status < 600 || isRefusal { return false }
        // URL malformed, unsupported protocol, not built in.
        return ![1, 3, 4].contains(code)
    }

    package var description: String { reason }
}
