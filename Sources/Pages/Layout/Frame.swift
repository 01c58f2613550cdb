// What stands around a page's content: who looks at it, where it belongs, what just happened.

/// Light or dark by choice, or as the device says.
package enum Theme: String, Sendable, CaseIterable { case auto, light, dark }

/// Units a person prefers to read and enter.
package enum UnitPreference: String, Sendable, CaseIterable { case metric, imperial }

/// The signed-in person, as far as the frame shows them.
package struct Viewer: Sendable {
    package enum Kind: Sendable { case customer, staff }
    package var name: String
    package var email: String
    /// "administrator", "operator", "support" ...
    package var role: String
    package var kind: Kind
    /// The customer's display name; nil for staff.
    package var organisation: String?
    /// Administrators also see the people of their organisation.
    package var managesPeople: Bool
    /// The hidden `form_token` of every form this person is given.
    package var formToken: String

    package init(name: String, email: String, role: String, kind: Kind, organisation: String?, managesPeople: Bool, formToken: String) {
        (self.name, self.email, self.role, self.kind) = (name, email, role, kind)
        (self.organisation, self.managesPeople, self.formToken) = (organisation, managesPeople, formToken)
    }
}

/// One line above the content that says what just happened.
package struct Notice: Sendable, Equatable {
    package var tone: Tone
    package var text: String
    package init(_ tone: Tone, _ text: String) { (self.tone, self.text) = (tone, text) }
}

/// The part of the portal a page belongs to.
package enum Section: Sendable { case home, subjects, imports, tickets, reports, people, outbox, status, account }

package struct Frame: Sendable {
    package var title: String
    package var section: Section?
    package var viewer: Viewer?
    package var theme = Theme.auto
    package var units = UnitPreference.metric
    package var notice: Notice?
    package var requestID: String?
    /// Where the theme switch leads back to; a path of ours.
    package var here = "/"
    /// Token of the forms on pages nobody is signed in on (theme, sign-in); nil on pages without forms.
    package var formToken: String?
    /// The page may be read while no web node is alive: it carries its style sheet and has no script.
    package var standalone = false

    package init(title: String, section: Section? = nil, viewer: Viewer? = nil) {
        (self.title, self.section, self.viewer) = (title, section, viewer)
    }

    /// The hidden field every form carries.
    package var token: HTML {
        guard let token = viewer?.formToken ?? formToken else { return .empty }
        return "<input type=\"hidden\" name=\"form_token\" value=\"\(token)\">"
    }
}
