// What a person typed into a form that was refused, with what is wrong: nothing has to be typed twice.
import Wire

package struct Entered: Sendable {
    package var form: Form
    package var failure: Failure?

    package init(_ form: Form = Form(), _ failure: Failure? = nil) { (self.form, self.failure) = (form, failure) }
    package static let nothing = Entered()

    package func value(_ name: String) -> String { form[name] ?? "" }
    func problem(_ name: String) -> Failure.FieldProblem? { failure?.fields.first { $0.field == name } }

    /// The list of what is wrong, above the form; the script moves the focus to it. Each entry leads to its field.
    var summary: HTML {
        guard let failure else { return .empty }
        let links = failure.fields.map { problem -> HTML in
            form.fields.contains { $0.name == problem.field }
                ? "<li><a href=\"#f-\(problem.field)\">\(problem.reason.sentence)</a> \(problem.hint.sentence)</li>"
                : "<li>\(problem.reason.sentence) \(problem.hint.sentence)</li>"
        }
        let detail: HTML = links.isEmpty ? "<p>\(failure.reason.sentence) \(failure.hint.sentence)</p>" : "<ul>\(links)</ul>"
        return """
            <div class="banner poor" id="problems" role="alert" tabindex="-1">\(Icon.warning.html)<div><h2>\(links.isEmpty ? "That did not work" : "Please correct this")</h2>\(detail)</div></div>
            """
    }
}

extension String {
    /// With a capital at the start and a full stop at the end; texts from below may come without.
    var sentence: String {
        guard let first, let last else { return self }
        let body = first.uppercased() + dropFirst()
        return [".", "!", "?", ":"].contains(last) ? body : body + "."
    }
}
