// The answer to a request that is refused before any handler sees it.
import Wire

enum Refusal {
    /// A problem document, or a small page when the request's bytes ask for HTML.
    static func response(to error: HTTPParseError, received: [UInt8]) -> HTTPResponse {
        let failure = Failure(
            whose: .client, retry: retry(error.status), status: error.status.code,
            code: code(error.status), reason: "The request was refused: \(error.reason) (\(error.rule)).",
            hint: hint(error.status))
        guard contains(received, "text/html") else { return .problem(failure) }
        let page = HTTPResponse.html(
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>\(error.status.code) \(error.status.reason)</title>\
            <h1>\(error.status.reason)</h1><p>\(escape(failure.reason))</p><p>\(escape(failure.hint))</p></html>
            """, status: error.status)
        return failure.retryAfter.map { page.with("Retry-After", String($0)) } ?? page
    }

    private static func retry(_ status: HTTPStatus) -> Failure.Retry {
        switch status {
        case .requestTimeout: .safe
        case .tooManyRequests: .after(seconds: 5)
        default: .never
        }
    }

    /// What somebody reads who speaks HTTP where TLS is spoken.
    static let clearHTTP = Array(
        """
        HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 50\r\nConnection: close\r\n\r\n\
        This port speaks HTTPS: use an address of https://.
        """.utf8)

    private static func code(_ status: HTTPStatus) -> String {
        switch status.code {
        case 408: "head-too-slow"
        case 413: "body-too-large"
        case 414: "target-too-long"
        case 417: "expectation-failed"
        case 421: "wrong-host"
        case 429: "too-many-connections"
        case 431: "fields-too-large"
        case 501: "not-implemented"
        case 505: "version-not-supported"
        default: "malformed-request"
        }
    }

    private static func hint(_ status: HTTPStatus) -> String {
        switch status.code {
        case 408: "Send the whole head of the request without pausing."
        case 413: "Send less, or in several requests."
        case 414: "Put long values into the body of a POST request."
        case 417: "Leave the Expect field out, or send 100-continue."
        case 421: "Use the name this service is published under."
        case 429: "Close connections you do not use, send several requests on one, and try again in a moment."
        case 431: "Send fewer or shorter header fields; clearing this site's cookies often helps."
        case 501: "Use one of the methods and codings of HTTP/1.1 that are described here."
        case 505: "Use HTTP/1.1."
        default: "Correct the request; a proxy on the way may have damaged it."
        }
    }

    private static func contains(_ bytes: [UInt8], _ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        for start in 0...bytes.count - count where bytes[start] == text.utf8Start[0] {
            var offset = 1
            while offset < count, bytes[start + offset] == text.utf8Start[offset] { offset += 1 }
            if offset == count { return true }
        }
        return false
    }

    private static func escape(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "&": out += "&amp;"
            default: out.append(character)
            }
        }
        return out
    }
}
