// What tickets tell by mail, written in the transaction of its cause.
import Procedures
import Storage
import SupportCentre
import Wire

enum TicketMails {
    /// To the person who opened the ticket: support has answered.
    static func answered(_ ticket: Ticket, _ reply: Reply, _ state: TicketState, _ customer: CustomerEntry, origin: String?, _ now: Timestamp, in database: Database) throws {
        let what = switch state {
        case .closed: " and closed it"
        case .resolved: " and considers it solved"
        default: ""
        }
        try tell(ticket, customer, asks: state.rule.isActive ? nil : origin, now, in: database) { opener in
            """
            Hello \(opener.name),

            \(reply.author) answered your ticket #\(ticket.number) "\(ticket.title)"\(what):

            \(reply.body)

            Sign in to the portal to read it all and to reply.
            """
        }
    }

    /// To the same: support says it is solved, or waits.
    static func moved(_ ticket: Ticket, _ customer: CustomerEntry, days: Int, origin: String?, _ now: Timestamp, in database: Database) throws {
        let what: String? = switch ticket.state {
        case .resolved: "Support considers it solved. If it is not, reply and it is open again; without a word it closes in \(days) days."
        case .onHold: "It is on hold: \(ticket.reason)"
        case .pending: ticket.until.map { "It waits until \($0.date.iso8601) and is then taken up again." }
        case .closed: "Support closed it. Reply to reopen it."
        default: nil
        }
        guard let what else { return }
        try tell(ticket, customer, asks: ticket.state.rule.isActive ? nil : origin, now, in: database) { opener in
            """
            Hello \(opener.name),

            your ticket #\(ticket.number) "\(ticket.title)":

            \(what)

            Sign in to the portal to read it all and to reply.
            """
        }
    }

    /// To whoever of staff has it or watches it: the customer wrote.
    static func replied(_ ticket: Ticket, _ reply: Reply, _ followers: TicketFollowers, _ customer: CustomerEntry, by actor: String, origin: String?, _ now: Timestamp, in database: Database) throws {
        // Customers' people are not told the address of an assignee, so the ticket as they read it lacks it.
        let assignee = try database.first("SELECT assignee FROM ticket WHERE number = ?", ticket.number) { $0.optionalText(0) } ?? nil
        for one in followers.receivers(assignee: assignee, but: actor) {
            let why = one.email == assignee ? "The ticket is with you." : "You watch this ticket."
            try Mail.write(to: one.email, subject: "[#\(ticket.number)] \(ticket.title)", body: """
                Hello \(one.name),

                \(reply.author) of \(customer.displayName) wrote on ticket #\(ticket.number) "\(ticket.title)":

                \(reply.body)

                \(place(ticket, origin))
                \(why)
                """, place: customer.name, now: now, in: database)
        }
    }

    /// To the same: somebody has been given the ticket.
    static func assigned(_ ticket: Ticket, _ followers: TicketFollowers, _ customer: CustomerEntry, by name: String, _ actor: String, origin: String?, _ now: Timestamp, in database: Database) throws {
        for one in followers.receivers(assignee: ticket.assignee, but: actor) {
            let isTheirs = one.email == ticket.assignee
            try Mail.write(to: one.email, subject: "[#\(ticket.number)] \(ticket.title)", body: """
                Hello \(one.name),

                \(name) gave ticket #\(ticket.number) "\(ticket.title)" of \(customer.displayName) to \(isTheirs ? "you" : ticket.assigneeName).

                \(place(ticket, origin))
                \(isTheirs ? "The ticket is with you." : "You watch this ticket.")
                """, place: customer.name, now: now, in: database)
        }
    }

    private static func place(_ ticket: Ticket, _ origin: String?) -> String {
        origin.flatMap { $0.isEmpty ? nil : "It is at \($0)/tickets/\(ticket.number)" } ?? "Sign in to the portal to read it all and to answer."
    }

    /// Each person whose ticket it is, also by a merge, once. With an origin the mail also asks how it was, by a link of that person's own.
    private static func tell(_ ticket: Ticket, _ customer: CustomerEntry, asks origin: String?, _ now: Timestamp, in database: Database, _ body: (PersonRow) -> String) throws {
        let people = try database.query("""
            WITH RECURSIVE family (number) AS (SELECT ?1 UNION SELECT t.number FROM ticket t JOIN family f ON t.merged_into = f.number)
            SELECT DISTINCT person FROM ticket WHERE number IN family
            """, ticket.number) { $0.text(0) }
        for person in people {
            guard let opener = try PersonRow.find(person, in: database) else { continue }
            var text = body(opener)
            if let origin, !origin.isEmpty {
                let link = "\(origin)/rate/\(try RatingFamily.link(ticket.number, for: person, of: customer, now: now, in: database))"
                text += "\n\nHow was it? One press is enough:\n\nGood:     \(link)?score=good\nSo-so:    \(link)?score=fair\nNot good: \(link)?score=poor\n"
            }
            try Mail.write(to: opener.email, subject: "[#\(ticket.number)] \(ticket.title)", body: text, place: customer.name, now: now, in: database)
        }
    }
}
