// Who answers a public request: a web node, or management for what must work without any.
import Wire

package enum PublicRoute: Sendable, Equatable {
    case web
    /// `/status` or `/api/v1/status`, held for when management is gone.
    case status(StatusMemory.Kind)
    /// `/i/...`: an incident's link, seen and acknowledged without a sign-in.
    case incidentLink
    /// A method that path does not take; the value is for `Allow`.
    case wrongMethod(allow: String)

    private static let status = Array("/status".utf8)
    private static let statusAPI = Array("/api/v1/status".utf8)
    private static let incident = Array("/i/".utf8)

    package static func of(_ method: HTTPMethod, path: ArraySlice<UInt8>) -> PublicRoute {
        // Three comparisons on the way of every request: by length first.
        switch path.count {
        case 7 where path.elementsEqual(status): return isReading(method) ? .status(.page) : .wrongMethod(allow: "GET, HEAD")
        case 14 where path.elementsEqual(statusAPI): return isReading(method) ? .status(.api) : .wrongMethod(allow: "GET, HEAD")
        case 4...:
            guard path[path.startIndex + 1] == UInt8(ascii: "i"), path.starts(with: incident) else { return .web }
            return isReading(method) || method == .post ? .incidentLink : .wrongMethod(allow: "GET, HEAD, POST")
        default: return .web
        }
    }

    private static func isReading(_ method: HTTPMethod) -> Bool { method == .get || method == .head }
}
