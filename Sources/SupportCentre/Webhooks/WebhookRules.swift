// Webhooks: what customers' programs are told of, which addresses may be called, and what follows from an answer.
import Wire

/// What happened. Words of the API: they never change their meaning.
package enum WebhookEvent: String, Sendable, CaseIterable {
    case ticketOpened = "ticket.opened", ticketReplied = "ticket.replied", ticketChanged = "ticket.changed"
    case changeMoved = "change.moved"
    case assessmentSaved = "assessment.saved", importEnded = "import.ended", exportReady = "export.ready"
    /// Sent when somebody tries a webhook out; nobody has to ask for it.
    case ping

    /// What can be asked for.
    package static let offered = allCases.filter { $0 != .ping }

    package var explained: String {
        switch self {
        case .ticketOpened: "A ticket was opened"
        case .ticketReplied: "Support or the customer wrote on a ticket"
        case .ticketChanged: "A ticket has another state, priority or category"
        case .changeMoved: "A request for change went a step on"
        case .assessmentSaved: "An assessment was saved"
        case .importEnded: "A file was imported, or refused"
        case .exportReady: "An export of everything can be downloaded"
        case .ping: "Sent to try the webhook out"
        }
    }
}

package enum WebhookState: String, Sendable, CaseIterable {
    case on
    /// Turned off by a person.
    case off
    /// Nothing was taken for as long as is tried.
    case failing
    /// The program answered 410: it does not want to be called again.
    case gone
}

/// A delivery is one event on its way to one webhook.
package enum DeliveryState: String, Sendable, CaseIterable { case waiting, delivered, failed }

/// What one attempt leads to.
package enum WebhookVerdict: Sendable, Equatable {
    case delivered
    case again(Timestamp)
    /// It was tried for as long as is tried.
    case failed
    case gone

    /// Waits after each attempt that failed: from seconds, for a program that restarts, to a day, for one whose keeper sleeps.
    package static let waits: [Duration] = [.seconds(5), .seconds(30), .seconds(120), .seconds(600), .seconds(3600), .seconds(3 * 3600), .seconds(8 * 3600), .seconds(24 * 3600)]

    /// - Parameters:
    ///   - status: of the answer; nil when there was none. Redirects are not followed.
    ///   - tries: attempts so far, with this one.
    ///   - delivery: spreads those of one outage over a tenth of the wait, so that they do not come all at once; the same for the same id.
    package init(status: Int?, tries: Int, delivery: String, at now: Timestamp) {
        switch status {
        case .some(200..<300): self = .delivered
        case 410: self = .gone
        default:
            guard tries >= 1, tries <= Self.waits.count else { self = .failed; return }
            let wait = Self.waits[tries - 1]
            let spread = delivery.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } % 100
            self = .again(now.adding(wait + wait * Int(spread) / 1000))
        }
    }
}

/// Where a webhook may lead.
package enum WebhookAddress {
    package static let longest = 500

    /// Why an address cannot be called; nil for one that can. What a name stands for is judged when it is called.
    ///
    /// - Parameter inside: whether `http` and addresses of the house's own network are allowed (`webhooks.inside`).
    package static func problem(_ text: String, inside: Bool) -> (reason: String, hint: String)? {
        let hint = "Write it like https://example.com/fitech."
        guard text.utf8.count <= longest else { return ("The address has \(text.utf8.count) bytes.", "Use at most \(longest).") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") }) else {
            return ("The address holds blanks or characters that are not ASCII.", "Write them percent-encoded, a host name in its xn-- form.")
        }
        let rest: Substring
        if text.hasPrefix("https://") {
            rest = text.dropFirst(8)
        } else if inside, text.hasPrefix("http://") {
            rest = text.dropFirst(7)
        } else {
            return ("The address does not begin with https://.", hint)
        }
        if text.contains("#") { return ("The address has a part behind #, which is never sent.", "Leave it out.") }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        if authority.contains("@") { return ("The address holds a user name.", "Leave it out: every call is signed with the webhook's secret.") }
        return OutsideHost.problem(authority, inside: inside, example: hint)
    }
}
