// Everything of a customer in one file: ask for it, see how far it is, download it, end it.
import Procedures
import Wire

package enum ExportsPage {
    /// - Parameters:
    ///   - customer: for staff, whose exports these are; nil for a customer's own people.
    ///   - link: a link that was just made; it is shown this once.
    package static func html(_ frame: Frame, _ answer: ListExports.Answer, customer: String?, link: (url: String, expires: Timestamp)? = nil, entered: Entered = .nothing) -> HTML {
        let busy = answer.items.contains { $0.state == .waiting || $0.state == .running }
        let rows = answer.items.map { row($0, frame, customer) }
        let list: HTML = rows.isEmpty
            ? Component.card(nil, Component.empty(.download, "No exports yet", "An export holds all subjects, assessments, tickets and people, everything that was written here."))
            : Component.card("Exports", flush: true, "<ul class=\"list\">\(rows)</ul>")
        let live: HTML = busy ? " data-live=\"1000\"" : .empty
        return Layout.page(frame, """
            \(Component.header("Export everything", lead: "All of \(answer.customerDisplayName) in one file that belongs to you, and that another Fitech takes in."))\(entered.summary)\(made(link))
            <div class="split"><div class="stack" id="exports"\(live)>\(list)\(reload(busy, customer))</div><div class="stack">\(ask(frame, answer, customer, busy: busy))\(ExportScheduleCard.html(frame, answer.schedule, zone: answer.person.zone, customer: customer, entered: entered))\(contents(answer))</div></div>
            """)
    }

    private static func ask(_ frame: Frame, _ answer: ListExports.Answer, _ customer: String?, busy: Bool) -> HTML {
        Component.card("Ask for a new one", """
            <form class="form" method="post" action="/exports">\(frame.token)\(named(customer))
            \(RadioChoice.group("fresh", legend: "How new", [
                RadioChoice(value: "no", name: "From the newest restore point", text: "One is made every hour. Nobody at work notices."),
                RadioChoice(value: "yes", name: "Up to this minute", text: "A restore point is made first; it takes a little longer."),
            ], chosen: "no"))
            <div class="actions">\(Component.button("Make the export", icon: .download))</div></form>
            \(busy ? "<p class=\"note\">One is being made now; the next can be asked for when it is done.</p>" : .empty)
            """ as HTML)
    }

    private static func contents(_ answer: ListExports.Answer) -> HTML {
        Component.card("What is in it", """
            <p class="note"><code>customer.db</code> is a plain SQLite database that any tool opens. <code>manifest.json</code> says what is in it, and <code>SHA256SUMS</code> proves that nothing was lost: <code>sha256sum -c SHA256SUMS</code>.</p>
            <p class="note">Passwords, sessions and tokens are never in it. The file stays \(answer.days) days; of more than \(answer.kept) the oldest makes way. Every download is written into the audit.</p>
            """)
    }

    private static func made(_ link: (url: String, expires: Timestamp)?) -> HTML {
        guard let link else { return .empty }
        return Component.banner(.good, """
            <h2>The link, shown this once</h2><p class="once"><code>\(link.url)</code></p>
            <p>Whoever has it can download the file until \(.time(link.expires)). A download that breaks off goes on with <code>curl -C - -O</code>.</p>
            """)
    }

    /// Without the script the page does not follow by itself.
    private static func reload(_ busy: Bool, _ customer: String?) -> HTML {
        guard busy else { return .empty }
        return "<noscript><p class=\"note\"><a href=\"/exports\(query(customer))\">Look again</a> to see how far it is.</p></noscript>"
    }

    private static func query(_ customer: String?) -> HTML { customer.map { "?customer=\(segment: $0)" } ?? .empty }
    static func named(_ customer: String?) -> HTML { customer.map { "<input type=\"hidden\" name=\"customer\" value=\"\($0)\">" } ?? .empty }

    private static func row(_ export: Export, _ frame: Frame, _ customer: String?) -> HTML {
        """
        <li class="export"><span class="grow"><b>\(title(export))</b><br><span class="note">Asked for by \(export.askedBy), \(.time(export.asked))\(facts(export))\(sent(export))</span>\(progress(export))</span>
        \(mark(export.state))\(actions(export, frame, customer))</li>
        """
    }

    private static func title(_ export: Export) -> HTML {
        if let asOf = export.asOf { return "Everything up to \(.time(asOf))" }
        return export.fresh ? "Everything up to the minute it was asked for" : "Everything up to the newest restore point"
    }

    private static func facts(_ export: Export) -> HTML {
        var facts: HTML = .empty
        if let bytes = export.bytes, let rows = export.rows {
            facts += " · \(Show.bytes(bytes)), \(Show.count(rows, "row", "rows"))"
            if let files = export.attachments, files > 0 { facts += ", \(Show.count(files, "attachment", "attachments"))" }
        }
        if export.downloads > 0 { facts += " · downloaded \(Show.count(export.downloads, "time", "times"))" }
        if export.state == .done, let expires = export.expires { facts += " · stays until \(.date(expires))" }
        if export.state == .done, let sha256 = export.sha256 { facts += "<br>SHA-256 <code class=\"digest\">\(sha256)</code>" }
        return facts
    }

    private static func sent(_ export: Export) -> HTML {
        switch export.upload {
        case nil: .empty
        case .arrived: "<br>Sent to your server, \(export.uploadTried.map { HTML.time($0) })"
        case .waiting: export.uploadProblem.map { "<br>Not sent yet: \($0). It is tried again." } ?? "<br>On its way to your server"
        case .failed: "<br>Could not be sent to your server: \(export.uploadProblem ?? "")"
        }
    }

    private static func progress(_ export: Export) -> HTML {
        switch export.state {
        case .waiting, .running:
            let share = Int((min(1, max(0, export.progress)) * 100).rounded())
            return """
                <span class="progress"><progress max="100" value="\(share)" aria-label="How far the export is">\(share) %</progress><span class="note">\(share) %, \(export.step)</span></span>
                """
        case .failed: return "<span class=\"problem\">\(export.problem ?? "It could not be made.") \(export.hint ?? "")</span>"
        case .done, .expired: return .empty
        }
    }

    private static func mark(_ state: ExportState) -> HTML {
        switch state {
        case .waiting: Component.badge("Waiting", .info)
        case .running: Component.badge("Being made", .info)
        case .done: Component.badge("Ready", .good)
        case .failed: Component.badge("Failed", .poor)
        case .expired: Component.badge("Gone", .plain)
        }
    }

    private static func actions(_ export: Export, _ frame: Frame, _ customer: String?) -> HTML {
        let id = export.id
        func form(_ verb: StaticString, _ name: String, _ style: StaticString, question: String? = nil) -> HTML {
            let asks: HTML = question.map { " data-confirm=\"\($0)\"" } ?? .empty
            return "<form method=\"post\" action=\"/exports/\(segment: id)/\(raw: verb)\"\(asks)>\(frame.token)\(named(customer))<button class=\"button small \(raw: style)\">\(name)</button></form>"
        }
        switch export.state {
        case .done:
            return """
                <div class="actions"><a class="button small primary" href="/exports/\(segment: id)/file\(query(customer))" download>\(Icon.download.html)Download</a>\(form("link", "Make a link", ""))\(form("expire", "Remove", "danger", question: "Remove this export? Its links end too."))</div>
                """
        case .waiting, .running: return "<div class=\"actions\">\(form("expire", "Stop", "", question: "Stop making this export?"))</div>"
        case .failed, .expired: return .empty
        }
    }
}
