// Markdown (GitHub's kind) read by cmark-gfm into a value; how it looks is not the library's to say, so nothing it makes is trusted as markup.
#if MARKDOWN
import CCMarkGFM
#endif
import Wire

package enum MarkdownText {
#if MARKDOWN
    package static let isOffered = true
#else
    package static let isOffered = false
#endif

    /// Nesting that is read; what lies deeper is left out.
    static let deepest = 16

    /// A text as people wrote it. Raw HTML is left out, pictures become their words, links that lead nowhere safe become their text. Without
    /// the trait MARKDOWN: plain paragraphs.
    package static func read(_ text: String) -> RichText {
#if MARKDOWN
        _ = registered
        guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8) else { return RichText(plain: text) }
        defer { cmark_parser_free(parser) }
        for name in ["table", "strikethrough", "autolink"] {
            if let known = cmark_find_syntax_extension(name) { cmark_parser_attach_syntax_extension(parser, known) }
        }
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        }
        guard let document = cmark_parser_finish(parser) else { return RichText([]) }
        defer { cmark_node_free(document) }
        return RichText(blocks(of: document, depth: 0))
#else
        return RichText(plain: text)
#endif
    }

#if MARKDOWN
    private static let registered: Void = cmark_gfm_core_extensions_ensure_registered()

    private static func children(of node: OpaquePointer) -> [OpaquePointer] {
        var found: [OpaquePointer] = [], next = cmark_node_first_child(node)
        while let one = next {
            found.append(one)
            next = cmark_node_next(one)
        }
        return found
    }

    private static func literal(_ node: OpaquePointer) -> String { cmark_node_get_literal(node).map { String(cString: $0) } ?? "" }
    /// Kinds of extensions are numbered when they register, so they are told by name.
    private static func kind(_ node: OpaquePointer) -> String { String(cString: cmark_node_get_type_string(node)) }

    private static func blocks(of node: OpaquePointer, depth: Int) -> [RichText.Block] {
        guard depth < deepest else { return [] }
        return children(of: node).compactMap { child in
            switch kind(child) {
            case "paragraph": return .paragraph(inlines(of: child, depth: depth + 1))
            case "heading": return .heading(Int(cmark_node_get_heading_level(child)), inlines(of: child, depth: depth + 1))
            case "block_quote": return .quote(blocks(of: child, depth: depth + 1))
            case "list":
                let first = cmark_node_get_list_type(child) == CMARK_ORDERED_LIST ? Int(cmark_node_get_list_start(child)) : nil
                return .list(first: first, items: children(of: child).map { blocks(of: $0, depth: depth + 1) })
            case "code_block": return .code(literal(child))
            case "thematic_break": return .rule
            case "table":
                let rows = children(of: child).map { row in children(of: row).map { inlines(of: $0, depth: depth + 1) } }
                return rows.first.map { .table(head: $0, rows: Array(rows.dropFirst())) }
            default: return nil
            }
        }
    }

    private static func inlines(of node: OpaquePointer, depth: Int) -> [RichText.Inline] {
        guard depth < deepest else { return [] }
        return children(of: node).flatMap { child -> [RichText.Inline] in
            switch kind(child) {
            case "text": return [.text(literal(child))]
            case "softbreak": return [.text(" ")]
            case "linebreak": return [.lineBreak]
            case "code": return [.code(literal(child))]
            case "emph": return [.emphasis(inlines(of: child, depth: depth + 1))]
            case "strong": return [.strong(inlines(of: child, depth: depth + 1))]
            case "strikethrough": return [.struck(inlines(of: child, depth: depth + 1))]
            case "link":
                let address = cmark_node_get_url(child).map { String(cString: $0) } ?? ""
                let inside = inlines(of: child, depth: depth + 1)
                return RichText.isSafe(address) ? [.link(address, inside)] : inside
            // Nothing is fetched from elsewhere: a picture is what it is called.
            case "image": return inlines(of: child, depth: depth + 1)
            default: return []
            }
        }
    }
#endif
}
