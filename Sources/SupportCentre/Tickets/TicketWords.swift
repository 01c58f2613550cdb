// What a ticket can be, in the words that are stored and sent.

package enum TicketState: String, Sendable, Hashable, CaseIterable {
    /// Waits for support.
    case open
    /// Support has answered; waits for the customer.
    case answered
    /// Waits for a date, then becomes open by itself.
    case pending
    /// Waits for somebody else: a supplier, a release.
    case onHold = "on-hold"
    /// Support says it is solved; the customer's word reopens it, silence closes it.
    case resolved
    case closed
    /// Its conversation goes on in another ticket.
    case merged
}

package enum TicketPriority: String, Sendable, Hashable, CaseIterable { case low, normal, high, urgent }
