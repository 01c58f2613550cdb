// The document around every page: head, navigation, notice, footer.
import Control
import Procedures

package enum Layout {
    /// The whole document. Signed-in people get the navigation; others a plain page; `narrow` is for small forms.
    package static func page(_ frame: Frame, narrow: Bool = false, _ content: HTML) -> HTML {
        var page = HTML(reserving: content.bytes.count + 6000)
        page += head(frame)
        page += frame.viewer.map { above(frame, $0) } ?? above(frame, narrow: narrow)
        page += content
        page += "</main>\(footer(frame))</div>\("</div>", if: frame.viewer != nil)</body></html>\n"
        return page
    }

    private static func head(_ frame: Frame) -> HTML {
        let theme: HTML = switch frame.theme {
        case .auto: ""
        case .light: " data-theme=\"light\""
        case .dark: " data-theme=\"dark\""
        }
        let zone: HTML = frame.viewer.map { " data-zone=\"\($0.person.zone)\"" } ?? .empty
        let style: HTML = frame.standalone ? embeddedStyle : linked + branded(frame.viewer?.person.branding)
        return """
            <!doctype html>
            <html lang="en-GB"\(theme)\(zone)><head><meta charset="utf-8"><title>\(frame.title) · Fitech</title>
            <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><meta name="color-scheme" content="light dark">
            <meta name="theme-color" content="#0c3038">\(style)</head><body>
            <a class="skip" href="#content">Skip to content</a>
            """
    }

    private static let linked: HTML = """
        <link rel="icon" href="\(Assets.icon.path)" type="image/svg+xml"><link rel="stylesheet" href="\(Assets.stylesheet.path)"><script src="\(Assets.script.path)" defer></script>
        """

    /// The organisation's colours, behind the style sheet whose own they replace.
    private static func branded(_ branding: Branding?) -> HTML {
        guard let style = BrandStyle.of(branding) else { return .empty }
        // Made of our words and of hexadecimal digits.
        return "<style>" + HTML(trusted: Array(style.css.utf8)) + "</style>"
    }

    private static let embeddedStyle: HTML = {
        // The style sheet holds no `<`, so that it cannot close its element; PagesTests prove it.
        var html: HTML = "<link rel=\"icon\" href=\"data:,\"><style>"
        html += HTML(stylesheet: Assets.stylesheet)
        html += "</style>"
        return html
    }()

    /// Everything before the content.
    private static func above(_ frame: Frame, _ viewer: Viewer) -> HTML {
        let organisation = viewer.organisation
        return """
            <div class="app"><header class="top">\(brand(viewer))<span class="org">\(organisation)</span></header>
            <nav class="side" aria-label="Main">\(brand(viewer))<div class="org">\(organisation)</div>
            <ul class="nav">\(Navigation.entries(viewer, current: frame.section))</ul>
            <div class="side-end"><form class="side-form" method="post" action="/sign-out">\(frame.token)<button>\(Icon.exit.html)Sign out</button></form>
            <div class="who"><b>\(viewer.name)</b>\(viewer.person.role.word) · \(viewer.person.email)</div></div></nav>
            <div class="column">\(SearchBox.html(viewer, searched: frame.searched))\(AnnouncementMarks.strip(frame, viewer))<main id="content" tabindex="-1">\(notice(frame))
            """
    }

    /// The way home, under the organisation's logo where it has one.
    private static func brand(_ viewer: Viewer) -> HTML {
        guard let logo = viewer.person.branding?.logo else { return "<a class=\"brand\" href=\"/\">\(Icon.mark)Fitech</a>" }
        return "<a class=\"brand own\" href=\"/\" aria-label=\"\(viewer.organisation), home\"><img src=\"/organisation/logo/\(logo)\" alt=\"\" height=\"28\"></a>"
    }

    private static func above(_ frame: Frame, narrow: Bool) -> HTML {
        """
        <div class="alone\(" narrow", if: narrow)"><header><a class="brand" href="/">\(Icon.mark)Fitech</a></header>
        <main id="content" tabindex="-1">\(notice(frame))
        """
    }

    private static func notice(_ frame: Frame) -> HTML {
        guard let notice = frame.notice else { return .empty }
        return Component.banner(notice.tone, HTML(notice.text), fleeting: true)
    }

    private static func footer(_ frame: Frame) -> HTML {
        let id: HTML = frame.requestID.map { "<span class=\"id\">Request <code>\($0)</code></span>" } ?? .empty
        return """
            <footer class="foot"><a href="/status">Service status</a>\(frame.viewer == nil ? .empty : "<a href=\"/announcements\">Announcements</a>" as HTML)\("<a href=\"/design\">Design</a>", if: frame.viewer?.isStaff == true)\(themes(frame))\(frame.work.map { work($0) })\(id)</footer>
            """
    }

    private static func work(_ work: Frame.Work) -> HTML {
        let microseconds = Int(work.time.components.seconds * 1_000_000 + work.time.components.attoseconds / 1_000_000_000_000)
        return "<span class=\"id\">\(Show.count(work.questions, "question", "questions")) to the data tier, \(microseconds / 1000).\(microseconds % 1000 / 100) ms</span>"
    }

    /// Three buttons in a form: the choice is kept in a cookie and needs no script.
    private static func themes(_ frame: Frame) -> HTML {
        guard frame.viewer != nil || frame.formToken != nil else { return .empty }
        let buttons = Theme.allCases.map { theme -> HTML in
            let name: HTML = switch theme {
            case .auto: "Auto"
            case .light: "Light"
            case .dark: "Dark"
            }
            return """
                <button name="theme" value="\(theme.rawValue)" aria-pressed="\(raw: theme == frame.theme ? "true" : "false")">\(name)</button>
                """
        }
        return """
            <form class="theme" method="post" action="/preferences">\(frame.token)<input type="hidden" name="next" value="\(frame.here)">
            <span class="visually-hidden">Colours</span>\(buttons)</form>
            """
    }
}

extension HTML {
    /// Our own style sheet inside the document.
    fileprivate init(stylesheet: Asset) { self.init(trusted: stylesheet.bytes) }
}
