// Puts answers into bytes: the engine's own fields are added here, and nobody else's framing gets through.
import Wire

enum AnswerWriter {
    /// The head of an answer whose body is at hand.
    static func writeHead(
        _ response: HTTPResponse, keepAlive: Bool, version: HTTPVersion = .http11, reactor: Reactor, into out: inout [UInt8]
    ) {
        writeHead(
            response.status, response.fields, length: response.body.count, keepAlive: keepAlive, version: version, reactor: reactor, into: &out)
    }

    static func writeHead(
        _ status: HTTPStatus, _ fields: HTTPFields, length: Int, keepAlive: Bool, version: HTTPVersion, reactor: Reactor, into out: inout [UInt8]
    ) {
        HeadWriter.statusLine(status, into: &out)
        common(fields, keepAlive: keepAlive, version: version, reactor: reactor, into: &out)
        if !status.hasNoBody { HeadWriter.contentLength(length, into: &out) }
        out.append(13)
        out.append(10)
    }

    /// The head of an answer whose body follows in pieces.
    static func begin(
        _ head: ResponseHead, length: Int?, chunked: Bool, keepAlive: Bool, version: HTTPVersion,
        reactor: Reactor, into out: inout [UInt8]
    ) {
        HeadWriter.statusLine(head.status, into: &out)
        common(head.fields, keepAlive: keepAlive, version: version, reactor: reactor, into: &out)
        if chunked {
            HeadWriter.append("Transfer-Encoding: chunked\r\n", to: &out)
        } else if let length, !head.status.isInformational, head.status.code != 204 {
            HeadWriter.contentLength(length, into: &out)
        }
        out.append(13)
        out.append(10)
    }

    /// The fields, less those that say how the message is framed; then Date and Connection.
    private static func common(
        _ fields: HTTPFields, keepAlive: Bool, version: HTTPVersion, reactor: Reactor, into out: inout [UInt8]
    ) {
        fields.writeWithoutFraming(into: &out)
        if fields.index(of: "date") == nil { reactor.appendDate(to: &out) }
        if !keepAlive {
            HeadWriter.append("Connection: close\r\n", to: &out)
        } else if version == .http10 {
            HeadWriter.append("Connection: keep-alive\r\n", to: &out)
        }
    }
}
