// The look of the portal for an organisation's people: its colour, its logo, and what becomes of them in light and dark.
import Procedures
import Wire

package enum LookPage {
    package static func html(_ frame: Frame, _ answer: ShowBranding.Answer, entered: Entered = .nothing) -> HTML {
        let branding = answer.branding, colour = branding.colour ?? ""
        return Layout.page(frame, """
            \(Component.crumbs([("People", "/people")], here: "Look"))\(Component.header("Look", lead: "What your people see when they are signed in: your colour and your logo."))\(entered.summary)
            <div class="grid">\(Component.card("Colour", """
            <form class="form" method="post" action="/organisation/look">\(frame.token)
            \(FormField("colour", "Your colour", value: colour, hint: "As your designers write it, like <code>#7a1f5c</code>; empty for the portal's own. Any colour will do: it is made darker or lighter where words would be hard to read.", required: false, longest: 7).filled(entered))
            <div class="actions">\(Component.button("Save"))</div></form>\(swatches(branding))
            """ as HTML))
            \(Component.card("Logo", """
            \(branding.logo.map { "<p><img class=\"logo-shown\" src=\"/organisation/logo/\($0)\" alt=\"Your logo as it is now\"></p>" as HTML })
            <form class="form" method="post" action="/organisation/logo" enctype="multipart/form-data">\(frame.token)
            \(FormField("logo", "A picture", .file(accept: "image/png,image/jpeg,image/webp,image/gif"), hint: "PNG, JPEG, WebP or GIF of at most 256 KB. It is shown 28 pixels high on a dark bar.").filled(entered))
            <div class="actions">\(Component.button("Use this logo"))</div></form>
            \(branding.logo == nil ? .empty : "<form method=\"post\" action=\"/organisation/logo/remove\" data-confirm=\"Take the logo away?\">\(frame.token)<button class=\"button danger\">Take it away</button></form>" as HTML)
            """ as HTML))</div>
            """)
    }

    /// What the colour comes to; the page's own style carries it already.
    private static func swatches(_ branding: Branding) -> HTML {
        guard let colour = branding.colour.flatMap(Colour.init) else { return .empty }
        let made = BrandColours(colour)
        let changed: HTML = made.accent.light == colour
            ? "<p class=\"note\">It is used as it is, but made lighter in the dark.</p>"
            : "<p class=\"note\">For words on light ground it is too pale and becomes <code>\(made.accent.light.text)</code>.</p>"
        return """
            <div class="swatches"><span class="swatch-side">Bar</span><span class="swatch-accent">Button</span><span class="swatch-soft">Marked</span></div>\(changed)
            """
    }
}
