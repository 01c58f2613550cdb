// Adding a subject and editing one.
import Procedures
import Wire

package enum SubjectFormPage {
    package static func add(_ frame: Frame, entered: Entered = .nothing) -> HTML {
        form(frame, title: "Add subject", action: "/subjects/new", subject: Subject(), entered: entered, cancel: "/subjects", button: "Add subject",
             crumbs: Component.crumbs([("Subjects", "/subjects")], here: "Add"))
    }

    package static func edit(_ frame: Frame, _ subject: Subject, entered: Entered = .nothing) -> HTML {
        let page: HTML = "/subjects/\(segment: subject.id)"
        return form(frame, title: "Edit subject", action: "\(page)/edit", subject: subject, entered: entered, cancel: page, button: "Save",
                    crumbs: Component.crumbs([("Subjects", "/subjects"), (subject.name.isEmpty ? subject.reference : subject.name, page)], here: "Edit"))
    }

    private static func form(_ frame: Frame, title: String, action: HTML, subject: Subject, entered: Entered, cancel: HTML, button: String, crumbs: HTML) -> HTML {
        Layout.page(frame, """
            \(crumbs)\(Component.header(title))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="\(action)">\(frame.token)
            \(FormField("reference", "Reference", value: subject.reference, hint: "Your own identifier, like a member or staff number. Unique.", longest: 100).filled(entered))
            \(FormField("name", "Name", value: subject.name, hint: "May stay empty: the reference identifies.", required: false, longest: 200).filled(entered))
            <div class="pair">\(FormField("sex", "Sex", .choice(Sex.allCases.map { ($0.rawValue, $0.word) }), value: subject.sex.rawValue, hint: "Some published bands differ by it.").filled(entered))
            \(FormField("born", "Date of birth", .date, value: subject.born?.iso8601 ?? "", required: false).filled(entered))</div>
            \(FormField("group", "Group", value: subject.group ?? "", hint: "A department or a class, for the corporate report.", required: false, longest: 100).filled(entered))
            <div class="actions">\(Component.button(button))\(Component.link("Cancel", to: cancel))</div></form>
            """ as HTML))
            """)
    }
}
