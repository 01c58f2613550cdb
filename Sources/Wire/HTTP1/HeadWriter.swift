// Writes request and answer heads, and the frames of a chunked body, into a byte buffer.

package enum HeadWriter {
    /// `HTTP/1.1 200 OK CRLF`.
    package static func statusLine(_ status: HTTPStatus, into out: inout [UInt8]) {
        if status == .ok {
            append("HTTP/1.1 200 OK\r\n", to: &out)
            return
        }
        append("HTTP/1.1 ", to: &out)
        append(status.code, to: &out)
        out.append(32)
        out.append(contentsOf: status.reason.utf8)
        append("\r\n", to: &out)
    }

    /// `GET /path HTTP/1.1 CRLF`. A target that holds a space or a control character would end the line early, so it
    /// traps: targets come from the parser or are built by us, percent-encoded.
    package static func requestLine(_ method: HTTPMethod, _ target: String, into out: inout [UInt8]) {
        begin(method, into: &out)
        let start = out.count
        var target = target
        target.withUTF8 { out.append(contentsOf: $0) }
        end(target: start, into: &out)
    }

    /// The same for a target that is bytes already.
    package static func requestLine(_ method: HTTPMethod, _ target: ArraySlice<UInt8>, into out: inout [UInt8]) {
        begin(method, into: &out)
        let start = out.count
        out.append(contentsOf: target)
        end(target: start, into: &out)
    }

    private static func begin(_ method: HTTPMethod, into out: inout [UInt8]) {
        switch method {
        case .get: append("GET ", to: &out)
        case .post: append("POST ", to: &out)
        default:
            out.append(contentsOf: method.name.utf8)
            out.append(32)
        }
    }

    private static func end(target start: Int, into out: inout [UInt8]) {
        var right = out.count > start
        for index in start..<out.count where !Octet.isTarget(out[index]) { right = false }
        precondition(right, "not a request target")
        append(" HTTP/1.1\r\n", to: &out)
    }

    /// `Content-Length: n CRLF`.
    package static func contentLength(_ length: Int, into out: inout [UInt8]) {
        append("Content-Length: ", to: &out)
        append(length, to: &out)
        append("\r\n", to: &out)
    }

    /// The line before a chunk of `count` bytes; after the bytes comes CR LF.
    package static func chunkSize(_ count: Int, into out: inout [UInt8]) {
        out.append(contentsOf: String(count, radix: 16).utf8)
        append("\r\n", to: &out)
    }

    /// Ends a chunked body.
    package static func lastChunk(_ trailers: HTTPFields = HTTPFields(), into out: inout [UInt8]) {
        append("0\r\n", to: &out)
        trailers.write(into: &out)
        append("\r\n", to: &out)
    }

    package static func append(_ text: StaticString, to out: inout [UInt8]) {
        text.withUTF8Buffer { out.append(contentsOf: $0) }
    }

    /// A number in decimal digits.
    package static func append(_ number: Int, to out: inout [UInt8]) {
        if number < 0 {
            out.append(contentsOf: String(number).utf8)
            return
        }
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            out.append(UInt8(48 + number / divisor % 10))
            divisor /= 10
        }
    }
}
