// What a person sees when the balancer itself has to answer that something cannot be done now.
import Digests
import Wire

/// A page that stands by itself (no other node may be up to give it style), or problem+json for programs.
package struct RefusalPage: Sendable {
    private static let style = """
        :root{color-scheme:light dark}body{font:1.05rem/1.55 system-ui,sans-serif;margin:0;display:grid;min-height:100vh;\
        place-items:center;background:Canvas;color:CanvasText}main{max-width:34rem;padding:2rem}h1{font-size:1.5rem;margin:0 0 .5rem}\
        p{margin:.5rem 0}small{opacity:.7}a{color:LinkText}
        """
    /// The page may show nothing but its own style, named by its hash.
    package static let contentSecurityPolicy =
        "default-src 'none'; style-src 'sha256-\(Base64.encode(Digest.sha256(style)))'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// Whether `head` comes from a program: the API, or somebody who takes JSON and not HTML.
    package static func wantsJSON(_ head: RequestHead) -> Bool {
        if head.path.hasPrefix("/api/") { return true }
        guard let accept = head.fields["accept"]?.lowercased() else { return false }
        return accept.contains("json") && !accept.contains("html")
    }

    /// The body of the page. `refreshes` makes a browser try again by itself.
    package static func html(_ failure: Failure, requestID: String, refreshes: Bool) -> String {
        let refresh = refreshes ? failure.retryAfter.map { "<meta http-equiv=\"refresh\" content=\"\(max(2, $0))\">" } ?? "" : ""
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">\
            \(refresh)<title>\(title(failure))</title><style>\(style)</style></head><body><main><h1>\(title(failure))</h1>\
            <p>\(escape(failure.reason)) \(escape(failure.hint))</p>\
            <p><a href="/status">Service status</a></p><p><small>\(failure.status) \(escape(failure.code)) &middot; request \(escape(requestID))</small></p>\
            </main></body></html>
            """
    }

    private static func title(_ failure: Failure) -> String {
        switch failure.status {
        case 502, 503, 504: "Back in a moment"
        case 421: "This is another address"
        case 405: "That cannot be done here"
        default: "This request cannot be answered"
        }
    }

    static func escape(_ text: String) -> String {
        var out = ""
        for letter in text.unicodeScalars {
            switch letter {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(letter)
            }
        }
        return out
    }
}
