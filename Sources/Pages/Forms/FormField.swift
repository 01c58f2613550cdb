// One field of a form: label, hint, problem and control, tied together for assistive technology.
import Wire

struct FormField {
    enum Control {
        case text, email, search, date
        /// A date with a time of day, on the reader's clock.
        case moment
        case time
        case password
        /// Digits that are read from somewhere else.
        case code
        case area
        case file(accept: StaticString)
        /// Value and name of each choice.
        case choice([(String, String)])
    }

    var name: String
    var label: String
    var control = Control.text
    var value = ""
    var hint: HTML = .empty
    var required = true
    /// HTML autocomplete token: password managers and browsers fill the field by it (WCAG 1.3.5, 3.3.8).
    var autocomplete: StaticString = ""
    var problem: String?
    var longest: Int?
    /// Where the script keeps what is typed into an area, as it is typed.
    var draft: HTML = .empty

    init(_ name: String, _ label: String, _ control: Control = .text, value: String = "", hint: HTML = .empty, required: Bool = true,
        autocomplete: StaticString = "", longest: Int? = nil) {
        (self.name, self.label, self.control, self.value) = (name, label, control, value)
        (self.hint, self.required, self.autocomplete, self.longest) = (hint, required, autocomplete, longest)
    }

    /// With what was typed before and what was wrong with it.
    func filled(_ entered: Entered) -> HTML {
        var field = self
        var isSecret = false
        switch control {
        case .password, .code: isSecret = true
        default: break
        }
        if !isSecret, let typed = entered.form[name] { field.value = typed }
        field.problem = entered.problem(name)?.reason.sentence
        return field.html
    }

    var html: HTML {
        let marks: HTML = required ? .empty : " <span class=\"optional\">(optional)</span>"
        let told: HTML = hint.isEmpty ? .empty : "<span class=\"hint\" id=\"h-\(name)\">\(hint)</span>"
        let wrong: HTML = problem.map { "<span class=\"problem\" id=\"p-\(name)\">\($0)</span>" } ?? .empty
        return "<div class=\"field\"><label for=\"f-\(name)\">\(label)\(marks)</label>\(told)\(wrong)\(controlHTML)</div>"
    }

    private var attributes: HTML {
        var described: [HTML] = []
        if !hint.isEmpty { described.append("h-\(name)") }
        if problem != nil { described.append("p-\(name)") }
        let tied: HTML = described.isEmpty ? .empty : " aria-describedby=\"\(described.joined(" "))\""
        let limit: HTML = longest.map { " maxlength=\"\($0)\"" } ?? .empty
        let fill: HTML = autocomplete.utf8CodeUnitCount == 0 ? .empty : " autocomplete=\"\(raw: autocomplete)\""
        let kept: HTML = draft.isEmpty ? .empty : " data-draft=\"\(draft)\""
        return " id=\"f-\(name)\" name=\"\(name)\"\(" required", if: required)\(" aria-invalid=\"true\"", if: problem != nil)\(tied)\(limit)\(fill)\(kept)"
    }

    private var controlHTML: HTML {
        switch control {
        case .text: "<input type=\"text\" value=\"\(value)\"\(attributes)>"
        case .email: "<input type=\"email\" value=\"\(value)\" inputmode=\"email\" autocapitalize=\"none\" spellcheck=\"false\"\(attributes)>"
        case .search: "<input type=\"search\" value=\"\(value)\"\(attributes)>"
        case .date: "<input type=\"date\" value=\"\(value)\"\(attributes)>"
        case .time: "<input type=\"time\" value=\"\(value)\"\(attributes)>"
        case .moment: "<input type=\"datetime-local\" value=\"\(value)\"\(attributes)>"
        case .password: "<input type=\"password\"\(attributes)>"
        case .code: "<input type=\"text\" inputmode=\"numeric\" autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"40\"\(attributes)>"
        case .area: "<textarea\(attributes)>\n\(value)</textarea>"
        case .file(let accept): "<input type=\"file\" accept=\"\(raw: accept)\"\(attributes)>"
        case .choice(let choices):
            "<select\(attributes)>\(choices.map { "<option value=\"\($0.0)\"\(" selected", if: $0.0 == value)>\($0.1)</option>" as HTML })</select>"
        }
    }
}

/// One of a few, each with a word of explanation.
struct RadioChoice {
    var value: String
    var name: String
    var text: String

    static func group(_ name: String, legend: String, _ choices: [RadioChoice], chosen: String) -> HTML {
        let options = choices.map { choice -> HTML in
            """
            <label class="choice"><input type="radio" name="\(name)" value="\(choice.value)"\(" checked", if: choice.value == chosen)><span><b>\(choice.name)</b>\(choice.text)</span></label>
            """
        }
        return "<fieldset class=\"choices\"><legend class=\"legend\">\(legend)</legend>\(options)</fieldset>"
    }
}
