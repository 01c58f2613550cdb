// A person's own account: how things are shown, password, two-step sign-in, devices, API tokens.
import Control
import Procedures
import Wire

package enum AccountPage {
    static let zones = [
        "Europe/London", "Europe/Dublin", "Europe/Paris", "Europe/Berlin", "Europe/Zurich", "Australia/Sydney", "Australia/Melbourne", "Australia/Brisbane", "Australia/Adelaide",
        "Australia/Perth", "Australia/Hobart", "Pacific/Auckland", "America/New_York", "America/Los_Angeles", "Asia/Singapore", "UTC",
    ]

    package static func html(_ frame: Frame, _ account: ShowAccount.Answer, passkeys offer: PasskeyOffer, entered: Entered = .nothing) -> HTML {
        let person = account.person
        return Layout.page(frame, """
            \(Component.header("Your account", lead: "\(person.name.isEmpty ? "" : "\(person.name), ")\(person.email)"))\(entered.summary)
            <div class="stack"><div class="grid">\(shown(frame, person, entered))\(password(frame, person, entered))</div>
            \(PasskeyPages.card(account.passkeys, offer))\(twoStep(frame, account.twoStep))\(sessions(frame, account.sessions))\(tokens(frame, account.tokens))</div>
            """)
    }

    private static func shown(_ frame: Frame, _ person: Person, _ entered: Entered) -> HTML {
        let zones = Self.zones.contains(person.zone) ? Self.zones : [person.zone] + Self.zones
        return Component.card("How things are shown", """
            <form class="form" method="post" action="/account/preferences">\(frame.token)
            \(RadioChoice.group("units", legend: "Units", [
                RadioChoice(value: "metric", name: "Metric", text: "kilograms and centimetres"), RadioChoice(value: "imperial", name: "Imperial", text: "pounds and inches"),
            ], chosen: person.units.rawValue))
            \(FormField("zone", "Time zone", .choice(zones.map { ($0, $0.replacing("_", with: " ")) }), value: person.zone).filled(entered))
            <div class="actions">\(Component.button("Save"))</div></form>
            """ as HTML)
    }

    private static func password(_ frame: Frame, _ person: Person, _ entered: Entered) -> HTML {
        Component.card("Password", """
            <form class="form" method="post" action="/account/password">\(frame.token)
            <input class="visually-hidden" type="text" name="username" value="\(person.email)" autocomplete="username" readonly tabindex="-1" aria-hidden="true">
            \(FormField("current", "Present password", .password, autocomplete: "current-password").filled(entered))
            \(FormField("new", "New password", .password, hint: "At least 12 characters. Every other device has to sign in again.", autocomplete: "new-password").filled(entered))
            \(FormField("again", "The new one again", .password, autocomplete: "new-password").filled(entered))
            <div class="actions">\(Component.button("Change password"))</div></form>
            """ as HTML)
    }

    private static func twoStep(_ frame: Frame, _ state: TwoStepState) -> HTML {
        guard state.on, let since = state.since else {
            return Component.card("Two-step sign-in", """
                <p>\(Component.badge("Off", .plain))</p><p>Besides the password, signing in takes a code that an app on your phone shows. A stolen password alone then opens nothing.</p>
                <div class="actions">\(Component.link("Set it up", to: "/account/two-step", style: "primary"))</div>
                """ as HTML)
        }
        let left: HTML = state.recoveryCodes > 2
            ? "<p>\(Show.count(state.recoveryCodes, "recovery code is", "recovery codes are")) left, for when the phone is not.</p>"
            : "<p><b>\(Show.count(state.recoveryCodes, "recovery code is", "recovery codes are")) left.</b> Make new ones before you need them.</p>"
        let end: HTML = state.required
            ? "<p class=\"note\">Your organisation wants it of everybody, so it cannot be turned off.</p>"
            : "<form method=\"post\" action=\"/account/two-step/end\" data-confirm=\"Turn two-step sign-in off?\">\(frame.token)<button class=\"button danger\">Turn it off</button></form>"
        return Component.card("Two-step sign-in", """
            <p>\(Component.badge("On", .good)) <span class="note">since \(.date(since))</span></p>\(left)
            <div class="actions"><form method="post" action="/account/two-step/codes" data-confirm="Make new recovery codes? Those you have end.">\(frame.token)<button class="button">New recovery codes</button></form>\(state.required ? .empty : end)</div>\(state.required ? end : .empty)
            """ as HTML)
    }

    private static func sessions(_ frame: Frame, _ sessions: [SessionItem]) -> HTML {
        let rows = sessions.map { session -> HTML in
            let from: HTML = session.address.isEmpty ? .empty : " from \(session.address)"
            let end: HTML = session.here
                ? Component.badge("This device", .good)
                : "<form method=\"post\" action=\"/account/sessions/end\">\(frame.token)<input type=\"hidden\" name=\"id\" value=\"\(session.id)\"><button class=\"button small\">Sign out<span class=\"visually-hidden\"> \(session.device)</span></button></form>"
            return """
                <li><span class="grow"><b>\(session.device.isEmpty ? "Unknown device" : session.device)</b><br><span class="note">Last seen \(.time(session.seen)) · signed in \(.time(session.begun))\(from)</span></span>\(end)</li>
                """
        }
        let others: HTML = sessions.contains { !$0.here }
            ? "<form method=\"post\" action=\"/account/sessions/end\" data-confirm=\"Sign out on every other device?\">\(frame.token)<input type=\"hidden\" name=\"others\" value=\"yes\"><button class=\"button\">Sign out everywhere else</button></form>"
            : .empty
        return Component.card("Where you are signed in", footer: """
            <div class="actions">\(others)<form method="post" action="/sign-out">\(frame.token)<button class="button">Sign out here</button></form>
            <form method="post" action="/sign-out" data-confirm="Sign out on every device, this one too?">\(frame.token)<input type="hidden" name="everywhere" value="yes"><button class="button danger">Sign out everywhere</button></form></div>
            """ as HTML, flush: true, "<ul class=\"list\" id=\"sessions\">\(rows)</ul>")
    }

    private static func tokens(_ frame: Frame, _ tokens: [TokenItem]) -> HTML {
        let rows = tokens.map { token -> HTML in
            """
            <li><span class="grow"><b>\(token.name.isEmpty ? "Without a name" : token.name)</b> <code>\(token.scope)</code><br><span class="note">\(token.used.map { "Last used \(.time($0))" as HTML } ?? "Never used") · made \(.date(token.made)) · ends \(.date(token.expires))</span></span>
            <form method="post" action="/account/tokens/revoke" data-confirm="Revoke this token? Programs that use it stop working now.">\(frame.token)<input type="hidden" name="id" value="\(token.id)"><button class="button small danger">Revoke<span class="visually-hidden"> \(token.name)</span></button></form></li>
            """
        }
        let list: HTML = rows.isEmpty
            ? Component.empty(.audit, "No API tokens", "A token lets a program of yours use the API in your name, as far as you allow it.", actions: [Component.link("Make a token", to: "/account/tokens/new")])
            : "<ul class=\"list\" id=\"tokens\">\(rows)</ul>"
        let more: HTML = rows.isEmpty ? .empty : Component.link("Make a token", to: "/account/tokens/new", icon: .plus, style: "small")
        return Component.card("API tokens", link: more, flush: true, list)
    }
}
