// What the HTML type promises: no text becomes markup, whatever it holds and wherever it stands.
import Control
import Procedures
import Testing
import Wire

@testable import Pages

@Suite struct HTMLTests {
    static let attempts: [(String, String)] = [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\" onmouseover=\"alert(1)", "&quot; onmouseover=&quot;alert(1)"),
        ("' autofocus onfocus='x", "&#39; autofocus onfocus=&#39;x"),
        ("a & b &amp; c", "a &amp; b &amp;amp; c"),
        ("</style></title>", "&lt;/style&gt;&lt;/title&gt;"),
        ("nul\0 bell\u{7} del\u{7F}", "nul\u{FFFD} bell\u{FFFD} del\u{FFFD}"),
        ("é ✓ 👩🏽‍⚕️ \t\n", "é ✓ 👩🏽‍⚕️ \t\n"),
        ("", ""),
    ]

    @Test(arguments: attempts) func `text is escaped in content and in attributes alike`(text: String, expected: String) {
        let html: HTML = "<p title=\"\(text)\">\(text)</p>"
        #expect(html.text == "<p title=\"\(expected)\">\(expected)</p>")
        #expect(HTML(text).text == expected)
    }

    @Test func `HTML nests unescaped, optionals vanish, numbers are direct`() {
        let bold: HTML = "<b>\("x < y")</b>"
        let nothing: String? = nil
        #expect(("<p>\(bold)\(nothing)\(-1203)\([bold, bold])</p>" as HTML).text == "<p><b>x &lt; y</b>-1203<b>x &lt; y</b><b>x &lt; y</b></p>")
        #expect(([bold, bold] as [HTML]).joined(", ").text == "<b>x &lt; y</b>, <b>x &lt; y</b>")
        for number in [0, 7, 10, 99, 100, Int.max, Int.min] { #expect(("\(number)" as HTML).text == "\(number)") }
    }

    @Test func `a segment of a path cannot leave it`() {
        #expect(("<a href=\"/x/\(segment: "../a?b#c\" d")\">" as HTML).text == "<a href=\"/x/..%2Fa%3Fb%23c%22%20d\">")
    }

    @Test func `figures and moments read as people write them`() {
        #expect(Show.number(27.456) == "27.46" && Show.number(80) == "80" && Show.number(-0.5) == "-0.5" && Show.number(5.05, decimals: 1) == "5.1")
        #expect(Show.count(1_234_567) == "1,234,567" && Show.count(999) == "999" && Show.count(2, "ticket", "tickets") == "2 tickets")
        #expect(HTML.time(Timestamp(milliseconds: 1_795_359_845_000)).text == "<time datetime=\"2026-11-22T15:04:05Z\">22 Nov 2026, 15:04 UTC</time>")
        #expect(HTML.time(Timestamp(milliseconds: -1)).text == "<time datetime=\"1969-12-31T23:59:59Z\">31 Dec 1969, 23:59 UTC</time>")
        // What only a broken clock or file holds stops no page.
        #expect(HTML.time(Timestamp(milliseconds: 4_000_000_000_000_000)).text.contains("128724-"))
        #expect(HTML.time(Timestamp(milliseconds: -100_000_000_000_000)).text.contains("-1199"))
        #expect(CalendarDate(iso8601: "2004-02-29").map { HTML.date($0).text } == "<time datetime=\"2004-02-29\">29 Feb 2004</time>")
        #expect(Timestamp(milliseconds: 1_795_359_845_000).text == "22 Nov 2026, 15:04 UTC")
    }
}

@Suite struct LayoutTests {
    let viewer: Viewer = {
        var person = Person()
        (person.name, person.email, person.role) = ("<Ana>", "ana@example.org", .administrator)
        (person.customer, person.customerDisplayName) = ("clinic", "Clinic & Co")
        return Viewer(person, formToken: "t0k")
    }()

    @Test func `a page carries what assistive technology needs and escapes its frame`() {
        var frame = Frame(title: "A <b> title", section: .home, viewer: viewer)
        frame.notice = Notice(.good, "Saved <ok>")
        frame.requestID = "r-1"
        let text = Layout.page(frame, "<h1>Hello</h1>").text
        for part in ["<html lang=\"en-GB\"", "class=\"skip\" href=\"#content\"", "<main id=\"content\"", "aria-current=\"page\"", "&lt;Ana&gt;", "Clinic &amp; Co", "Saved &lt;ok&gt;", "name=\"form_token\" value=\"t0k\"", "<title>A &lt;b&gt; title"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("<Ana>"))
    }

    @Test func `no page needs an inline script or style, so the policy can forbid them`() {
        let text = Layout.page(Frame(title: "x", viewer: viewer), Component.empty(.inbox, "a", "b")).text
        for forbidden in [" style=", " onclick=", "<style", "javascript:"] { #expect(!text.contains(forbidden)) }
        #expect(!Assets.contentSecurityPolicy().contains("unsafe"))
    }

    @Test func `a standalone page holds exactly the style sheet its policy names`() {
        var frame = Frame(title: "Status")
        frame.standalone = true
        let text = Layout.page(frame, "x").text
        #expect(text.contains("<style>" + String(decoding: Assets.stylesheet.bytes, as: UTF8.self) + "</style>"))
        #expect(!Assets.stylesheet.bytes.contains(UInt8(ascii: "<")))
        #expect(!text.contains("<script") && Assets.contentSecurityPolicy(standalone: true).contains("'sha256-"))
    }
}
