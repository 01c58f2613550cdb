// The HTTP face of Kannel's smsbox (User Guide, "SMS Push"): the request for a text and the meaning of its answer.
import Wire

/// Builds `sendsms` requests and reads their answers; pure, `Outbound` carries them.
package struct KannelProvider: Sendable {
    package var url: String
    package var user: String
    package var secret: String
    /// Who the text comes from; nil leaves it to Kannel's `global-sender`.
    package var from: String?

    package init(url: String, user: String, secret: String, from: String? = nil) {
        self.url = url
        self.user = user
        self.secret = secret
        self.from = from
    }

    /// The request for one text.
    ///
    /// - Parameters:
    ///   - to: E.164.
    ///   - receiptURL: where Kannel reports what became of it (`%d` is put in by Kannel), nil for no receipts.
    ///   - alphabet: of the text, as counted by `TextLength`.
    package func request(to: String, text: String, alphabet: TextLength.Alphabet, receiptURL: String? = nil) -> OutboundRequest {
        var query = [
            ("username", user), ("password", secret), ("to", to), ("text", text), ("charset", "UTF-8"),
            ("coding", alphabet == .gsm7 ? "0" : "2"),
        ]
        if let from { query.append(("from", from)) }
        if let receiptURL {
            // Delivered to the phone, or not: 1 and 2, and a refusal by the network, 16.
            query.append(("dlr-mask", "19"))
            query.append(("dlr-url", receiptURL))
        }
        let text = query.map { $0.0 + "=" + PercentCoding.encode($0.1) }.joined(separator: "&")
        var request = OutboundRequest(
            url: url + (url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + text, kind: .http(method: "GET", fields: [], body: []))
        // A page must not wait for one provider: the next is asked after this.
        request.connectTimeout = .seconds(2)
        request.timeout = .seconds(4)
        request.limit = 16 * 1024
        return request
    }

    package enum Verdict: Equatable, Sendable {
        case accepted
        /// It may take the text later.
        case temporary(String)
        /// It will not take it as it is.
        case permanent(String)
    }

    /// Reads the answer: 202 with `0: Accepted for delivery` or `3: Queued for later delivery`; 4xx is a refusal in
    /// words, 503 `Temporal failure, try again later.` What is none of these counts as failed: silence is never success.
    package static func verdict(status: Int, body: String) -> Verdict {
        let words = String(body.prefix(200).filter { $0 != "\n" && $0 != "\r" })
        switch status {
        case 202: return .accepted
        case 200 where body.hasPrefix("0:") || body.hasPrefix("3:") || body.hasPrefix("Sent"): return .accepted
        case 400..<500 where status != 408 && status != 429: return .permanent("\(status) \(words)")
        default: return .temporary("\(status) \(words)")
        }
    }

    /// Whether a refusal says that nobody named a sender (smsbox: `Sender missing and no global set, rejected`).
    package static func wantsSender(_ reason: String) -> Bool { reason.contains("Sender missing") }

    /// The sender named then. Letters cannot be answered, but a page is acknowledged by its link.
    package static let plainSender = "Fitech"

    /// What a receipt's `%d` means (User Guide, "Delivery Reports"): 1 delivered, 2 not, 16 refused by the network;
    /// nil for those in between (4 buffered, 8 at the network).
    package static func isDelivered(receipt code: Int) -> Bool? {
        switch code {
        case 1: true
        case 2, 16: false
        default: nil
        }
    }
}
