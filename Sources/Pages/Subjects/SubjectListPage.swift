// All subjects of a customer: search, filter by group, page on.
import Procedures
import Wire

package enum SubjectListPage {
    package static func html(_ frame: Frame, _ answer: ListSubjects.Answer, search: String, group: String?, after: String?) -> HTML {
        let actions = [
            ExportMenu.html(
                .init("subjects", title: search.isEmpty && group == nil ? "All subjects" : "The subjects found", query: "&amp;search=\(segment: search)&amp;group=\(segment: group ?? "")"),
                .init("assessments", title: "Assessments of all subjects")),
            Component.link("Import", to: "/imports/new", icon: .upload), Component.link("Add subject", to: "/subjects/new", icon: .plus, style: "primary"),
        ]
        let counted = answer.count >= 10_000 ? "10,000 or more" : Show.count(answer.count)
        return Layout.page(frame, """
            \(Component.header("Subjects", lead: HTML("\(counted) \(search.isEmpty && group == nil ? "in all" : "found")."), actions: actions))
            \(filter(answer, search: search, group: group))
            \(Component.card(nil, flush: true, answer.items.isEmpty ? nothing(search: search, group: group) : table(answer, search: search, group: group, after: after)))
            """)
    }

    private static func filter(_ answer: ListSubjects.Answer, search: String, group: String?) -> HTML {
        let groups: HTML = answer.groups.isEmpty ? .empty : """
            <div class="field"><label for="f-group">Group</label><select id="f-group" name="group" data-auto-submit><option value="">All groups</option>\(answer.groups.map { "<option\(" selected", if: $0 == group)>\($0)</option>" as HTML })</select></div>
            """
        return """
            <form class="form inline keep" role="search" method="get" action="/subjects"><div class="field"><label for="f-search">Name or reference</label><input type="search" id="f-search" name="search" value="\(search)" data-filter="#subjects" autocomplete="off"></div>\(groups)<button class="button">\(Icon.search.html)Search</button></form>
            """
    }

    private static func nothing(search: String, group: String?) -> HTML {
        search.isEmpty && group == nil
            ? Component.empty(.people, "No subjects yet", "Subjects are the people you assess. Bring a whole list in one file, or add them one by one.", actions: [Component.link("Import a CSV file", to: "/imports/new", style: "primary"), Component.link("Add a subject", to: "/subjects/new")])
            : Component.empty(.search, "Nobody found", "Search looks at the beginning of every word of the name, and at the reference.", actions: [Component.link("Show everybody", to: "/subjects"), Component.link("Add a subject", to: "/subjects/new")])
    }

    private static func table(_ answer: ListSubjects.Answer, search: String, group: String?, after: String?) -> HTML {
        let rows = answer.items.map { subject -> [HTML] in
            let named = subject.name.isEmpty ? subject.reference : subject.name
            return [
                "<a href=\"/subjects/\(segment: subject.id)\">\(named)</a>",
                subject.name.isEmpty ? .empty : HTML(subject.reference), HTML(subject.sex.word), subject.born.map { HTML.date($0) } ?? .empty, HTML(subject.group ?? ""),
                subject.lastAssessed.map { HTML.date($0) } ?? "<span class=\"muted\">never</span>",
            ]
        }
        let query: HTML = "search=\(segment: search)&amp;group=\(segment: group ?? "")"
        return """
            <div id="subjects">\(Component.table(caption: "Subjects", columns: [.init("Name"), .init("Reference"), .init("Sex"), .init("Born"), .init("Group"), .init("Last assessed")], rows: rows))</div>
            \(Component.pager(shown: "\(answer.items.count) on this page", first: after == nil ? nil : "/subjects?\(query)", next: answer.next.map { "/subjects?\(query)&amp;after=\(segment: $0)" }))
            """
    }
}

extension Sex {
    var word: String {
        switch self {
        case .female: "Female"
        case .male: "Male"
        case .unknown: "Not known"
        }
    }
}
