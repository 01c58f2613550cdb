// The files a page links to, under names that change with their content so that browsers may keep them for ever.
import Digests

/// One file served under an immutable URL.
package struct Asset: Sendable {
    /// `/assets/app.1a2b3c4d5e.css`
    package let path: String
    package let contentType: String
    package let bytes: [UInt8]

    init(name: String, suffix: String, contentType: String, text: String) {
        bytes = Array(text.utf8)
        path = "/assets/\(name).\(Hex.encode(Digest.sha256(bytes)).prefix(12)).\(suffix)"
        self.contentType = contentType
    }
}

package enum Assets {
    package static let stylesheet = Asset(name: "app", suffix: "css", contentType: "text/css; charset=utf-8", text: Stylesheet.text)
    package static let script = Asset(name: "app", suffix: "js", contentType: "text/javascript; charset=utf-8", text: [Script.text, Script.drafts, Script.search, Script.canned, Script.picking, Script.keys, Script.live, Script.passkeys].joined(separator: "\n"))
    package static let icon = Asset(name: "icon", suffix: "svg", contentType: "image/svg+xml", text: Icon.favicon)
    package static let all = [stylesheet, script, icon]

    /// The source expression that lets a page carry the style sheet inside itself (CSP Level 3, hash-source).
    package static let stylesheetHash = "'sha256-\(Base64.encode(Digest.sha256(stylesheet.bytes)))'"

    /// `Content-Security-Policy` of every page. A standalone page (served while no web node may be alive) carries its
    /// style sheet inside itself and runs no script.
    /// - Parameter also: the hash of a style element the page carries (`BrandStyle`).
    package static func contentSecurityPolicy(standalone: Bool = false, also hash: String? = nil) -> String {
        let style = standalone ? stylesheetHash : "'self'" + (hash.map { " " + $0 } ?? "")
        let script = standalone ? "" : " script-src 'self'; connect-src 'self';"
        let images = standalone ? "data:" : "'self'"
        return "default-src 'none'; style-src \(style);\(script) img-src \(images); form-action 'self'; "
            + "frame-ancestors 'none'; base-uri 'none'"
    }
}
