// A rich text as HTML of ours: every word is escaped, links tell nobody where people came from and give no ranking away.
import Wire

extension HTML {
    /// Headings begin at the second level: the first is the page's own.
    package static func rich(_ text: RichText) -> HTML { "<div class=\"rich\">\(blocks(text.blocks))</div>" }

    private static func blocks(_ blocks: [RichText.Block]) -> HTML { HTML(blocks.map(block)) }

    private static func block(_ block: RichText.Block) -> HTML {
        switch block {
        case .paragraph(let inside): return "<p>\(inlines(inside))</p>"
        case .heading(let level, let inside):
            return level <= 1 ? "<h2>\(inlines(inside))</h2>" : level == 2 ? "<h3>\(inlines(inside))</h3>" : "<h4>\(inlines(inside))</h4>"
        case .quote(let inside): return "<blockquote>\(blocks(inside))</blockquote>"
        case .list(let first, let items):
            let entries = HTML(items.map { item -> HTML in
                // A short entry is its words, not a paragraph of them.
                if item.count == 1, case .paragraph(let inside) = item[0] { return "<li>\(inlines(inside))</li>" }
                return "<li>\(blocks(item))</li>"
            })
            return first.map { "<ol start=\"\($0)\">\(entries)</ol>" } ?? "<ul>\(entries)</ul>"
        case .code(let text): return "<pre tabindex=\"0\">\(text)</pre>"
        case .table(let head, let rows):
            let heads = head.map { "<th scope=\"col\">\(inlines($0))</th>" as HTML }
            let lines = rows.map { row -> HTML in "<tr>\(row.map { "<td>\(inlines($0))</td>" as HTML })</tr>" }
            return "<div class=\"table-wrap\" tabindex=\"0\"><table class=\"table small\"><thead><tr>\(heads)</tr></thead><tbody>\(lines)</tbody></table></div>"
        case .rule: return "<hr>"
        }
    }

    private static func inlines(_ inlines: [RichText.Inline]) -> HTML { HTML(inlines.map(inline)) }

    private static func inline(_ inline: RichText.Inline) -> HTML {
        switch inline {
        case .text(let text): HTML(text)
        case .code(let text): "<code>\(text)</code>"
        case .emphasis(let inside): "<em>\(inlines(inside))</em>"
        case .strong(let inside): "<strong>\(inlines(inside))</strong>"
        case .struck(let inside): "<s>\(inlines(inside))</s>"
        case .link(let address, let inside):
            RichText.isSafe(address) ? "<a href=\"\(address)\" rel=\"nofollow noopener noreferrer\">\(inlines(inside))</a>" : HTML.rich(inside)
        case .lineBreak: "<br>"
        }
    }

    private static func rich(_ inside: [RichText.Inline]) -> HTML { inlines(inside) }
}
