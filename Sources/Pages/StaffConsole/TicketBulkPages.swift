// Changing several tickets in one go: choosing them in the queue, what shall become of them, and what became of each.
import Control
import Procedures
import SupportCentre
import Wire

package enum TicketBulkPages {
    /// The box beside a ticket in the queue. It belongs to the form under the table without standing in it.
    static func pick(_ ticket: Ticket) -> HTML {
        "<input type=\"checkbox\" form=\"bulk\" name=\"ticket\" value=\"\(ticket.number)\" aria-label=\"Choose #\(ticket.number)\">"
    }

    static func underTheQueue(_ frame: Frame, _ staff: [Assignee], choices: Int) -> HTML {
        guard choices > 0 else { return .empty }
        return """
            <details class="bulk"><summary data-picked>Change chosen tickets</summary><form class="form filters" id="bulk" method="post" action="/tickets/changes">\(frame.token)<input type="hidden" name="back" value="\(frame.here)">
            \(fields(staff, .nothing))<div class="actions">\(Component.button("Change them"))</div></form></details>
            """
    }

    private static func fields(_ staff: [Assignee], _ entered: Entered) -> HTML {
        let people = [("", "As it is"), ("me", "Me"), ("none", "Nobody")] + staff.map { ($0.email, $0.name.isEmpty ? $0.email : $0.name) }
        let states = [("", "As it is")] + TicketState.allCases.filter { $0 != .merged }.map { ($0.rawValue, $0.word) }
        return """
            \(field("assignee", "With whom", .choice(people), entered))
            \(field("state", "New state", .choice(states), entered))
            \(field("until", "Pending until", .date, entered))
            \(field("reason", "On hold, waits for", .text, entered, hint: "Customers read it.", longest: 500))
            \(field("priority", "New priority", .choice([("", "As it is")] + TicketPriority.allCases.map { ($0.rawValue, $0.word) }), entered))
            \(field("add_tags", "Add tags", .text, entered, longest: 500))
            \(field("remove_tags", "Take tags away", .text, entered, longest: 500))
            """
    }

    /// Named apart from the fields of the filter, which stand on the same page; what the data tier finds wrong has its own names.
    private static func field(_ name: String, _ label: String, _ control: FormField.Control, _ entered: Entered, hint: HTML = .empty, longest: Int? = nil) -> HTML {
        var field = FormField("to_\(name)", label, control, value: entered.value("to_\(name)"), hint: hint, required: false, longest: longest)
        field.problem = entered.problem(name)?.reason.sentence
        return field.html
    }

    /// The same again, after it was refused: with the tickets that were chosen.
    package static func again(_ frame: Frame, _ staff: [Assignee], entered: Entered) -> HTML {
        let chosen = entered.form.all("ticket").map { number -> HTML in
            "<label class=\"choice\"><input type=\"checkbox\" name=\"ticket\" value=\"\(number)\" checked><span><b>#\(number)</b></span></label>"
        }
        let list: HTML = chosen.isEmpty
            ? "<p>No ticket is chosen. <a href=\"/tickets\">Go back to the queue</a> and mark the tickets you mean.</p>" : "<fieldset class=\"choices\"><legend class=\"legend\">Tickets</legend>\(chosen)</fieldset>"
        return Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets")], here: "Change several"))\(Component.header("Change several tickets"))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="/tickets/changes">\(frame.token)<input type="hidden" name="back" value="\(entered.value("back"))">
            \(list)
            \(fields(staff, entered))<div class="actions">\(Component.button("Change them"))\(Component.link("Back to the queue", to: "/tickets"))</div></form>
            """ as HTML))
            """)
    }

    /// - Parameter back: the queue as it was; a path of ours.
    package static func result(_ frame: Frame, _ answer: ChangeTickets.Answer, back: String) -> HTML {
        let refused = answer.items.filter { $0.kind == .refused }, changed = answer.items.filter { $0.kind == .changed }, same = answer.items.filter { $0.kind == .unchanged }
        let lead: HTML = "\(Show.count(changed.count, "ticket is", "tickets are")) changed, \(same.count) \(raw: same.count == 1 ? "was" : "were") so already, \(refused.count) \(raw: refused.count == 1 ? "stays" : "stay") as before."
        return Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets")], here: "Changed"))\(Component.header("What became of them", lead: lead, actions: [Component.link("Back to the queue", to: "\(back)", style: "primary")]))
            \(part("Not changed", refused))\(part("Changed", changed))\(part("So already", same))
            """)
    }

    private static func part(_ title: String, _ items: [TicketOutcome]) -> HTML {
        guard !items.isEmpty else { return .empty }
        let rows = items.map { item -> HTML in
            let name: HTML = item.title.isEmpty ? "<b>#\(item.number)</b>" : "<a href=\"/tickets/\(item.number)\">#\(item.number) \(item.title)</a>"
            let words: HTML = switch item.kind {
            case .changed: "<span class=\"note\">\(item.changes.map { $0.sentence }.joined(separator: " "))</span>"
            case .unchanged: .empty
            case .refused: "\(item.reason.sentence) <span class=\"note\">\(item.hint.isEmpty ? "" : item.hint.sentence)</span>"
            }
            return "<li>\(name)<br>\(words)</li>"
        }
        return Component.card(title, "<ul class=\"outcomes\">\(rows)</ul>")
    }
}
