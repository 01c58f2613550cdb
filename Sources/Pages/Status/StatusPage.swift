// The public status page: readable without script, by anybody, while no other page may be.
import Wire

package enum StatusPage {
    package static func html(_ model: StatusModel) -> HTML {
        var frame = Frame(title: "Service status", section: .status)
        frame.standalone = true
        let open = model.open.map(incident)
        let current: HTML = open.isEmpty ? .empty : "<section class=\"stack tight\" aria-label=\"Open incidents\">\(open)</section>"
        let past: HTML = model.past.isEmpty
            ? "<p class=\"note\">No incidents in the last 90 days.</p>"
            : HTML(model.past.prefix(30).map(incident))
        return Layout.page(frame, """
            <div class="stack">\(verdict(model))\(current)\(planned(model))
            <section class="card"><header><h2>Parts of the service</h2><span class="note">last 90 days</span></header>
            <ul class="status-list">\(model.services.map(service))</ul><footer>\(legend)</footer></section>
            <section class="card"><header><h2>Past incidents</h2></header><div class="body">\(past)</div></section>
            <p class="note">As of \(.time(model.made)), made anew every half minute. Availability is measured from the last good answer before an outage
            to the first good one after it, days are in UTC. The same as <a href="/api/v1/status">JSON</a>.</p></div>
            """)
    }

    private static func verdict(_ model: StatusModel) -> HTML {
        switch model.health {
        case .operational, .unknown:
            "<div class=\"verdict good\">\(Icon.check.html)<div><h1>Everything works</h1><p>All parts of the service are available.</p></div></div>"
        case .planned:
            "<div class=\"verdict info\">\(Icon.status.html)<div><h1>Planned work is under way</h1><p>It was announced, and is below with its end. What is not worked on is available.</p></div></div>"
        case .reduced:
            "<div class=\"verdict fair\">\(Icon.warning.html)<div><h1>Everything works, with less in reserve</h1><p>Something behind the service is out of action and what is beside it carries on. You can work as usual.</p></div></div>"
        case .down:
            "<div class=\"verdict poor\">\(Icon.warning.html)<div><h1>Part of the service is not available</h1><p>A technician has been called. Below is what is affected and since when.</p></div></div>"
        }
    }

    private static func planned(_ model: StatusModel) -> HTML {
        guard !model.planned.isEmpty else { return .empty }
        let items = model.planned.map { work -> HTML in
            "<article class=\"status-incident info\"><h2>\(work.title)</h2><p>\(work.isRunning ? "Under way" : "Planned"): \(.time(work.starts)) to \(.time(work.ends))</p><p class=\"note\">\(work.services.joined(separator: ", "))</p></article>"
        }
        return "<section class=\"stack tight\" aria-label=\"Planned work\">\(items)</section>"
    }

    private static func service(_ service: StatusService) -> HTML {
        """
        <li><div class="status-head"><div><h3>\(service.title)</h3><p class="note">\(service.explanation)</p></div>\(Component.badge(service.healthText, service.health.tone))</div>
        \(bars(service))
        <div class="status-foot note"><span>90 days ago</span><span class="figures"><b>\(service.uptime)</b> in 90 days · <b>\(service.month)</b> this month</span><span>today</span></div></li>
        """
    }

    /// One bar a day; each tells its own story to the pointer, the whole to a screen reader. A day that was not whole is
    /// shorter, so that it is seen without its colour too; one that was not measured is pale.
    private static func bars(_ service: StatusService) -> HTML {
        let bars = service.days.enumerated().map { index, day -> HTML in
            let top = switch day.health {
            case .operational, .unknown, .planned: 0
            case .reduced: 10
            case .down: 20
            }
            return """
                <rect class="fill \(raw: day.health.tone.name)" x="\(index * 8)" y="\(top)" width="6" height="\(34 - top)" rx="2"><title>\(day.date.text): \(day.text)</title></rect>
                """
        }
        let bad = service.days.filter { $0.health == .down }.count, reduced = service.days.filter { $0.health == .reduced }.count
        return """
            <svg class="bars" viewBox="0 0 \(service.days.count * 8 - 2) 34" preserveAspectRatio="none" role="img" aria-label="\(service.title), last \(service.days.count) days: \(service.uptime) available, \(Show.count(bad, "day", "days")) with an outage, \(Show.count(reduced, "day", "days")) with less in reserve">\(bars)</svg>
            """
    }

    private static let legend: HTML = """
        <span class="key good">worked</span> <span class="key fair">with less in reserve</span> <span class="key poor">outage</span> <span class="key info">planned work</span> <span class="key plain">not measured</span>
        """

    private static func incident(_ incident: StatusIncident) -> HTML {
        let when: HTML = incident.ended.map { "\(.time(incident.began)) to \(.time($0)), \(incident.duration)" }
            ?? "since \(.time(incident.began)), \(incident.duration) so far"
        let who: HTML = incident.acknowledgedBy.map { " · \($0) is on it" } ?? .empty
        return """
            <article class="status-incident \(raw: incident.health.tone.name)"><h3>#\(incident.number) \(incident.title)</h3><p>\(incident.text)</p><p class="note">\(when)\(incident.ended == nil ? who : .empty)</p></article>
            """
    }
}
