// One measure of one subject over time: chart, figures, and where its bands stand written.
import Procedures
import Wire

package enum TrendPage {
    package static func html(_ frame: Frame, _ answer: ShowSubject.Answer, _ trend: Trend) -> HTML {
        let path: HTML = "/subjects/\(segment: answer.subject.id)", named = SubjectPage.title(answer.subject)
        let chart = ShownMeasure.chart(trend, of: answer.subject, for: frame.units)
        let sources = Set(answer.assessments.flatMap(\.measures).filter { $0.code == trend.code }.compactMap(\.source)).sorted()
        let source: HTML = sources.isEmpty ? .empty : "<p class=\"note\">Bands: \(sources.map { HTML($0) }.joined("; ")).</p>"
        let others = SubjectPage.ordered(answer.trends).map { other -> HTML in
            "<li><a href=\"\(path)/trends/\(segment: other.code)\"\(" aria-current=\"page\"", if: other.code == trend.code)>\(other.name)</a></li>"
        }
        return Layout.page(frame, """
            \(Component.crumbs([("Subjects", "/subjects"), (named, path)], here: trend.name))\(Component.header(trend.name, lead: HTML(chart.description)))
            <nav aria-label="Measures"><ul class="tabs">\(others)</ul></nav>
            \(Component.card(nil, "\(chart.svg(id: "trend"))\(source)"))
            \(Component.card("Figures", flush: true, chart.table))
            """)
    }
}
