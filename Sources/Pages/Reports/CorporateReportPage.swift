// The anonymous corporate report: shares of categories per measure, for all and by group.
import Procedures
import Wire

package enum CorporateReportPage {
    package static func html(_ frame: Frame, _ report: CorporateReport, from: String, to: String) -> HTML {
        let groups = report.groups.map { group -> HTML in
            let name = group.group ?? "No group"
            guard !group.suppressed else {
                return Component.card(name, "<p class=\"note\">Not shown: the group has fewer than \(report.threshold) subjects, or its figures would give such a group away.</p>")
            }
            return Component.card(name, link: count(group), HTML(group.measures.filter { !$0.categories.isEmpty }.map { measure($0, in: name) }))
        }
        let overall: HTML = report.overall.measures.isEmpty
            ? Component.card(nil, flush: true, Component.empty(.report, "Nothing to report yet", "The newest restore point holds no assessments within these dates."))
            : "<div class=\"grid\">\(report.overall.measures.map { Component.card($0.name, link: HTML.empty, measure($0, in: "all subjects", titled: false)) })</div>"
        return Layout.page(frame, """
            \(Component.header("Corporate report", lead: "\(report.customerDisplayName): every subject counts once per measure, by the newest value. As of \(.time(report.asOf)).", actions: [Component.link("Download CSV", to: "/reports/corporate.csv?from=\(segment: from)&amp;to=\(segment: to)", icon: .download)]))
            <form class="form inline keep" method="get" action="/reports"><div class="field"><label for="f-from">From</label><input type="date" id="f-from" name="from" value="\(from)"></div><div class="field"><label for="f-to">To</label><input type="date" id="f-to" name="to" value="\(to)"></div><button class="button">Show</button></form>
            \(Component.banner(.info, "Anonymous: a figure over fewer than \(report.threshold) subjects is never shown, nor one that would give it away by subtraction; the CSV file says suppressed there. Dates are widened to whole months."))
            \(Component.stats([("Subjects", report.overall.subjects.map(Show.count) ?? "fewer than \(report.threshold)", .empty), ("Groups", Show.count(report.groups.count), .empty), ("Measures", Show.count(report.overall.measures.count), .empty)]))
            <h2>All subjects</h2>\(overall)\(groups.isEmpty ? .empty : "<h2>By group</h2><div class=\"stack\">\(groups)</div>")
            """)
    }

    private static func count(_ group: GroupReport) -> HTML { "<span class=\"note\">\(group.subjects.map { Show.count($0, "subject", "subjects") } ?? "few subjects")</span>" }

    private static func measure(_ measure: MeasureSummary, in group: String, titled: Bool = true) -> HTML {
        let shares = measure.categories.map { Share(name: $0.category, tone: Tone(colour: $0.colour), count: $0.count) }
        let average = measure.average.map { "Average \(Show.number($0, decimals: 1)) \(measure.unit) · " } ?? (measure.hasAverage ? "Average not shown · " : "")
        let subjects = measure.subjects.map { Show.count($0, "subject", "subjects") } ?? "how many is not shown"
        let chart: HTML = shares.isEmpty ? .empty : ShareChart.bar(shares, of: measure.subjects, title: "\(measure.name) in \(group)")
        return "<div class=\"stack tight\">\(titled ? "<h3>\(measure.name)</h3>" : HTML.empty)<p class=\"note\">\(average)\(subjects)</p>\(chart)</div>"
    }

    /// Editions without a reporting node say so.
    package static func unavailable(_ frame: Frame, _ reason: String, hint: String) -> HTML {
        Layout.page(frame, "\(Component.header("Corporate report"))\(Component.card(nil, flush: true, Component.empty(.report, "No report at the moment", "\(reason.sentence) \(hint.sentence)", actions: [Component.link("Try again", to: "/reports")])))")
    }
}
