// Signing in, and what stands around it when nobody is signed in.
import Wire

package enum SignInPage {
    /// `next` is where the person wanted to go; a path of ours.
    package static func html(_ frame: Frame, entered: Entered = .nothing, next: String = "/", passkeys: Bool = false) -> HTML {
        let passkey: HTML = passkeys ? PasskeyForm.instead(frame, .signIn, to: "/sign-in/passkey", next: next, words: "Sign in with a passkey") : .empty
        return Layout.page(frame, narrow: true, """
            <div class="stack"><div><h1>Sign in</h1><p class="note">With the e-mail address you were invited by.</p></div>
            \(entered.summary)
            <form class="form" method="post" action="/sign-in">\(frame.token)<input type="hidden" name="next" value="\(next)">
            \(FormField("email", "E-mail address", .email, autocomplete: "username").filled(entered))
            \(FormField("password", "Password", .password, autocomplete: "current-password").filled(entered))
            <button class="button primary wide">Sign in</button></form>
            \(passkey)
            <p class="note"><a href="/forgotten-password">Forgotten your password?</a></p></div>
            """)
    }

    package static func signedOut(_ frame: Frame) -> HTML {
        Layout.page(frame, narrow: true, """
            \(Component.empty(.exit, "You are signed out", "Close the browser on a shared computer.", actions: [Component.link("Sign in again", to: "/sign-in", style: "primary")], isWholePage: true))
            """)
    }
}
