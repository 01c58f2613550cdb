// The design system as it is: every token and component, drawn by the style sheet that draws the portal.
import Control
import Procedures
import Wire

package enum DesignPage {
    package static func html(_ frame: Frame) -> HTML {
        Layout.page(frame, """
            \(Component.header("Design", lead: "What pages are made of. A page that needs something new adds it here first.", actions: [Component.link("To the changes", to: "/changes"), Component.link("The first action", to: "/design", icon: .plus, style: "primary")]))
            <div class="stack">\(type)\(space)\(colours)\(words)\(messages)\(controls)\(lists)\(rules)</div>
            """)
    }

    private static let type: HTML = Component.card("Type", """
        <p class="lead">Lead: one sentence under a title that says what the page is for.</p>
        <dl class="facts"><dt>Page title</dt><dd><span class="t-page">28 px, 680</span></dd><dt>Figure</dt><dd><span class="t-figure figures">1,234.5</span></dd><dt>Section</dt><dd><b class="t-large">18 px, 650</b></dd><dt>Body</dt><dd>16 px, line height 1.55, at most 44 rem wide</dd><dt>Note</dt><dd><span class="note">14 px: what explains, never what is needed</span></dd><dt>Code</dt><dd><code>fitech-ctl status</code></dd></dl>
        """ as HTML)

    private static let space: HTML = {
        let steps = [("s1", "4"), ("s2", "8"), ("s3", "12"), ("s4", "16"), ("s5", "24"), ("s6", "32"), ("s7", "48")]
        return Component.card("Space", "<p>Seven steps; nothing lies between them. Controls are 44 px high, targets never under 24.</p><ul class=\"scale\">\(steps.map { "<li><span class=\"step \($0.0)\"></span><code>--\($0.0)</code> <span class=\"note\">\($0.1) px</span></li>" as HTML })</ul>")
    }()

    private static let colours: HTML = {
        let grounds = ["paper", "surface", "raised", "sunken"], inks = ["ink", "ink-2", "ink-3", "accent"], tones = ["good", "fair", "poor", "info", "plain"]
        func chip(_ name: String) -> HTML { "<li><span class=\"chip c-\(name)\"></span><code>--\(name)</code></li>" }
        let soft = tones.map { "<li><span class=\"chip soft-\($0)\">Aa</span><code>--\($0)</code> on <code>--\($0)-soft</code></li>" as HTML }
        return Component.card("Colour", """
            <p>Each colour is a pair, light and dark, in one place. Words hold 4.5 to 1 on every ground they stand on, marks and borders of controls 3 to 1.</p>
            <ul class="scale">\(grounds.map(chip))\(inks.map(chip))\(soft)</ul>
            """)
    }()

    private static let words: HTML = Component.card("Badges", """
        <p>A state by its word first; colour and shape say it again.</p>
        <p>\([Tone.good, .fair, .poor, .info, .plain].map { Component.badge($0.rawValue.prefix(1).uppercased() + $0.rawValue.dropFirst(), $0) }.joined(" "))</p>
        """ as HTML)

    private static let messages: HTML = Component.card("Messages", """
        <div class="stack">\(Component.banner(.good, "<p>Saved. It counts from now on.</p>"))\(Component.banner(.info, "<p>Something to know, and where to read on.</p>"))\(Component.banner(.fair, "<p>It works, but not for long: what to do before it stops.</p>"))\(Component.banner(.poor, "<p>What went wrong. What to do next.</p>"))</div>
        """ as HTML)

    private static let controls: HTML = {
        let entered = Entered(Form(), .unacceptable([.init(field: "design-wrong", reason: "\"blue\" is no colour.", hint: "Write # and six digits.")]))
        return Component.card("Controls", """
            <div class="form">\(FormField("design-text", "A field", value: "What was typed stays", hint: "The hint stands above the field and is read with it.", required: false).html)
            \(FormField("design-wrong", "A field that was refused", value: "blue", required: false).filled(entered))
            \(FormField("design-choice", "A choice", .choice([("1", "The first"), ("2", "The second")]), value: "2", required: false).html)
            \(RadioChoice.group("design-radio", legend: "One of a few", [RadioChoice(value: "a", name: "This", text: "and what it means"), RadioChoice(value: "b", name: "That", text: "and what it means")], chosen: "a"))
            <div class="actions"><button type="button" class="button primary">What is meant to be done</button><button type="button" class="button">Something else</button><button type="button" class="button danger">What cannot be undone</button></div></div>
            """ as HTML)
    }()

    private static let lists: HTML = """
        \(Component.card("A list", flush: true, Component.table(caption: "An example of a list", columns: [.init("Name"), .init("State"), .init("Value", numeric: true)], rows: [
            ["Ana Admin", Component.badge("Active", .good), "72.5"], ["Ben Operator", Component.badge("Invited", .info), "68.0"],
        ])))
        \(Component.card("Figures", Component.stats([("Open tickets", "12", "3 of them late"), ("Assessments", "442", "this quarter")])))
        \(Component.card(nil, Component.empty(.inbox, "Nothing here yet", "An empty list says what will be here and how to make it so.", actions: [Component.link("Do that", to: "/design")])))
        """

    private static let rules: HTML = Component.card("Words", """
        <ul class="prose-list"><li>A page says in its first sentence what it is for.</li><li>A button says what happens, not “OK”.</li><li>An error says what is wrong and what to do next; what was typed is still there.</li><li>Dates are on the reader's clock, with the zone where it is another one.</li><li>Nothing is said by colour alone, nothing moves for whoever asked for less motion, and everything works without the script.</li></ul>
        """ as HTML)
}
