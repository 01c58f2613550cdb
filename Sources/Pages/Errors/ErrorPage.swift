// When something cannot be done: what, why, and what to do next.
import Wire

package enum ErrorPage {
    package static func html(_ frame: Frame, _ failure: Failure) -> HTML {
        let fields: HTML = failure.fields.isEmpty ? .empty : "<ul>\(failure.fields.map { "<li>\($0.reason.sentence) \($0.hint.sentence)</li>" as HTML })</ul>"
        var actions = [frame.viewer == nil ? Component.link("To the start", to: "/") : Component.link("Home", to: "/")]
        switch failure.status {
        case 401: actions = [Component.link("Sign in", to: "/sign-in", style: "primary")]
        case 500...599: actions.append(Component.link("Service status", to: "/status"))
        default: break
        }
        let tone: Icon = failure.status >= 500 ? .warning : .info
        return Layout.page(frame, narrow: true, Component.empty(tone, title(failure.status), "\(failure.reason.sentence) \(failure.hint.sentence)\(fields)", actions: actions, isWholePage: true))
    }

    static func title(_ status: Int) -> String {
        switch status {
        case 400: "That request is not complete"
        case 401: "Please sign in"
        case 403: "Not allowed"
        case 404: "There is nothing here"
        case 405: "That cannot be done here"
        case 406: "Not available in that form"
        case 408: "That took too long"
        case 409: "Somebody was faster"
        case 413: "That is too large"
        case 415: "That kind of file is not known here"
        case 422: "That cannot be accepted"
        case 429: "A little too fast"
        case 500: "Something broke on our side"
        case 502, 503, 504: "Back in a moment"
        case 507: "No room left"
        default: HTTPStatus(status).reason
        }
    }
}
