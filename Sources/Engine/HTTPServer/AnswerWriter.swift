// Puts answers into bytes: the engine's own fields are added here, and nobody else's framing gets through.
import Wire

enum AnswerWriter {
    /// The head of an answer whose body is at hand.
    static func writeHead(
        _ response: HTTPResponse, keepAlive: Bool, version: HTTPVersion = .http11, reactor: Reactor, into out: inout [UInt8]
    ) {
        HeadWriter.statusLine(response.status, into: &out)
        common(response.fields, keepAlive: keepAlive, version: version, reactor: reactor, into: &out)
        if !response.status.hasNoBody { HeadWriter.contentLength(response.body.count, into: &out) }
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
        var hasDate = false
        for index in 0..<fields.count {
            switch fields.slices[index].nameCount {
            case 4 where fields.isNamed(index, "date"): hasDate = true
            case 10 where fields.isNamed(index, "connection") || fields.isNamed(index, "keep-alive"): continue
            case 14 where fields.isNamed(index, "content-length"): continue
            case 17 where fields.isNamed(index, "transfer-encoding"): continue
            default: break
            }
            fields.write(at: index, into: &out)
        }
        if !hasDate { reactor.appendDate(to: &out) }
        if !keepAlive {
            HeadWriter.append("Connection: close\r\n", to: &out)
        } else if version == .http10 {
            HeadWriter.append("Connection: keep-alive\r\n", to: &out)
        }
    }
}
