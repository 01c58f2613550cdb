// Erasing a subject: what goes, what stays, and the reference typed once more.
import Control
import Procedures
import Wire

package enum SubjectErasurePage {
    package static func html(_ frame: Frame, _ subject: Subject, entered: Entered = .nothing) -> HTML {
        let name = SubjectPage.title(subject)
        return Layout.page(frame, """
            \(Component.crumbs([("Subjects", "/subjects"), (name, "/subjects/\(segment: subject.id)")], here: "Erase"))\(Component.header("Erase this subject", lead: "\(name). This cannot be undone."))\(entered.summary)
            <div class="grid">\(Component.card("What happens", """
            <p>The record, every assessment and what the audit log says of them in words are removed at once. The log keeps that it was done, by whom and when, and stays whole. What free space in the file of the database still has of it goes soon after, when nobody writes for a moment.</p>
            <p class="note">Restore points still hold the data until newer ones take their place; whatever is restored from them is erased again. Files that were exported or downloaded, and tickets in which somebody wrote about this person, are yours to look through.</p>
            """ as HTML))\(Component.card("To be sure", """
            <form class="form" method="post" action="/subjects/\(segment: subject.id)/erase">\(frame.token)
            \(FormField("reference", "Type the reference \(subject.reference)", autocomplete: "off", longest: 80).filled(entered))
            <div class="actions">\(Component.button("Erase for good", style: "danger"))\(Component.link("Keep it", to: "/subjects/\(segment: subject.id)"))</div></form>
            """ as HTML))</div>
            """)
    }

    /// On the subject's page, for administrators.
    static func card(_ frame: Frame, _ subject: Subject) -> HTML {
        guard frame.viewer?.person.role == .administrator else { return .empty }
        return Component.card("Data protection", """
            <p class="note">What a person may ask of you: all that is kept of them, or that it goes.</p>
            <div class="actions"><form method="post" action="/subjects/\(segment: subject.id)/file">\(frame.token)<button class="button small">\(Icon.download.html)All data as a file</button></form>\(Component.link("Erase", to: "/subjects/\(segment: subject.id)/erase", style: "small danger"))</div>
            """ as HTML)
    }
}
