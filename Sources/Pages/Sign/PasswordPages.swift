// Forgotten passwords, mailed links and invitations.
import Procedures
import Wire

package enum PasswordPages {
    package static func forgotten(_ frame: Frame, entered: Entered = .nothing) -> HTML {
        Layout.page(frame, narrow: true, """
            <div class="stack"><div><h1>Forgotten password</h1><p class="note">We mail a link that works once, for one hour.</p></div>
            \(entered.summary)
            <form class="form" method="post" action="/forgotten-password">\(frame.token)
            \(FormField("email", "E-mail address", .email, autocomplete: "username").filled(entered))
            <button class="button primary wide">Send the link</button></form>
            <p class="note"><a href="/sign-in">Back to sign in</a></p></div>
            """)
    }

    /// The same for every address, known or not.
    package static func sent(_ frame: Frame) -> HTML {
        Layout.page(frame, narrow: true, """
            \(Component.empty(.inbox, "Look into your mail", "If that address belongs to somebody here, a link is on its way. Nothing there after some minutes? Look among unwanted mail, or ask your administrator which address you are known by.", actions: [Component.link("Back to sign in", to: "/sign-in")], isWholePage: true))
            """)
    }

    /// Chooses a password by a mailed link: after a reset, or to accept an invitation.
    package static func choose(_ frame: Frame, token: String, link: InspectLink.Answer, entered: Entered = .nothing) -> HTML {
        let invited = link.purpose == .invitation
        let greeting: HTML = invited
            ? "<h1>Welcome\(link.name.isEmpty ? "" : ", ")\(link.name)</h1><p class=\"note\">Choose a password for \(link.email) and you are in.</p>"
            : "<h1>New password</h1><p class=\"note\">For \(link.email). Every device will have to sign in again.</p>"
        let action: HTML = invited ? "/invitation" : "/reset-password"
        return Layout.page(frame, narrow: true, """
            <div class="stack"><div>\(greeting)</div>\(entered.summary)
            <form class="form" method="post" action="\(action)">\(frame.token)<input type="hidden" name="token" value="\(token)">
            <input class="visually-hidden" type="text" name="username" value="\(link.email)" autocomplete="username" readonly tabindex="-1" aria-hidden="true">
            \(FormField("password", "New password", .password, hint: "At least 12 characters. A few unrelated words are easy to keep in mind.", autocomplete: "new-password").filled(entered))
            \(FormField("again", "The same again", .password, autocomplete: "new-password").filled(entered))
            <button class="button primary wide">\(invited ? "Accept the invitation" : "Set the password")</button></form></div>
            """)
    }

    /// The link is used up, too old or was never ours.
    package static func expired(_ frame: Frame, invitation: Bool) -> HTML {
        let text: HTML = invitation
            ? "Invitations work once and only for some days. Ask the administrator who invited you to send another."
            : "Links work once and for one hour. Ask for a new one; it takes a minute."
        let action = invitation ? Component.link("Sign in", to: "/sign-in") : Component.link("Send a new link", to: "/forgotten-password", style: "primary")
        return Layout.page(frame, narrow: true, Component.empty(.warning, "This link does not work any more", text, actions: [action], isWholePage: true))
    }
}
