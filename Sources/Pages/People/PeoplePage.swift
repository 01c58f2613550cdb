// The people of an organisation, for its administrator: who is here, who is invited.
import Control
import Procedures
import Wire

package enum PeoplePage {
    package static func html(_ frame: Frame, _ people: [Person], entered: Entered = .nothing) -> HTML {
        let rows = people.map { person -> [HTML] in
            [
                "<span><b>\(person.name.isEmpty ? person.email : person.name)</b><br><span class=\"note\">\(person.email)</span></span>", HTML(person.role.word),
                person.lastSeen.map { "<span class=\"note\">\(.time($0))</span>" } ?? Component.badge("Not yet seen", .info),
            ]
        }
        let roles = [PersonRole.operator, .superOperator, .administrator, .subject].map { ($0.rawValue, $0.explained) }
        return Layout.page(frame, """
            \(Component.header("People", lead: "Who works with Fitech in your organisation.", actions: [ExportMenu.html(.init("people"))]))\(entered.summary)
            <div class="split">\(Component.card(nil, flush: true, Component.table(caption: "People", columns: [.init("Name"), .init("Role"), .init("Last seen")], rows: rows)))
            \(Component.card("Invite somebody", """
            <form class="form" method="post" action="/people">\(frame.token)
            \(FormField("name", "Name", longest: 200).filled(entered))\(FormField("email", "E-mail address", .email, hint: "The invitation goes there; it works once.").filled(entered))
            \(FormField("role", "Role", .choice(roles), value: "operator").filled(entered))<div class="actions">\(Component.button("Send invitation"))</div></form>
            """ as HTML))</div>
            """)
    }
}

extension PersonRole {
    /// The role with what it lets a person do.
    var explained: String {
        switch self {
        case .administrator: "\(word): everything, people too"
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
