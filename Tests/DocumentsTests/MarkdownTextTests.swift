// Markdown as a value: what people write is read, and nothing of it becomes markup, a picture or a dangerous link.
import Testing
import Wire
@testable import Documents

struct MarkdownTextTests {
    @Test func `plain paragraphs are what a text is without more`() {
        #expect(RichText(plain: "one\r\ntwo\n\n\nthree").blocks == [.paragraph([.text("one"), .lineBreak, .text("two")]), .paragraph([.text("three")])])
        #expect(RichText(plain: "").blocks == [] && RichText(plain: " \n ").blocks == [])
    }

    @Test(arguments: ["https://example.org/a?b=c", "http://x", "mailto:a@b.example", "/community/1"]) func `these addresses may be linked to`(address: String) { #expect(RichText.isSafe(address)) }

    @Test(arguments: ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil", "vbscript:x", "", " https://x", "ftp://x", "java\nscript:x", "x.html", "#a"])
    func `and these may not`(address: String) { #expect(!RichText.isSafe(address)) }

#if MARKDOWN
    private func read(_ text: String) -> [RichText.Block] { MarkdownText.read(text).blocks }

    @Test func `headings, lists, quotes, code, tables and rules are read`() {
        #expect(read("# Title\n\nSome *words* and **more** and `code` and ~~gone~~.") == [
            .heading(1, [.text("Title")]),
            .paragraph([.text("Some "), .emphasis([.text("words")]), .text(" and "), .strong([.text("more")]), .text(" and "), .code("code"), .text(" and "), .struck([.text("gone")]), .text(".")]),
        ])
        #expect(read("- a\n- b") == [.list(first: nil, items: [[.paragraph([.text("a")])], [.paragraph([.text("b")])]])])
        #expect(read("3. a") == [.list(first: 3, items: [[.paragraph([.text("a")])]])])
        #expect(read("> q\n\n---\n\n    c") == [.quote([.paragraph([.text("q")])]), .rule, .code("c\n")])
        #expect(read("|a|b|\n|-|-|\n|1|2|") == [.table(head: [[.text("a")], [.text("b")]], rows: [[[.text("1")], [.text("2")]]])])
    }

    @Test func `raw HTML is left out, a picture is its words, and a link that is not safe its text`() {
        #expect(read("<script>alert(1)</script>\n\n<b>x</b> y") == [.paragraph([.text("x"), .text(" y")])])
        #expect(read("![a *cat*](https://evil.example/track.png)") == [.paragraph([.text("a "), .emphasis([.text("cat")])])])
        #expect(read("[click](javascript:alert(1)) [ok](https://example.org)") == [.paragraph([.text("click"), .text(" "), .link("https://example.org", [.text("ok")])])])
        #expect(read("<javascript:alert(1)>") == [.paragraph([.text("javascript:alert(1)")])])
    }

    @Test func `nothing that can be written is too deep, too odd or too long`() {
        var dice: UInt64 = 5
        let pieces = ["> ", "- ", "*", "_", "[", "](", ")", "`", "\n", "\n\n", "<", ">", "|", "#", "1. ", "\u{0}", "é", "![", "~~", "    ", "\\", "&#0;", "www.x.example "]
        for _ in 0..<400 {
            var text = ""
            for _ in 0..<40 {
                dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int((dice >> 33) % UInt64(pieces.count))]
            }
            _ = MarkdownText.read(text).words
        }
        #expect(MarkdownText.read(String(repeating: "> ", count: 5000) + "deep").words.isEmpty)
        _ = MarkdownText.read(String(repeating: "*a ", count: 20_000))
    }
#endif
}
