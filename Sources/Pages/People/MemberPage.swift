// One person of an organisation, for its administrator: role, access, invitation, two-step sign-in.
import Control
import Procedures
import Wire

package enum MemberPage {
    package static func html(_ frame: Frame, _ answer: ShowMember.Answer, entered: Entered = .nothing) -> HTML {
        let (member, own) = (answer.member, answer.member.person.id == answer.viewer.id)
        let person = member.person
        return Layout.page(frame, """
            \(Component.crumbs([("People", "/people")], here: person.name.isEmpty ? person.email : person.name))
            \(Component.header(person.name.isEmpty ? person.email : person.name, lead: HTML(person.email)))\(entered.summary)
            <div class="grid">\(facts(answer, own))\(role(frame, member, entered))\(access(frame, member, own: own))\(twoStep(frame, member, own: own))</div>
            """)
    }

    private static func facts(_ answer: ShowMember.Answer, _ own: Bool) -> HTML {
        let (member, person) = (answer.member, answer.member.person)
        var facts: [(String, HTML)] = [
            ("State", MemberMarks.state(member)), ("Role", HTML(person.role.word)), ("Two-step", member.twoStep ? Component.badge("On", .good) : Component.badge("Off", .plain)),
            ("Passkeys", "\(member.passkeys)"), ("Here since", .date(member.since)), ("Last seen", person.lastSeen.map { .time($0) } ?? "Never"),
            ("Signed in", "\(Show.count(answer.sessions, "device", "devices"))"), ("API tokens", "\(answer.tokens)"),
        ]
        if member.state == .invited { facts.append(("Invitation", member.invitedUntil.map { "Works until \(.time($0))" } ?? "None under way")) }
        return Component.card("At a glance", """
            \(Component.facts(facts))<p><a href="/audit?who=\(segment: person.email)">What \(own ? "you" : "they") did</a> · <a href="/audit?object=\(segment: "person/\(person.id)")">What was done to \(own ? "your" : "this") account</a></p>
            """ as HTML)
    }

    private static func role(_ frame: Frame, _ member: Member, _ entered: Entered) -> HTML {
        Component.card("Name and role", """
            <form class="form" method="post" action="/people/\(segment: member.person.id)/change">\(frame.token)
            \(FormField("name", "Name", value: member.person.name, longest: 100).filled(entered))
            \(FormField("role", "Role", .choice(PeoplePage.roles.map { ($0.rawValue, $0.explained) }), value: member.person.role.rawValue).filled(entered))
            <div class="actions">\(Component.button("Save"))</div></form><p class="note">Counts from the next thing they do.</p>
            """ as HTML)
    }

    private static func access(_ frame: Frame, _ member: Member, own: Bool) -> HTML {
        let id = member.person.id
        func form(_ verb: StaticString, _ name: String, _ style: StaticString = "", question: String? = nil) -> HTML {
            let asks: HTML = question.map { " data-confirm=\"\($0)\"" } ?? .empty
            return "<form method=\"post\" action=\"/people/\(segment: id)/\(raw: verb)\"\(asks)>\(frame.token)<button class=\"button \(raw: style)\">\(name)</button></form>"
        }
        switch member.state {
        case .suspended:
            return Component.card("Access", "<p>Suspended: no way in works. What they did stays, and they come back as they were, with new sessions and tokens.</p>\(form("reactivate", "Give access again", "primary"))")
        case .invited:
            let text: HTML = member.invitedUntil == nil
                ? "<p>No invitation is under way. A new one works once, for a week.</p>"
                : "<p>The invitation has not been accepted. Sending it again ends the link before.</p>"
            return Component.card("Invitation", "\(text)<div class=\"actions\">\(form("invitation", "Send it again", "primary"))\(form("withdraw", "Withdraw it", "danger", question: "Withdraw the invitation? The link ends and the address is free again."))</div>")
        case .active where own:
            return Component.card("Access", "<p>This is you. Your own devices, tokens, passkeys and two-step sign-in are on the page <a href=\"/account\">Your account</a>.</p>")
        case .active:
            return Component.card("Access", "<p>Suspending ends sessions and API tokens at once. Nothing they did is lost, and access can be given again.</p>\(form("suspend", "Suspend", "danger", question: "Suspend this person? They are signed out now and their API tokens end."))")
        }
    }

    private static func twoStep(_ frame: Frame, _ member: Member, own: Bool) -> HTML {
        guard member.twoStep || member.passkeys > 0, !own else { return .empty }
        return Component.card("Two-step sign-in", """
            <p>For who has lost phone and recovery codes. They are signed out, their passkeys are removed, and they may set up another app. Make sure that it is really them who asks.</p>
            <form method="post" action="/people/\(segment: member.person.id)/two-step" data-confirm="Reset two-step sign-in of this person?">\(frame.token)<button class="button danger">Reset it</button></form>
            """ as HTML)
    }
}
