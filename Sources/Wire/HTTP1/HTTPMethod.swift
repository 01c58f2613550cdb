// The request methods of HTTP, with what RFC 9110 section 9.2 says about repeating each.

/// A request method. Methods are case-sensitive: `get` is `.other("get")`, not `.get`.
package enum HTTPMethod: Hashable, Sendable {
    case get, head, post, put, patch, delete, options, trace, connect
    /// A well-formed method that this house gives no meaning to; a balancer passes it on.
    case other(String)

    /// The method with this name, e.g. `HTTPMethod("GET")`.
    package init(_ name: String) {
        switch name {
        case "GET": self = .get
        case "HEAD": self = .head
        case "POST": self = .post
        case "PUT": self = .put
        case "PATCH": self = .patch
        case "DELETE": self = .delete
        case "OPTIONS": self = .options
        case "TRACE": self = .trace
        case "CONNECT": self = .connect
        default: self = .other(name)
        }
    }

    /// The name as it stands in a request line.
    package var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        case .other(let name): name
        }
    }

    /// Whether the request asks only to read (RFC 9110 9.2.1).
    package var isSafe: Bool {
        switch self {
        case .get, .head, .options, .trace: true
        default: false
        }
    }

    /// Whether doing it twice means the same as doing it once (RFC 9110 9.2.2).
    package var isIdempotent: Bool {
        switch self {
        case .get, .head, .options, .trace, .put, .delete: true
        default: false
        }
    }
}

extension HTTPMethod: CustomStringConvertible {
    package var description: String { name }
}
