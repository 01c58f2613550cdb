// Making an API token: what it is for, what it may do, how long; and the token, shown once.
import Procedures
import Wire

package enum TokenPages {
    package static func new(_ frame: Frame, _ account: ShowAccount.Answer, entered: Entered = .nothing) -> HTML {
        let chosen = entered.value("scope")
        let ends = [("30", "30 days"), ("90", "90 days"), ("180", "Half a year"), ("365", "A year")]
        return Layout.page(frame, """
            \(Component.crumbs([("Your account", "/account")], here: "New API token"))
            \(Component.header("New API token", lead: "For a program that works in your name. It is shown once; keep it where the program finds it."))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="/account/tokens/new">\(frame.token)
            \(FormField("name", "What it is for", hint: "So that you know later which program stops when you revoke it.", longest: 60).filled(entered))
            \(FormField("days", "It ends after", .choice(ends), value: "90").filled(entered))
            \(RadioChoice.group("scope", legend: "What it may do", [
                RadioChoice(value: "areas", name: "What is chosen below", text: "The least that does the job is best."), RadioChoice(value: "read", name: "Read everything", text: "All you may see, and change nothing."),
                RadioChoice(value: "all", name: "Everything you may do", text: "But your own way in: password, two-step sign-in and tokens."),
            ], chosen: chosen.isEmpty ? "areas" : chosen))
            <fieldset class="choices areas"><legend class="legend">Areas</legend><div class="measures">\(TokenArea.allCases.map { area($0, entered) })</div></fieldset>
            \(ConfirmField.html(account, entered))
            <div class="actions">\(Component.button("Make the token"))\(Component.link("Cancel", to: "/account"))</div></form>
            """ as HTML))
            """)
    }

    private static func area(_ area: TokenArea, _ entered: Entered) -> HTML {
        FormField("area-\(area.rawValue)", area.word, .choice([("", "Nothing"), ("read", "Read"), ("write", "Read and write")]), value: "", required: false).filled(entered)
    }

    package static func made(_ frame: Frame, _ made: MakeToken.Answer, origin: String) -> HTML {
        Layout.page(frame, """
            \(Component.crumbs([("Your account", "/account")], here: "New API token"))\(Component.header("Your token", lead: "For \(made.item.name). Copy it now: it is not shown again."))
            \(Component.card(nil, """
            <p class="once"><code id="token">\(made.token)</code></p>
            \(Component.facts([("It may", "<code>\(made.item.scope)</code>"), ("It ends", .time(made.item.expires))]))
            <p>Send it with each request:</p><p class="once"><code>curl -H "Authorization: Bearer \(made.token.prefix(14))…" \(origin)/api/v1/me</code></p>
            <p class="note">Whoever has it can do in your name what it may do. If it gets into wrong hands, revoke it on the page Your account.</p>
            <div class="actions">\(Component.link("I have kept it", to: "/account", style: "primary"))</div>
            """ as HTML))
            """)
    }
}

extension TokenArea {
    var word: String {
        switch self {
        case .subjects: "Subjects and assessments"
        case .tickets: "Tickets"
        case .changes: "Changes"
        case .announcements: "Announcements"
        case .community: "Community"
        case .reports: "Reports"
        case .people: "People"
        case .exports: "Exports"
        case .audit: "Audit log"
        case .webhooks: "Webhooks"
        }
    }
}

/// The password or a code once more, in a form that does something sensitive; nothing where the person has just proved who they are.
enum ConfirmField {
    static func html(_ account: ShowAccount.Answer, _ entered: Entered) -> HTML {
        guard account.mustConfirm || entered.problem("confirm") != nil || entered.failure?.code == "confirm-identity" else { return .empty }
        return field(twoStep: account.twoStep.on, entered)
    }

    static func field(twoStep: Bool, _ entered: Entered) -> HTML {
        twoStep
            ? FormField("confirm", "Code of your authenticator app", .code, hint: "To be sure that it is you. A recovery code works too.", autocomplete: "one-time-code").filled(entered)
            : FormField("confirm", "Your password", .password, hint: "To be sure that it is you.", autocomplete: "current-password").filled(entered)
    }
}
