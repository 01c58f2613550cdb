// Raising a change and writing it: what it is to bring, how it is done, how it is taken back.
import Control
import Procedures
import SupportCentre
import Wire

package enum ChangeFormPage {
    package static func new(_ frame: Frame, entered: Entered = .nothing) -> HTML {
        let staff = frame.viewer?.person.role.isStaff == true
        return Layout.page(frame, """
            \(Component.crumbs([("Changes", "/changes")], here: "New"))\(Component.header("Raise a change", lead: "Save it as a draft, or submit it at once: then support assesses it."))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="/changes/new">\(frame.token)
            \(fields(Change(), staff: staff, entered: entered))
            \(staff ? FormField("customer", "Customer", hint: "Its short name, such as clinic; leave it empty for a change for everybody.", required: false, longest: 40).filled(entered) : HTML.empty)
            <div class="actions"><button class="button primary" name="submit" value="yes">Submit</button><button class="button">Save as a draft</button>\(Component.link("Cancel", to: "/changes"))</div></form>
            """ as HTML))
            """)
    }

    package static func edit(_ frame: Frame, _ view: ChangeView, entered: Entered = .nothing) -> HTML {
        let change = view.change
        return Layout.page(frame, """
            \(Component.crumbs([("Changes", "/changes"), ("\(change.number)", "/changes/\(change.number)")], here: "Write"))\(Component.header(change.title, lead: "What was decided on is not written any more; what is open is below."))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="/changes/\(change.number)/edit">\(frame.token)<input type="hidden" name="version" value="\(change.version)">
            \(fields(change, staff: view.person.role.isStaff, only: Set(view.editable.compactMap(ChangeContent.init)), entered: entered))
            <div class="actions">\(Component.button("Save"))\(Component.link("Cancel", to: "/changes/\(change.number)"))</div></form>
            """ as HTML))
            """)
    }

    private static func fields(_ change: Change, staff: Bool, only: Set<ChangeContent> = Set(ChangeContent.allCases), entered: Entered) -> HTML {
        var html = HTML.empty
        if only.contains(.reason) {
            let kinds = ChangeKind.allCases.filter { staff || $0 != .standard || change.kind == .standard }
            html += FormField("title", "Title", value: change.title, hint: "What is to be different, in a few words.", longest: 200).filled(entered)
            html += FormField("kind", "Kind", .choice(kinds.map { ($0.rawValue, $0.explained) }), value: change.kind.rawValue).filled(entered)
            html += FormField("reason", "Reason", .area, value: change.reason, hint: "Why is it wanted, and what is it to bring?", required: false, longest: 20_000).filled(entered)
        }
        if only.contains(.risk) {
            let none = [("", "Not known yet")]
            html += "<div class=\"pair\">\(FormField("impact", "Impact", .choice(none + ChangeImpact.allCases.map { ($0.rawValue, $0.explained) }), value: change.impact?.rawValue ?? "", hint: "How far would trouble reach?", required: false).filled(entered))\(FormField("likelihood", "Likelihood of trouble", .choice(none + ChangeLikelihood.allCases.map { ($0.rawValue, $0.word) }), value: change.likelihood?.rawValue ?? "", required: false).filled(entered))</div>"
        }
        if only.contains(.plan) {
            html += FormField("plan", "Plan", .area, value: change.plan, hint: "Step by step, so that somebody else could do it.", required: false, longest: 20_000).filled(entered)
            let typed = Set(entered.form.fields.filter { $0.name == "parts" }.map(\.value))
            let chosen = entered.form.fields.isEmpty ? Set(change.parts) : typed
            let boxes = ServicePart.allCases.map { part -> HTML in
                "<label class=\"choice\"><input type=\"checkbox\" name=\"parts\" value=\"\(part.rawValue)\"\(" checked", if: chosen.contains(part.rawValue))><span><b>\(part.title)</b></span></label>"
            }
            html += "<fieldset class=\"choices\"><legend class=\"legend\">Parts of the service it touches</legend>\(boxes)</fieldset>"
        }
        if only.contains(.backOut) {
            html += FormField("back_out", "Way back", .area, value: change.backOut, hint: "How is everything as before if it goes wrong, and until when can that be decided?", required: false, longest: 20_000).filled(entered)
        }
        if only.contains(.evidence) {
            html += FormField("evidence", "Evidence of its test", .area, value: change.evidence, hint: "Where was it tried, and what was seen?", required: false, longest: 20_000).filled(entered)
        }
        return html
    }
}
