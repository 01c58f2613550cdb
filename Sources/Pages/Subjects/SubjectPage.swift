// One subject: who it is, where it stands now, how that came about.
import Assessments
import Procedures
import Wire

package enum SubjectPage {
    package static func html(_ frame: Frame, _ answer: ShowSubject.Answer) -> HTML {
        let subject = answer.subject, named = title(subject), path: HTML = "/subjects/\(segment: subject.id)"
        let actions = [Component.link("Edit", to: "\(path)/edit"), Component.link("New assessment", to: "\(path)/assessments/new", icon: .plus, style: "primary")]
        let body: HTML = answer.assessments.isEmpty
            ? Component.card(nil, flush: true, Component.empty(.pulse, "Not assessed yet", "Enter what was measured; whatever follows from it is calculated and classified.", actions: [Component.link("New assessment", to: "\(path)/assessments/new", style: "primary")]))
            : "\(standing(frame, answer, path))\(highlights(frame, answer, path))"
        return Layout.page(frame, """
            \(Component.crumbs([("Subjects", "/subjects")], here: named))\(Component.header(named, lead: lead(subject), actions: actions))
            <div class="split"><div class="stack">\(body)</div><div class="stack">\(facts(subject))\(history(answer, path))\(SubjectErasurePage.card(frame, subject))</div></div>
            """)
    }

    static func title(_ subject: Subject) -> String { subject.name.isEmpty ? subject.reference : subject.name }

    private static func lead(_ subject: Subject) -> HTML {
        let parts = [subject.name.isEmpty ? nil : subject.reference, subject.sex == .unknown ? nil : subject.sex.word, subject.group].compactMap { $0 }
        return HTML(parts.joined(separator: " · "))
    }

    private static func facts(_ subject: Subject) -> HTML {
        Component.card("Details", Component.facts([
            ("Reference", HTML(subject.reference)), ("Sex", HTML(subject.sex.word)),
            ("Born", subject.born.map { .date($0) } ?? "<span class=\"muted\">not known</span>"),
            ("Group", subject.group.map { HTML($0) } ?? "<span class=\"muted\">none</span>"),
            ("Added", .date(subject.created)),
        ]))
    }

    /// Every measure with its newest value: what matters first stands in the order of the catalogue.
    private static func standing(_ frame: Frame, _ answer: ShowSubject.Answer, _ path: HTML) -> HTML {
        // A course is shown once something has been measured twice.
        let course = answer.trends.contains { $0.points.count > 1 }
        let rows = ordered(answer.trends).compactMap { trend -> [HTML]? in
            guard let last = trend.points.last else { return nil }
            let figure = ShownMeasure.figure(code: trend.code, last.value, unit: trend.unit, for: frame.units)
            return [
                "<a href=\"\(path)/trends/\(segment: trend.code)\">\(trend.name)</a>",
                "<span><span class=\"nowrap\"><b class=\"figures\">\(figure.text)</b> <span class=\"note\">\(figure.unit)</span></span><br><span class=\"note\">\(.date(last.taken))</span></span>",
                ShownMeasure.badge(category: last.category, colour: last.colour),
            ] + (course ? [TrendChart.spark(trend.points.map(\.value))] : [])
        }
        return Component.card("Where things stand", flush: true,
            Component.table(caption: "Newest value of every measure", columns: [.init("Measure"), .init("Value"), .init("Category")] + (course ? [.init("Course")] : []), rows: rows))
    }

    /// The charts of the measures one looks at first.
    private static func highlights(_ frame: Frame, _ answer: ShowSubject.Answer, _ path: HTML) -> HTML {
        let wanted = [Measure.bmi.code, Measure.weight.code, Measure.systolic.code, Measure.totalCholesterol.code, Measure.meanArterialPressure.code]
        let chosen = wanted.compactMap { code in answer.trends.first { $0.code == code && !$0.points.isEmpty } }.prefix(2)
        return HTML(chosen.map { trend in
            Component.card(trend.name, link: "<a href=\"\(path)/trends/\(segment: trend.code)\">Figures and source</a>",
                           ShownMeasure.chart(trend, of: answer.subject, for: frame.units).svg(id: "c-\(trend.code)"))
        })
    }

    private static func history(_ answer: ShowSubject.Answer, _ path: HTML) -> HTML {
        guard !answer.assessments.isEmpty else { return .empty }
        let rows = answer.assessments.map { assessment -> HTML in
            let worst = assessment.measures.contains { $0.colour == "red" } ? "red" : assessment.measures.contains { $0.colour == "amber" } ? "amber" : assessment.measures.contains { $0.colour == "green" } ? "green" : nil
            let mark: HTML = switch worst {
            case "red": Component.badge("High attention", .poor)
            case "amber": Component.badge("Attention", .fair)
            case "green": Component.badge("In range", .good)
            default: .empty
            }
            return "<li><span class=\"grow\"><a href=\"\(path)/assessments/\(segment: assessment.id)\">\(.date(assessment.taken))</a><br><span class=\"note\">\(Show.count(assessment.measures.count, "measure", "measures"))</span></span>\(mark)</li>"
        }
        return Component.card("Assessments", flush: true, "<ul class=\"list\">\(rows)</ul>")
    }

    static func ordered(_ trends: [Trend]) -> [Trend] {
        trends.sorted {
            let (a, b) = (Measure.order[$0.code] ?? .max, Measure.order[$1.code] ?? .max)
            return a == b ? $0.code < $1.code : a < b
        }
    }
}
