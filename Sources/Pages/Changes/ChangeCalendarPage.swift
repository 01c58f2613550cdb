// A month of planned changes: a table of days on a desk, a list of the days with something in them on a phone.
import Control
import Procedures
import SupportCentre
import Wire

package enum ChangeCalendarPage {
    package static func html(_ frame: Frame, _ answer: ShowChangeCalendar.Answer) -> HTML {
        guard let month = MonthGrid(answer.month) else { return Layout.page(frame, .empty) }
        let zone = answer.person.zone
        // The days each work touches, on the reader's clock.
        let spans = answer.items.map { work in
            (work: work, first: LocalTime.reading(work.starts, in: zone).day.daysSince1970,
             last: LocalTime.reading(max(work.starts, work.ends.adding(.milliseconds(-1))), in: zone).day.daysSince1970)
        }
        let weeks = month.weeks.map { week -> HTML in
            let days = week.map { day -> HTML in
                let works = spans.filter { ($0.first...$0.last).contains(day.daysSince1970) }
                let items = works.map { item($0.work, continues: $0.first < day.daysSince1970, zone) }
                let style: StaticString = day.month == month.month ? (works.isEmpty ? "quiet" : "busy") : (works.isEmpty ? "quiet other" : "busy other")
                return "<td class=\"\(raw: style)\"><time datetime=\"\(day.iso8601)\"><span class=\"full\">\(day.short) </span><span class=\"num\">\(day.day)</span></time>\(works.isEmpty ? .empty : "<ul>\(items)</ul>")</td>"
            }
            return "<tr>\(days)</tr>"
        }
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map { "<th scope=\"col\">\($0)</th>" as HTML }
        let before: HTML = month.adding(-1).map { "<a class=\"button small\" rel=\"prev\" href=\"/changes/calendar?month=\($0.text)\">Month before</a>" } ?? .empty
        let after: HTML = month.adding(1).map { "<a class=\"button small\" rel=\"next\" href=\"/changes/calendar?month=\($0.text)\">Month after</a>" } ?? .empty
        let clashing = answer.items.contains { $0.clashes }
        let title = CalendarDate(year: month.year, month: month.month, day: 1).map { "\($0.text.drop { $0 != " " }.dropFirst())" } ?? month.text
        return Layout.page(frame, """
            \(Component.crumbs([("Changes", "/changes")], here: "Calendar"))\(Component.header(title, lead: "Planned changes on your clock, \(zone).", actions: [before, after]))
            \(clashing ? Component.banner(.fair, "Some planned changes get in each other's way: they are marked.") : HTML.empty)
            <div class="card"><table class="month"><caption class="visually-hidden">\(title)</caption><thead><tr>\(names)</tr></thead><tbody>\(weeks)</tbody></table>
            \(answer.items.isEmpty ? Component.empty(.check, "Nothing is planned", "No change has its date in this month.") : HTML.empty)</div>
            """)
    }

    private static func item(_ work: PlannedWork, continues: Bool, _ zone: String) -> HTML {
        let when: HTML = continues ? "goes on" : HTML(LocalTime.time(work.starts, in: zone))
        let mark: HTML = work.clashes ? " <b class=\"clash\">clash</b>" : .empty
        let whose = work.customerDisplayName.isEmpty ? "" : " · \(work.customerDisplayName)"
        let text: HTML = "<span class=\"note\">\(when)\(whose)</span>\(mark)<br>\(work.title)"
        let style: StaticString = work.clashes ? "poor" : work.customer == nil ? "fair" : "info"
        return work.number.map { "<li class=\"\(raw: style)\"><a href=\"/changes/\($0)\">\(text)</a></li>" } ?? "<li class=\"\(raw: style)\"><span>\(text)</span></li>"
    }
}
