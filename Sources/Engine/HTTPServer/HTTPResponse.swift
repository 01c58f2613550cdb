// A complete answer, and the customary ways to make one.
import Wire

/// An answer whose body is at hand. The engine adds Date, Content-Length and Connection.
package struct HTTPResponse: Sendable {
    package var status: HTTPStatus
    package var fields: HTTPFields
    package var body: [UInt8]

    package init(status: HTTPStatus = .ok, fields: HTTPFields = HTTPFields(), body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// An answer with a body of this type.
    package static func bytes(_ body: [UInt8], type: String, status: HTTPStatus = .ok) -> HTTPResponse {
        var response = HTTPResponse(status: status, body: body)
        response.fields.add("Content-Type", type)
        return response
    }

    package static func text(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
        bytes(Array(text.utf8), type: "text/plain; charset=utf-8", status: status)
    }

    package static func html(_ html: [UInt8], status: HTTPStatus = .ok) -> HTTPResponse {
        bytes(html, type: "text/html; charset=utf-8", status: status)
    }

    package static func html(_ html: String, status: HTTPStatus = .ok) -> HTTPResponse {
        .html(Array(html.utf8), status: status)
    }

    package static func json(_ json: JSON, status: HTTPStatus = .ok) -> HTTPResponse {
        bytes(json.bytes, type: "application/json", status: status)
    }

    /// A failure as `application/problem+json` (RFC 9457), with Retry-After when waiting helps.
    package static func problem(_ failure: Failure, requestID: String? = nil) -> HTTPResponse {
        var response = bytes(
            failure.json(requestID: requestID).bytes, type: "application/problem+json", status: HTTPStatus(failure.status))
        if let seconds = failure.retryAfter { response.fields.add("Retry-After", String(seconds)) }
        return response
    }

    /// Sends the browser elsewhere: 303 unless said otherwise. `location` must be percent-encoded.
    package static func redirect(_ location: String, status: HTTPStatus = .seeOther) -> HTTPResponse {
        HTTPResponse(status: status, fields: ["Location": location])
    }

    /// The same answer with one field more.
    package func with(_ name: String, _ value: String) -> HTTPResponse {
        var copy = self
        copy.fields.add(name, value)
        return copy
    }
}
