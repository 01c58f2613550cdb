// The pieces pages are put together from. Each gives HTML; none knows where its figures come from.

/// What a mark means; every tone has a shape of its own beside its colour (WCAG 1.4.1).
package enum Tone: String, Sendable {
    case good, fair, poor, info, plain

    /// The class of its marks.
    package var name: StaticString {
        switch self {
        case .good: "good"
        case .fair: "fair"
        case .poor: "poor"
        case .info: "info"
        case .plain: "plain"
        }
    }

    var icon: Icon {
        switch self {
        case .good: .check
        case .fair, .poor: .warning
        case .info, .plain: .info
        }
    }
}

package enum Component {
    package static func badge(_ text: String, _ tone: Tone) -> HTML { "<span class=\"badge \(raw: tone.name)\">\(text)</span>" }

    /// Says what happened. A fleeting one is left out on paper; all are announced by screen readers.
    package static func banner(_ tone: Tone, _ content: HTML, fleeting: Bool = false) -> HTML {
        """
        <div class="banner \(raw: tone.name)\(" fleeting", if: fleeting)" role="\(raw: tone == .poor ? "alert" : "status")">\(tone.icon.html)<div>\(content)</div></div>
        """
    }

    package static func header(_ title: String, lead: HTML = .empty, actions: [HTML] = []) -> HTML {
        let buttons: HTML = actions.isEmpty ? .empty : "<div class=\"actions\">\(actions)</div>"
        return "<div class=\"head\"><div><h1>\(title)</h1>\(lead.isEmpty ? .empty : "<p>\(lead)</p>")</div>\(buttons)</div>"
    }

    /// Where the page stands; the last entry is the page itself.
    package static func crumbs(_ trail: [(name: String, path: HTML)], here: String) -> HTML {
        let links = trail.map { "<li><a href=\"\($0.path)\">\($0.name)</a></li>" as HTML }
        return "<ol class=\"crumbs\" aria-label=\"You are here\">\(links)<li aria-current=\"page\">\(here)</li></ol>"
    }

    package static func card(_ title: String? = nil, link: HTML = .empty, footer: HTML = .empty, flush: Bool = false, _ content: HTML) -> HTML {
        let head: HTML = title.map { "<header><h2>\($0)</h2>\(link)</header>" } ?? .empty
        let body: HTML = flush ? content : "<div class=\"body\">\(content)</div>"
        return "<section class=\"card\">\(head)\(body)\(footer.isEmpty ? .empty : "<footer>\(footer)</footer>")</section>"
    }

    package static func link(_ text: String, to path: HTML, icon: Icon? = nil, style: StaticString = "") -> HTML {
        "<a class=\"button \(raw: style)\" href=\"\(path)\">\(icon?.html)\(text)</a>"
    }

    package static func button(_ text: String, icon: Icon? = nil, style: StaticString = "primary") -> HTML {
        "<button class=\"button \(raw: style)\">\(icon?.html)\(text)</button>"
    }

    /// A state with nothing in it says what will be here and how to make it so.
    package static func empty(_ icon: Icon, _ title: String, _ text: HTML, actions: [HTML] = [], isWholePage: Bool = false) -> HTML {
        """
        <div class="empty">\(icon.html)\(isWholePage ? "<h1>\(title)</h1>" as HTML : "<h2>\(title)</h2>")<p>\(text)</p>\(actions.isEmpty ? .empty : "<div class=\"actions\">\(actions)</div>")</div>
        """
    }

    package static func stats(_ stats: [(label: String, value: String, note: HTML)]) -> HTML {
        let items = stats.map { "<div class=\"stat\"><dt>\($0.label)</dt><dd>\($0.value)<small>\($0.note)</small></dd></div>" as HTML }
        return "<dl class=\"stats\">\(items)</dl>"
    }

    package static func tile(_ icon: Icon, _ title: String, _ text: String, to path: HTML) -> HTML {
        "<a class=\"tile\" href=\"\(path)\">\(icon.html)<b>\(title)</b><span>\(text)</span></a>"
    }

    package static func facts(_ facts: [(String, HTML)]) -> HTML {
        "<dl class=\"facts\">\(facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as HTML })</dl>"
    }

    /// A table that turns into cards on a phone: every cell knows its column's name.
    package static func table(caption: String, columns: [Column], rows: [[HTML]], small: Bool = false) -> HTML {
        let heads = columns.map { "<th scope=\"col\"\(" class=\"n\"", if: $0.numeric)>\($0.name)</th>" as HTML }
        // Every row opens its cells alike: made once.
        let opens = columns.enumerated().map { index, column -> HTML in
            let label: HTML = index == 0 || column.name.isEmpty ? .empty : " data-label=\"\(column.name)\""
            return "<td\(" class=\"n\"", if: column.numeric)\(label)>"
        }
        var body = HTML(reserving: rows.count * 700)
        for row in rows {
            body.append("<tr>")
            for (index, cell) in row.enumerated() {
                body += opens[index]
                body += cell
                body.append("</td>")
            }
            body.append("</tr>")
        }
        return """
            <div class="table-wrap"><table class="table cards\(" small", if: small)"><caption class="visually-hidden">\(caption)</caption>
            <thead><tr>\(heads)</tr></thead><tbody>\(body)</tbody></table></div>
            """
    }

    package struct Column: Sendable {
        package var name: String
        package var numeric: Bool
        package init(_ name: String, numeric: Bool = false) { (self.name, self.numeric) = (name, numeric) }
    }

    /// The way to the next rows; the first page is a link away as well.
    package static func pager(shown: String, first: HTML?, next: HTML?) -> HTML {
        guard first != nil || next != nil else { return .empty }
        let start: HTML = first.map { "<a class=\"button small\" href=\"\($0)\">First page</a>" } ?? .empty
        let more: HTML = next.map { "<a class=\"button small\" rel=\"next\" href=\"\($0)\">Next page\(Icon.arrow.html)</a>" } ?? .empty
        return "<nav class=\"pager\" aria-label=\"Pages\"><span>\(shown)</span><span class=\"actions\">\(start)\(more)</span></nav>"
    }
}
