// The people of an organisation, for its administrator: who is here, who is invited, who may come in how.
import Control
import Procedures
import Wire

package enum PeoplePage {
    package static func html(_ frame: Frame, _ answer: ListPeople.Answer, _ query: ListPeople, entered: Entered = .nothing) -> HTML {
        Layout.page(frame, """
            \(Component.header("People", lead: "Who works with Fitech in your organisation.", actions: [ExportMenu.html(.init("people")), Component.link("Look", to: "/organisation/look", icon: .sun), Component.link("Webhooks", to: "/webhooks", icon: .pulse), Component.link("Invite somebody", to: "#invite", icon: .plus, style: "primary")]))\(entered.summary)
            <div class="stack">\(filters(query))\(Component.card(nil, flush: true, answer.items.isEmpty ? nothing : table(answer, query)))
            <div class="grid" id="invite">\(invite(frame, entered))\(policy(frame, answer))</div></div>
            """)
    }

    private static let nothing = Component.empty(.search, "Nobody found", "Nobody fits these filters.", actions: [Component.link("Show everybody", to: "/people")])
    static let roles = [PersonRole.operator, .superOperator, .administrator, .subject]

    private static func filters(_ query: ListPeople) -> HTML {
        let states = [("", "Any state"), (Member.State.active.rawValue, "Active"), (Member.State.invited.rawValue, "Invited"), (Member.State.suspended.rawValue, "Suspended")]
        return """
            <form class="form filters keep" role="search" method="get" action="/people">
            \(FormField("search", "Name or e-mail", .search, value: query.search, required: false).html)
            \(FormField("with", "Role", .choice([("", "Any role")] + roles.map { ($0.rawValue, $0.word) }), value: query.role?.rawValue ?? "", required: false).html)
            \(FormField("state", "State", .choice(states), value: query.state?.rawValue ?? "", required: false).html)
            <button class="button">\(Icon.search.html)Show</button></form>
            """
    }

    private static func table(_ answer: ListPeople.Answer, _ query: ListPeople) -> HTML {
        let rows = answer.items.map { member -> [HTML] in
            let person = member.person
            return [
                "<span><a href=\"/people/\(segment: person.id)\">\(person.name.isEmpty ? person.email : person.name)</a>\(person.id == answer.person.id ? " <span class=\"note\">(you)</span>" : .empty)<br><span class=\"note\">\(person.email)</span></span>",
                HTML(person.role.word), MemberMarks.state(member), member.twoStep ? Component.badge("On", .good) : Component.badge("Off", .plain),
                person.lastSeen.map { "<span class=\"note\">\(.time($0))</span>" } ?? "<span class=\"note\">Never</span>",
            ]
        }
        let kept: HTML = "search=\(segment: query.search)&amp;with=\(query.role?.rawValue ?? "")&amp;state=\(query.state?.rawValue ?? "")"
        return """
            <div id="people">\(Component.table(caption: "People", columns: [.init("Name"), .init("Role"), .init("State"), .init("Two-step"), .init("Last seen")], rows: rows))</div>
            \(Component.pager(shown: "\(answer.items.count) on this page", first: query.page.after == nil ? nil : "/people?\(kept)", next: answer.next.map { "/people?\(kept)&amp;after=\(segment: $0)" }))
            """
    }

    private static func invite(_ frame: Frame, _ entered: Entered) -> HTML {
        Component.card("Invite somebody", """
            <form class="form" method="post" action="/people">\(frame.token)
            \(FormField("name", "Name", longest: 100).filled(entered))\(FormField("email", "E-mail address", .email, hint: "The invitation goes there; it works once, for a week.").filled(entered))
            \(FormField("role", "Role", .choice(roles.map { ($0.rawValue, $0.explained) }), value: "operator").filled(entered))<div class="actions">\(Component.button("Send invitation"))</div></form>
            """ as HTML)
    }

    private static func policy(_ frame: Frame, _ answer: ListPeople.Answer) -> HTML {
        let required = answer.twoStepRequired
        let text: HTML = required
            ? "<p>Everybody gives a code of their authenticator app at sign-in. Who has none sets it up before anything else.</p>"
            : "<p>Everybody decides for themselves. When you require it, those without it are signed out and set it up when they sign in again; API tokens go on.</p>"
        let question: HTML = required ? .empty : " data-confirm=\"Require two-step sign-in? Everybody without it is signed out now.\""
        return Component.card("Two-step sign-in", """
            <p>\(required ? Component.badge("Required of everybody", .good) : Component.badge("Left to everybody", .plain))</p>\(text)
            <form method="post" action="/people/policy"\(question)>\(frame.token)<input type="hidden" name="two_step" value="\(raw: required ? "open" : "required")"><button class="button">\(required ? "Leave it to everybody" : "Require it of everybody")</button></form>
            """ as HTML)
    }
}

/// How a person's state is marked wherever it is shown.
enum MemberMarks {
    static func state(_ member: Member) -> HTML {
        switch member.state {
        case .active: Component.badge("Active", .good)
        case .suspended: Component.badge("Suspended", .poor)
        case .invited: Component.badge("Invited", .info)
        }
    }
}

extension PersonRole {
    /// The role with what it lets a person do.
    var explained: String {
        switch self {
        case .administrator: "\(word): everything, people too"
        case .superOperator: "\(word): all but people, exports"
        case .operator: "\(word): subjects and assessments"
        case .subject: "\(word): tickets only"
        default: word
        }
    }

    var word: String {
        switch self {
        case .administrator: "Administrator"
        case .superOperator: "Super operator"
        case .operator: "Operator"
        case .subject: "Subject"
        case .support: "Support"
        case .operations: "Operations"
        case .technician: "Technician"
        }
    }
}
