// Passkeys: where they stand in for password and code, and one's own: adding, renaming, removing. The script asks the browser for them;
// without it their forms stay hidden.
import Procedures
import Wire

/// Whether passkeys can be used on the page at hand.
package enum PasskeyOffer: Sendable, Equatable {
    /// For passkeys of this host name.
    case offered(site: String)
    /// Why not, and what to do; for people.
    case not(reason: String, hint: String)

    package func has(_ passkeys: [PasskeyItem]) -> Bool {
        if case .offered(let site) = self { passkeys.contains { $0.site == site } } else { false }
    }
    package var isOffered: Bool { if case .offered = self { true } else { false } }
}

/// A form the script fills in: it asks for a question, the browser asks the passkey, the answer is sent.
enum PasskeyForm {
    /// What a passkey is asked for; `for` of the question.
    enum Use: String { case signIn = "sign-in", code, confirm, add }

    static func html(_ frame: Frame, _ use: Use, to action: StaticString, fields: HTML = .empty, button: HTML) -> HTML {
        """
        <form class="form passkey" method="post" action="\(raw: action)" data-passkey="\(use.rawValue)" hidden>\(frame.token)\(fields)
        <input type="hidden" name="credential"><input type="hidden" name="client_data"><input type="hidden" name="authenticator_data"><input type="hidden" name="signature"><input type="hidden" name="handle">
        \(button)<p class="note" role="status"></p></form>
        """
    }

    /// In place of something else, below it.
    static func instead(_ frame: Frame, _ use: Use, to action: StaticString, next: String, words: String) -> HTML {
        html(frame, use, to: action, fields: "<input type=\"hidden\" name=\"next\" value=\"\(next)\">", button: "<button class=\"button wide\">\(Icon.key.html)\(words)</button>")
    }
}

package enum PasskeyPages {
    package static func new(_ frame: Frame, name: String, entered: Entered = .nothing) -> HTML {
        let field = FormField("name", "Its name", value: name, hint: "So that you know later which device has it.", longest: 60).filled(entered)
        return Layout.page(frame, """
            \(Component.crumbs([("Your account", "/account")], here: "New passkey"))
            \(Component.header("New passkey", lead: "This device, a phone or a security key keeps it, and shows it only when you unlock it."))\(entered.summary)
            \(Component.card(nil, """
            \(PasskeyForm.html(frame, .add, to: "/account/passkeys/new", fields: field, button: "<div class=\"actions\">\(Component.button("Make the passkey"))\(Component.link("Cancel", to: "/account"))</div>"))
            <p data-passkey-without>This takes a browser that knows passkeys, with scripts allowed. Your password works as before.</p>
            """ as HTML))
            """)
    }

    package static func one(_ frame: Frame, _ passkey: PasskeyItem, entered: Entered = .nothing) -> HTML {
        Layout.page(frame, """
            \(Component.crumbs([("Your account", "/account")], here: "Passkey"))\(Component.header(passkey.name))\(entered.summary)
            <div class="grid">\(Component.card("Its name", """
            <form class="form" method="post" action="/account/passkeys/\(segment: passkey.id)/rename">\(frame.token)
            \(FormField("name", "Name", value: passkey.name, longest: 60).filled(entered))<div class="actions">\(Component.button("Save"))</div></form>
            """ as HTML))\(Component.card("Remove it", """
            \(Component.facts([("Works at", HTML(passkey.site)), ("Made", .time(passkey.made)), ("Last used", passkey.used.map { .time($0) } ?? "Never")]))
            <p>Once removed it opens your account no more. The device may go on offering it until you delete it there, too.</p>
            <form method="post" action="/account/passkeys/\(segment: passkey.id)/remove" data-confirm="Remove this passkey?">\(frame.token)<button class="button danger">Remove it</button></form>
            """ as HTML))</div>
            """)
    }

    /// The list on the page of the account.
    static func card(_ passkeys: [PasskeyItem], _ offer: PasskeyOffer) -> HTML {
        let rows = passkeys.map { passkey -> HTML in
            let elsewhere: HTML = offer.has([passkey]) ? .empty : " · for \(passkey.site)"
            return """
                <li><span class="grow"><b>\(passkey.name)</b><br><span class="note">\(passkey.used.map { "Last used \(.time($0))" as HTML } ?? "Never used") · made \(.date(passkey.made))\(elsewhere)</span></span>
                <a class="button small" href="/account/passkeys/\(segment: passkey.id)">Change<span class="visually-hidden"> \(passkey.name)</span></a></li>
                """
        }
        let list: HTML = rows.isEmpty ? .empty : "<ul class=\"list\" id=\"passkeys\">\(rows)</ul>"
        switch offer {
        case .offered:
            guard rows.isEmpty else { return Component.card("Passkeys", link: Component.link("Add a passkey", to: "/account/passkeys/new", icon: .plus, style: "small"), flush: true, list) }
            return Component.card("Passkeys", flush: true, Component.empty(
                .key, "No passkeys", "A passkey signs you in by fingerprint, face or PIN of your own device: no password to steal, no code to type.",
                actions: [Component.link("Add a passkey", to: "/account/passkeys/new")]))
        case .not(let reason, let hint):
            return Component.card("Passkeys", flush: true, "\(list)<div class=\"body\"><p class=\"note\">\(reason) \(hint)</p></div>")
        }
    }
}
