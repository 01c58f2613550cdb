// The lists that can be had whole: for each its name, what its file is called, and the question that its query means.
import Procedures
import SupportCentre
import Wire

struct ExportableList: Sendable {
    /// In the address: `/lists/NAME`.
    let name: String
    /// What its query may hold besides `format`.
    let query: [String]
    /// The list as the query filters it.
    let ask: @Sendable (Form) throws(Failure) -> any ListProcedure

    static let subjects = ExportableList(name: "subjects", query: ["search", "group"]) { query throws(Failure) in
        var list = ListSubjects()
        (list.search, list.group) = (query.text("search") ?? "", query.text("group"))
        return list
    }
    static let assessments = ExportableList(name: "assessments", query: []) { _ throws(Failure) in ListEveryAssessment() }
    static let tickets = ExportableList(name: "tickets", query: ["state", "search", "customer", "order", "priority", "category", "assignee", "tag", "view"]) { query throws(Failure) in
        var list = ListTickets()
        (list.state, list.priority, list.view) = (try word("state", query), try word("priority", query), query.text("view"))
        list.order = try word("order", query) ?? (list.view == nil ? .newest : nil)
        (list.search, list.customer) = (query.text("search") ?? "", query.text("customer"))
        (list.category, list.assignee, list.tag) = (query.text("category"), query.text("assignee"), query.text("tag"))
        return list
    }
    static let people = ExportableList(name: "people", query: ["search", "role", "state"]) { query throws(Failure) in
        var list = ListPeople()
        (list.search, list.role, list.state) = (query.text("search") ?? "", try word("role", query), try word("state", query))
        return list
    }
    static let imports = ExportableList(name: "imports", query: []) { _ throws(Failure) in ListImports() }

    static let announcements = ExportableList(name: "announcements", query: ["kind", "state"]) { query throws(Failure) in
        var list = ListAnnouncements()
        (list.kind, list.state) = (try word("kind", query), try word("state", query))
        return list
    }

    static let posts = ExportableList(name: "posts", query: ["tag", "state"]) { query throws(Failure) in
        var list = ListPosts()
        (list.tag, list.state) = (query.text("tag"), try word("state", query))
        return list
    }

    static let moderation = ExportableList(name: "moderation", query: []) { _ throws(Failure) in ListModeration() }

    static let bin = ExportableList(name: "bin", query: ["only"]) { query throws(Failure) in
        var list = ListBin()
        list.only = try word("only", query)
        return list
    }

    static let all = [subjects, assessments, tickets, people, imports, announcements, posts, moderation, bin]

    private static func word<E: RawRepresentable<String> & CaseIterable>(_ name: String, _ query: Form, as type: E.Type = E.self) throws(Failure) -> E? {
        guard let text = query.text(name) else { return nil }
        guard let word = E(rawValue: text) else {
            throw .unacceptable([.init(field: name, reason: "\"\(text.prefix(40))\" is not known for \(name).", hint: "Use one of: \(E.allCases.map(\.rawValue).joined(separator: ", ")).")])
        }
        return word
    }

    /// Refuses what the list's query does not know.
    func check(_ sent: Form) throws(Failure) {
        let known = query + ["format"]
        guard let odd = sent.fields.first(where: { !known.contains($0.name) }) else { return }
        throw .invalid(
            "A whole list of \(name) has no query parameter \"\(odd.name)\".", hint: "Known are: \(known.joined(separator: ", ")).",
            code: "unknown-parameter", fields: [.init(field: odd.name, reason: "It is not known.", hint: "Leave it out.")])
    }
}
