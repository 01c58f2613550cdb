// Entering an assessment: any field may stay empty, every field has its own unit.
import Assessments
import Procedures
import Wire

package enum AssessmentFormPage {
    /// Names of the form's fields: `value.weight` and `unit.weight`.
    package static func valueField(_ code: String) -> String { "value.\(code)" }
    package static func unitField(_ code: String) -> String { "unit.\(code)" }

    /// What a person can enter. What follows from it (BMI, ratios, mean arterial pressure) may be entered too.
    package static var measures: [Measure] { Measure.catalogue }

    package static func html(_ frame: Frame, _ answer: ShowSubject.Answer, entered: Entered = .nothing) -> HTML {
        let subject = answer.subject, path: HTML = "/subjects/\(segment: subject.id)", named = SubjectPage.title(subject)
        let age: HTML = subject.born == nil
            ? FormField("age", "Age in years", hint: "No date of birth is known; some bands depend on the age.", required: false, longest: 3).filled(entered) : .empty
        let groups = Measure.Family.allCases.filter { $0 != .custom }.map { family -> HTML in
            let fields = measures.filter { $0.family == family }.map { field($0, frame, answer, entered) }
            let preview: HTML = family == .body ? "<output class=\"preview\" data-bmi data-weight=\"weight\" data-height=\"height\"></output>" : .empty
            return "<fieldset class=\"group\"><legend>\(family.name)</legend><div class=\"measures\">\(fields)</div>\(preview)</fieldset>"
        }
        return Layout.page(frame, """
            \(Component.crumbs([("Subjects", "/subjects"), (named, path)], here: "New assessment"))
            \(Component.header("New assessment", lead: "Of \(named). Only what you fill in is saved; BMI, ratios and mean arterial pressure follow by themselves."))
            \(entered.summary)
            <form class="stack" method="post" action="\(path)/assessments/new">\(frame.token)
            <fieldset class="group"><legend>When</legend><div class="measures">\(FormField("taken", "Date", .date, hint: "Empty for now.", required: false).filled(entered))\(age)</div></fieldset>
            \(groups)
            <fieldset class="group"><legend>Note</legend>\(FormField("note", "Consultation note", .area, required: false, longest: 10_000).filled(entered))</fieldset>
            <div class="actions">\(Component.button("Save assessment"))\(Component.link("Cancel", to: path))</div></form>
            """)
    }

    private static func field(_ measure: Measure, _ frame: Frame, _ answer: ShowSubject.Answer, _ entered: Entered) -> HTML {
        let name = valueField(measure.code), typed = entered.value(name), problem = entered.problem(name)?.reason.sentence
        let wrong: HTML = problem.map { "<span class=\"problem\" id=\"p-\(name)\">\($0)</span>" } ?? .empty
        let last = answer.trends.first { $0.code == measure.code }?.points.last
        let hint: HTML = last.map { point in
            let figure = ShownMeasure.figure(code: measure.code, point.value, unit: measure.unit.symbol, for: frame.units)
            return "<span class=\"hint\" id=\"h-\(name)\">Last: \(figure.text) \(figure.unit)</span>"
        } ?? .empty
        let described: HTML = problem != nil ? " aria-invalid=\"true\" aria-describedby=\"p-\(name)\"" : last != nil ? " aria-describedby=\"h-\(name)\"" : .empty
        if !measure.choices.isEmpty {
            let options = measure.choices.map { choice -> HTML in
                let value = Figure.shortest(choice.value)
                return "<option value=\"\(value)\"\(" selected", if: value == typed)>\(choice.name)</option>"
            }
            return "<div class=\"field\"><label for=\"f-\(name)\">\(measure.name)</label><select id=\"f-\(name)\" name=\"\(name)\"\(described)><option value=\"\">not entered</option>\(options)</select>\(wrong)\(hint)</div>"
        }
        let preferred = entered.form[unitField(measure.code)] ?? ShownMeasure.unit(of: measure, for: frame.units).symbol
        let unit: HTML
        if measure.offered.count > 1 {
            let molar: HTML = measure.substance.map { " data-mg=\"\(Show.number($0.milligramsPerDecilitre, decimals: 3))\"" } ?? .empty
            let options = measure.offered.map { "<option value=\"\($0.symbol)\"\(" selected", if: $0.symbol == preferred)>\($0.symbol)</option>" as HTML }
            unit = "<select name=\"\(unitField(measure.code))\" aria-label=\"Unit of \(measure.name)\" data-unit-of=\"f-\(name)\" data-stored=\"\(measure.unit.symbol)\"\(molar)>\(options)</select>"
        } else {
            unit = measure.unit == .none ? .empty : "<span class=\"unit\">\(measure.unit.symbol)</span>"
        }
        return """
            <div class="field"><label for="f-\(name)">\(measure.name)</label><span class="with-unit"><input type="text" inputmode="decimal" autocomplete="off" id="f-\(name)" name="\(name)" value="\(typed)" data-measure="\(measure.code)"\(described)>\(unit)</span>\(wrong)\(hint)</div>
            """
    }
}
