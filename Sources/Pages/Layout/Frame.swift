// What stands around a page's content: who looks at it, where it belongs, what just happened.
import Control
import Procedures

/// Light or dark by choice, or as the device says.
package enum Theme: String, Sendable, CaseIterable { case auto, light, dark }

/// The signed-in person, with the hidden `form_token` of every form this person is given.
package struct Viewer: Sendable {
    package var person: Person
    package var formToken: String

    package init(_ person: Person, formToken: String) { (self.person, self.formToken) = (person, formToken) }

    var isStaff: Bool { person.role.isStaff }
    /// Works with subjects: everybody of a customer but the subjects themselves.
    var assesses: Bool { !isStaff && person.role != .subject }
    var organisation: String { isStaff ? "Fitech staff" : person.customerDisplayName ?? person.customer ?? "" }
    var name: String { person.name.isEmpty ? person.email : person.name }
}

/// One line above the content that says what just happened.
package struct Notice: Sendable, Equatable {
    package var tone: Tone
    package var text: String
    package init(_ tone: Tone, _ text: String) { (self.tone, self.text) = (tone, text) }
}

/// The part of the portal a page belongs to.
package enum Section: Sendable { case home, subjects, imports, tickets, reports, people, audit, outbox, balancing, status, account, exports, changes, announcements, community, customers }

package struct Frame: Sendable {
    package var title: String
    package var section: Section?
    package var viewer: Viewer?
    package var theme = Theme.auto
    package var notice: Notice?
    package var requestID: String?
    /// Where the theme switch leads back to; a path of ours.
    package var here = "/"
    /// Token of the forms on pages nobody is signed in on (theme, sign-in); nil on pages without forms.
    package var formToken: String?
    /// What was searched for, shown in the box again.
    package var searched: String?
    /// The page may be read while no web node is alive: it carries its style sheet and has no script.
    package var standalone = false

    /// What the page took, for staff: how often the data tier was asked, and how long it was until the page could be written.
    package struct Work: Sendable {
        package var questions: Int
        package var time: Duration
        package init(questions: Int, time: Duration) { (self.questions, self.time) = (questions, time) }
    }
    package var work: Work?

    package init(title: String, section: Section? = nil, viewer: Viewer? = nil) {
        (self.title, self.section, self.viewer) = (title, section, viewer)
    }

    package var units: UnitPreference { viewer?.person.units ?? .metric }

    /// The hidden field every form carries.
    package var token: HTML {
        guard let token = viewer?.formToken ?? formToken else { return .empty }
        return "<input type=\"hidden\" name=\"form_token\" value=\"\(token)\">"
    }
}
