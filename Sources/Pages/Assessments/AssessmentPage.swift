// One assessment: each value with its category, where the band stands written, and what it was before.
import Procedures
import Wire

package enum AssessmentPage {
    /// `previous` is the assessment before this one, when there is one.
    package static func html(_ frame: Frame, subject: Subject, _ assessment: Assessment, previous: Assessment?) -> HTML {
        let path: HTML = "/subjects/\(segment: subject.id)", named = SubjectPage.title(subject)
        let rows = assessment.measures.map { row($0, previous, frame, path) }
        let note: HTML = assessment.note.isEmpty ? .empty : Component.card("Note", "<p class=\"prose\">\(assessment.note)</p>")
        return Layout.page(frame, """
            \(Component.crumbs([("Subjects", "/subjects"), (named, path)], here: "Assessment"))
            \(Component.header("Assessment of \(assessment.taken.date.text)", lead: "\(named)\(assessment.assessor.isEmpty ? "" : ", by \(assessment.assessor)")\(assessment.age.map { ", aged \($0)" } ?? "")", actions: [Component.link("New assessment", to: "\(path)/assessments/new", icon: .plus)]))
            \(summary(assessment))
            \(Component.card("Results", flush: true, Component.table(caption: "Results of this assessment", columns: [.init("Measure"), .init("Value"), .init("Category"), .init("Before"), .init("Source of the band")], rows: rows)))\(note)
            """)
    }

    private static func row(_ value: MeasureValue, _ previous: Assessment?, _ frame: Frame, _ path: HTML) -> [HTML] {
        let before = previous?.measures.first { $0.code == value.code }
        let derived: HTML = value.derivation.map { "<br><span class=\"note\">calculated: \($0)</span>" } ?? .empty
        return [
            "<span><a href=\"\(path)/trends/\(segment: value.code)\">\(value.name)</a>\(derived)</span>", ShownMeasure.text(value, for: frame.units),
            ShownMeasure.badge(category: value.category, colour: value.colour),
            before.map { "<span class=\"note\">\(ShownMeasure.figure(code: $0.code, $0.value, unit: $0.unit, for: frame.units).text)</span>" } ?? .empty,
            value.source.map { "<span class=\"note\">\($0)</span>" } ?? .empty,
        ]
    }

    private static func summary(_ assessment: Assessment) -> HTML {
        let counted = [("red", "high attention", Tone.poor), ("amber", "attention", .fair), ("green", "in range", .good)].compactMap { colour, words, tone -> HTML? in
            let count = assessment.measures.count { $0.colour == colour }
            return count == 0 ? nil : "<li>\(Component.badge("\(count) \(words)", tone))</li>"
        }
        return counted.isEmpty ? .empty : "<ul class=\"legend-row\" aria-label=\"Summary\">\(counted)</ul>"
    }
}
