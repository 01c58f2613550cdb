// What staff change on a ticket beside answering: its state, priority, whose it is, category and tags, in one form.
import Procedures
import SupportCentre
import Wire

enum TicketDesk {
    static func form(_ frame: Frame, _ thread: TicketThread, entered: Entered) -> HTML {
        let ticket = thread.ticket
        guard ticket.state != .merged else { return .empty }
        let states = [ticket.state] + thread.choices.compactMap(TicketState.init).filter { $0 != ticket.state }
        var people = [("", "Nobody")] + thread.staff.map { ($0.email, $0.name.isEmpty ? $0.email : $0.name) }
        // Who has left stays named until somebody else takes over.
        if let assignee = ticket.assignee, !people.contains(where: { $0.0 == assignee }) { people.append((assignee, ticket.assigneeName)) }
        let mine: HTML = ticket.assignee == thread.person.email ? .empty : """
            <form method="post" action="/tickets/\(ticket.number)/mine" data-mine>\(frame.token)<button class="button wide">Assign to me</button></form>
            """
        return Component.card("Work on it", """
            \(mine)<form class="form" method="post" action="/tickets/\(ticket.number)/change">\(frame.token)
            \(FormField("assignee", "With", .choice(people), value: ticket.assignee ?? "", required: false).filled(entered))
            \(FormField("state", "State", .choice(states.map { ($0.rawValue, $0.word) }), value: ticket.state.rawValue).filled(entered))
            \(FormField("until", "Pending until", .date, value: ticket.until?.date.iso8601 ?? "", required: false).filled(entered))
            \(FormField("reason", "On hold, waits for", value: ticket.reason, hint: "The customer reads it.", required: false, longest: 500).filled(entered))
            \(FormField("priority", "Priority", .choice(TicketPriority.allCases.map { ($0.rawValue, $0.word) }), value: ticket.priority.rawValue).filled(entered))
            \(FormField("category", "Category", value: ticket.category, required: false, longest: 40).filled(entered))
            \(FormField("tags", "Tags", value: ticket.tags.joined(separator: " "), hint: "Words with blanks between them; only staff see them.", required: false, longest: 500).filled(entered))
            <div class="actions">\(Component.button("Save", style: ""))</div></form>
            """ as HTML)
    }
}

/// What happened to a ticket, in words.
enum TicketHistory {
    static func card(_ events: [TicketEventEntry], staff: Bool) -> HTML {
        guard !events.isEmpty else { return .empty }
        let items = events.reversed().map { event -> HTML in
            "<li><span>\(words(event, staff: staff))</span><span class=\"note\">\(event.who.isEmpty ? "By itself" : event.who), \(.time(event.at))</span></li>"
        }
        return Component.card(nil, "<details><summary>History</summary><ol class=\"history\">\(Array(items))</ol></details>")
    }

    private static func words(_ event: TicketEventEntry, staff: Bool) -> HTML {
        switch event.kind {
        case .opened: return "Opened"
        case .replied: return "Replied"
        case .note: return "Internal note"
        case .state:
            let more: HTML = event.detail.isEmpty ? .empty : Timestamp(iso8601: event.detail).map { " \(.time($0))" } ?? " \(event.detail)"
            return "\(TicketState(rawValue: event.value).map { TicketMarks.state($0, staff: staff) })\(more)"
        case .priority: return "Priority \(TicketPriority(rawValue: event.value).map { TicketMarks.priority($0) })"
        case .plan: return "Other hours or promises"
        case .assigned: return event.value.isEmpty ? "With nobody" : "With \(event.value)"
        case .category: return event.value.isEmpty ? "No category" : "Category \(event.value)"
        case .merged: return "Merged into #\(event.value)"
        case .absorbed: return "Ticket #\(event.value) was merged into this"
        case .unmerged: return "Merge with #\(event.value) undone"
        case .linked: return "Linked with #\(event.value)"
        case .unlinked: return "Link with #\(event.value) removed"
        case .split: return "Ticket #\(event.value) was split off"
        case .tags: return event.value.isEmpty ? "No tags" : "Tags \(event.value)"
        }
    }
}
