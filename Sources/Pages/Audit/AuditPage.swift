// The audit log: who did what to which thing, filtered, page by page, and as a file.
import Control
import Procedures
import Wire

package enum AuditPage {
    package static func html(_ frame: Frame, _ answer: ListAudit.Answer, _ query: ListAudit) -> HTML {
        let staff = answer.person.role.isStaff
        let lead: HTML = staff && query.customer == nil ? "What was done in Fitech's own directory." : "What was done with the data of \(answer.customerDisplayName)."
        let kept = link(query)
        return Layout.page(frame, """
            \(Component.header("Audit log", lead: lead, actions: [Component.link("Download CSV", to: "/audit.csv?\(kept)", icon: .download)]))
            \(filter(answer, query, staff: staff))
            \(Component.card(nil, flush: true, answer.items.isEmpty ? nothing(answer, query) : table(answer, query)))
            \(Component.pager(shown: "\(Show.count(answer.items.count, "entry", "entries")) on this page", first: query.page.after == nil ? nil : "/audit?\(kept)", next: answer.next.map { "/audit?\(kept)&amp;after=\(segment: $0)" }))
            <p class="note">Entries are only ever added, and each holds the hash of the one before: nobody can change or remove one unnoticed.</p>
            """)
    }

    /// The filters as a query, without the place in the list.
    private static func link(_ query: ListAudit) -> HTML {
        let parts: [(HTML, String?)] = [
            ("customer", query.customer), ("who", query.who), ("what", query.what), ("object", query.object), ("search", query.search),
            ("from", query.from?.iso8601), ("to", query.to?.iso8601),
        ]
        return parts.compactMap { name, value in value.map { "\(name)=\(segment: $0)" as HTML } }.joined("&amp;")
    }

    private static func filter(_ answer: ListAudit.Answer, _ query: ListAudit, staff: Bool) -> HTML {
        let kinds = [("", "Everything")] + answer.kinds.map { ($0, $0.sentenceStart) }
        let customer: HTML = staff ? FormField("customer", "Customer", .search, value: query.customer ?? "", hint: "Empty for Fitech's own.", required: false).html : .empty
        let object: HTML = query.object.map { "<input type=\"hidden\" name=\"object\" value=\"\($0)\"><p class=\"note\">Only <b>\($0)</b>. <a href=\"/audit\(query.customer.map { "?customer=\(segment: $0)" as HTML } ?? .empty)\">Show everything</a></p>" } ?? .empty
        return """
            <form class="form filters keep" role="search" method="get" action="/audit">\(customer)
            \(FormField("who", "Who", .search, value: query.who ?? "", hint: "An e-mail address.", required: false).html)
            \(FormField("what", "What", .choice(kinds), value: query.what ?? "", required: false).html)
            \(FormField("search", "Words", .search, value: query.search ?? "", hint: "Of the details.", required: false).html)
            \(FormField("from", "From", .date, value: query.from?.iso8601 ?? "", required: false).html)
            \(FormField("to", "To", .date, value: query.to?.iso8601 ?? "", required: false).html)
            <button class="button">\(Icon.search.html)Show</button>\(object)</form>
            """
    }

    private static func nothing(_ answer: ListAudit.Answer, _ query: ListAudit) -> HTML {
        answer.next != nil
            ? Component.empty(.search, "Nothing found so far", "There are older entries to look through: go on with the next page, or narrow the days.")
            : Component.empty(.search, "No entry fits", "Try fewer filters or other days.", actions: [Component.link("Show everything", to: "/audit")])
    }

    private static func table(_ answer: ListAudit.Answer, _ query: ListAudit) -> HTML {
        let here: HTML = query.customer.map { "customer=\(segment: $0)&amp;" } ?? .empty
        let rows = answer.items.map { entry -> [HTML] in
            [
                "<span class=\"note\">\(.time(entry.at))<br><span class=\"figures\">#\(entry.row)</span></span>", "<a href=\"/audit?\(here)who=\(segment: entry.actor)\">\(entry.actorName)</a>",
                HTML(entry.what.sentenceStart), entry.object.isEmpty ? .empty : "<a href=\"/audit?\(here)object=\(segment: entry.object)\">\(entry.objectName)</a>", detail(entry),
            ]
        }
        return Component.table(caption: "Audit log", columns: [.init("When"), .init("Who"), .init("What"), .init("Of"), .init("Details")], rows: rows)
    }

    private static func detail(_ entry: AuditEntry) -> HTML {
        if entry.erased { return "<span class=\"muted\">Erased with its subject</span>" }
        var lines: [HTML] = entry.detail.isEmpty ? [] : [HTML(entry.detail)]
        lines += entry.changes.map { change in
            let before: HTML = change.before.map { "<del>\($0.isEmpty ? "nothing" : $0)</del> " } ?? .empty
            let after: HTML = change.after.map { "<ins>\($0.isEmpty ? "nothing" : $0)</ins>" } ?? "<ins>nothing</ins>"
            return "\(change.field.replacing("_", with: " ")): \(before)\(after)"
        }
        return "<span class=\"changes\">\(lines.joined("<br>"))</span>"
    }
}

extension AuditEntry {
    /// Who it was, for people.
    package var actorName: String {
        if !who.isEmpty { return who }
        switch actor {
        case "nobody": return "Nobody signed in"
        case "node/operations": return "Operations, by command"
        case let staff where staff.hasPrefix("staff/"): return "Fitech staff"
        default: return actor
        }
    }

    /// `ticket/7` as `Ticket 7`; long ids are cut, the link has them whole.
    var objectName: String {
        guard let slash = object.firstIndex(of: "/") else { return object.sentenceStart }
        let id = object[object.index(after: slash)...]
        return "\(String(object[..<slash]).sentenceStart) \(id.count > 12 ? id.prefix(6) + "…" : id)"
    }

    /// The changes in one line, for a file.
    package var changesText: String {
        changes.map { "\($0.field): \($0.before ?? "") -> \($0.after ?? "")" }.joined(separator: "; ")
    }
}

extension String {
    /// With a capital at the start.
    var sentenceStart: String { prefix(1).uppercased() + dropFirst() }
}
