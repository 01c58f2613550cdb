// The filters of the queue: their fields, what they say in words, and the links to saved views.
import Control
import Procedures
import SupportCentre
import Wire

enum TicketFilters {
    /// The fields of a filter, alike for the queue and for a view.
    static func fields(_ filter: TicketFilter, staff: [Assignee], entered: Entered = .nothing) -> HTML {
        let states = [("", "Any state")] + TicketState.allCases.filter { $0 != .merged }.map { ($0.rawValue, $0.word) }
        let orders = [("", "As usual"), (TicketOrder.due.rawValue, "What is due first"), (TicketOrder.newest.rawValue, "Newest first")]
        var people = [("", "Anybody"), ("me", "Me"), ("none", "Nobody")] + staff.map { ($0.email, $0.name.isEmpty ? $0.email : $0.name) }
        // Who has left stays chosen until somebody chooses anew.
        if let assignee = filter.assignee, !people.contains(where: { $0.0 == assignee }) { people.append((assignee, assignee)) }
        return """
            \(FormField("state", "State", .choice(states), value: filter.state?.rawValue ?? "", required: false).filled(entered))
            \(FormField("priority", "Priority", .choice([("", "Any priority")] + TicketPriority.allCases.map { ($0.rawValue, $0.word) }), value: filter.priority?.rawValue ?? "", required: false).filled(entered))
            \(FormField("assignee", "With", .choice(people), value: filter.assignee ?? "", required: false).filled(entered))
            \(FormField("category", "Category", value: filter.category ?? "", required: false, longest: 40).filled(entered))
            \(FormField("tag", "Tag", value: filter.tag ?? "", required: false, longest: 30).filled(entered))
            \(FormField("customer", "Customer", value: filter.customer ?? "", required: false, longest: 40).filled(entered))
            \(FormField("order", "Order", .choice(orders), value: filter.order?.rawValue ?? "", required: false).filled(entered))
            """
    }

    /// The links above the queue.
    static func views(_ views: [TicketView], current: String?) -> HTML {
        let links = views.map { view -> HTML in
            "<li><a href=\"/tickets?view=\(segment: view.id)\"\(" aria-current=\"page\"", if: view.id == current)>\(view.name)</a></li>"
        }
        guard !links.isEmpty else { return .empty }
        return "<nav class=\"views\" aria-label=\"Views\"><ul class=\"tabs\">\(links)</ul><a class=\"note\" href=\"/ticket-views\">Views of yours and shared ones</a></nav>"
    }

    /// Everything the tabs do not offer, folded away until somebody narrows by it.
    static func form(_ query: ListTickets, _ effective: ListTickets, staff: [Assignee]) -> HTML {
        let special = query.view != nil || query.priority != nil || query.category != nil || query.tag != nil || query.customer != nil
        let search: HTML = effective.search.isEmpty ? .empty : "<input type=\"hidden\" name=\"search\" value=\"\(effective.search)\">"
        return """
            <details class="narrow"\(" open", if: special && query.view == nil)><summary>Filter</summary><form class="form filters keep" method="get" action="/tickets">\(search)
            \(fields(effective.filter, staff: staff))
            <div class="actions"><button class="button">Show</button><button class="button" formaction="/ticket-views/new">Keep as a view</button></div></form></details>
            """
    }

    /// `Waiting for us, urgent, with me`.
    static func words(_ filter: TicketFilter) -> String {
        var words: [String] = []
        if let state = filter.state { words.append(state.word) }
        if let priority = filter.priority { words.append(priority.word) }
        if let assignee = filter.assignee { words.append(assignee == "me" ? "with whoever looks" : assignee == "none" ? "with nobody" : "with \(assignee)") }
        if let category = filter.category { words.append("category \(category)") }
        if let tag = filter.tag { words.append("tag \(tag)") }
        if let customer = filter.customer { words.append("customer \(customer)") }
        if let search = filter.search { words.append("\"\(search)\" in the title") }
        if let order = filter.order { words.append(order == .due ? "what is due first" : "newest first") }
        return words.isEmpty ? "Every ticket that is active" : words.joined(separator: ", ")
    }
}
