// Two-step sign-in: giving a code, setting it up, recovery codes, and proving once more who one is.
import Procedures
import Wire

package enum TwoStepPages {
    // MARK: Signing in

    package static func code(_ frame: Frame, next: String, recovery: Bool, passkey: Bool = false, entered: Entered = .nothing) -> HTML {
        let instead: HTML = passkey ? PasskeyForm.instead(frame, .code, to: "/sign-in/code/passkey", next: next, words: "Use a passkey instead") : .empty
        let field = recovery
            ? FormField("code", "Recovery code", hint: "One of those you kept when you set up two-step sign-in; each works once.", autocomplete: "off", longest: 40)
            : FormField("code", "Code", .code, hint: "The six digits that your authenticator app shows.", autocomplete: "one-time-code")
        let other: HTML = recovery
            ? "<a href=\"/sign-in/code?next=\(segment: next)\">Use a code of the app</a>"
            : "<a href=\"/sign-in/code?recovery=yes&amp;next=\(segment: next)\">No phone at hand? Use a recovery code</a>"
        return Layout.page(frame, narrow: true, """
            <div class="stack"><div><h1>One more step</h1><p class="note">Your password was right. Now show that you have your phone.</p></div>
            \(entered.summary)
            <form class="form" method="post" action="/sign-in/code">\(frame.token)<input type="hidden" name="next" value="\(next)">\("<input type=\"hidden\" name=\"recovery\" value=\"yes\">", if: recovery)
            \(field.filled(entered))<button class="button primary wide">Sign in</button></form>
            \(instead)<p class="note">\(other)</p>
            <form method="post" action="/sign-out">\(frame.token)<button class="button small">Start again</button></form></div>
            """)
    }

    /// Says what is coming; nothing is made before the button is pressed.
    /// - Parameter next: at signing in, where the person wanted to go; nil on the account's page.
    package static func introduction(_ frame: Frame, next: String?) -> HTML {
        let why: HTML = next == nil
            ? "Besides the password, signing in will take a code that an app on your phone shows."
            : "Your organisation wants it of everybody: besides the password, signing in takes a code that an app on your phone shows. It takes two minutes."
        let action: HTML = next == nil ? "/account/two-step" : "/sign-in/two-step"
        let out: HTML = next == nil ? Component.link("Cancel", to: "/account") : .empty
        let body: HTML = """
            <p>You need an authenticator app: the one built into your phone or password manager, Aegis, Google Authenticator, Microsoft Authenticator, 1Password or any other.</p>
            <form class="form" method="post" action="\(action)">\(frame.token)<input type="hidden" name="next" value="\(next ?? "")">
            <div class="actions">\(Component.button("Set it up"))\(out)</div></form>
            """
        guard next != nil else {
            return Layout.page(frame, "\(Component.crumbs([("Your account", "/account")], here: "Two-step sign-in"))\(Component.header("Set up two-step sign-in", lead: why))\(Component.card(nil, body))")
        }
        return Layout.page(frame, narrow: true, """
            <div class="stack"><div><h1>Set up two-step sign-in</h1><p class="note">\(why)</p></div>\(body)
            <form method="post" action="/sign-out">\(frame.token)<button class="button small">Sign out</button></form></div>
            """)
    }

    package static func enrolment(_ frame: Frame, _ begun: BeginTwoStep.Answer, next: String?, entered: Entered = .nothing) -> HTML {
        let action: HTML = next == nil ? "/account/two-step/confirm" : "/sign-in/two-step/confirm"
        let letters = Array(begun.secret)
        let secret = stride(from: 0, to: letters.count, by: 4).map { String(letters[$0..<min($0 + 4, letters.count)]) }.joined(separator: " ")
        let code: HTML = QRCode(begun.link)?.svg("The secret as a code for your phone's camera; below it stands as text.") ?? .empty
        let steps: HTML = """
            <ol class="walk"><li><h2>Scan this with your app</h2>\(code)<p class="note">Or type this secret into it:</p><p class="once"><code id="secret">\(secret)</code></p></li>
            <li><h2>Type the code it shows</h2>
            <form class="form" method="post" action="\(action)">\(frame.token)<input type="hidden" name="next" value="\(next ?? "")">
            \(FormField("code", "Code", .code, hint: "Six digits; a new one comes every half minute.", autocomplete: "one-time-code").filled(entered))
            <div class="actions">\(Component.button("Turn it on"))</div></form></li></ol>
            """
        guard next != nil else {
            return Layout.page(frame, "\(Component.crumbs([("Your account", "/account")], here: "Two-step sign-in"))\(Component.header("Set up two-step sign-in"))\(entered.summary)\(Component.card(nil, steps))")
        }
        return Layout.page(frame, narrow: true, "<div class=\"stack\"><h1>Set up two-step sign-in</h1>\(entered.summary)\(steps)</div>")
    }

    // MARK: Recovery codes

    package static func codes(_ frame: Frame, _ codes: [String], next: String, new: Bool) -> HTML {
        Layout.page(frame, """
            \(Component.header(new ? "Two-step sign-in is on" : "New recovery codes", lead: "These codes open your account when the phone does not. Each works once. They are shown this once: print them, or keep them in a password manager."))
            \(Component.card("Recovery codes", """
            <ol class="codes">\(codes.map { "<li><code>\($0)</code></li>" as HTML })</ol>
            <div class="actions">\(Component.link("I have kept them", to: HTML(next), style: "primary"))</div>
            """ as HTML))
            """)
    }

    // MARK: Asking again

    package static func confirm(_ frame: Frame, twoStep: Bool, next: String, passkey: Bool = false, entered: Entered = .nothing) -> HTML {
        Layout.page(frame, """
            \(Component.header("Is it you?", lead: "What comes next is sensitive, and you signed in a while ago."))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="/account/confirm">\(frame.token)<input type="hidden" name="next" value="\(next)">
            \(ConfirmField.field(twoStep: twoStep, entered))<div class="actions">\(Component.button("Go on"))\(Component.link("Cancel", to: "/"))</div></form>\(passkey ? PasskeyForm.instead(frame, .confirm, to: "/account/confirm/passkey", next: next, words: "Use a passkey instead") : .empty)
            """ as HTML))
            """)
    }
}
