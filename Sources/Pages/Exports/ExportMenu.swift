// The button on a list that hands the whole of it out: a disclosure of links, so that it needs no script.

package enum ExportMenu {
    /// A list as it is handed out.
    package struct Part {
        /// As in `/lists/NAME`.
        var list: StaticString
        /// What stands over its links where the menu has several lists.
        var title: String
        /// What the list on the page is filtered by, from its first `&amp;` on.
        var query: HTML
        package init(_ list: StaticString, title: String = "", query: HTML = .empty) { (self.list, self.title, self.query) = (list, title, query) }
    }

    package static func html(_ parts: Part...) -> HTML {
        let lists = parts.map { part -> HTML in
            let title: HTML = parts.count > 1 ? "<p>\(part.title)</p>" : .empty
            return "\(title)\(entry(part, "csv", "CSV", "For any spreadsheet or program"))\(workbook(part))\(entry(part, "json", "JSON", "As the API has it"))"
        }
        return """
            <details class="menu"><summary class="button">\(Icon.download.html)Export</summary><div class="menu-list">\(lists)</div></details>
            """
    }

    /// Only where the program was built to make workbooks.
    private static func workbook(_ part: Part) -> HTML {
#if XLSX
        entry(part, "xlsx", "Excel workbook", "Typed dates and numbers")
#else
        .empty
#endif
    }

    private static func entry(_ part: Part, _ format: StaticString, _ name: String, _ what: String) -> HTML {
        "<a href=\"/lists/\(raw: part.list)?format=\(raw: format)\(part.query)\" download><b>\(name)</b><span>\(what)</span></a>"
    }
}
