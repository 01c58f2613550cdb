// Chunked bodies and what is forwarded: what a balancer writes is strict whatever it read.
import BalancerTier
import Wire

extension FuzzTarget {
    private struct Decoded: Equatable {
        var data: [UInt8] = []
        var end: Int?
        var refused = false
        var trailers: HTTPFields?
    }

    private static func decode(_ bytes: [UInt8], _ piece: Int) -> Decoded {
        var decoder = ChunkedDecoder(), out = Decoded(), start = 0
        while start < bytes.count {
            let part = Array(bytes[start..<min(bytes.count, start + piece)])
            var at = 0
            while at < part.count {
                do throws(HTTPParseError) {
                    switch try decoder.step(part.span, at: &at) {
                    case .needsMore: break
                    case .data(let from, let count): out.data += part[from..<from + count]
                    case .end:
                        out.end = start + at
                        out.trailers = decoder.trailers
                        return out
                    }
                } catch {
                    out.refused = true
                    return out
                }
            }
            start += piece
        }
        return out
    }

    static let chunked = FuzzTarget("chunked") { bytes in
        let whole = decode(bytes, .max / 2)
        for piece in [1, 2, 7] where decode(bytes, piece) != whole { return "in pieces of \(piece) it is another body" }
        if whole.data.count > bytes.count { return "more data than bytes" }
        guard let trailers = whole.trailers else { return nil }
        for name in ["content-length", "transfer-encoding", "host"] where trailers.contains(name) { return "a trailer \(name)" }
        var out: [UInt8] = []
        if !whole.data.isEmpty {
            HeadWriter.chunkSize(whole.data.count, into: &out)
            out += whole.data + [13, 10]
        }
        HeadWriter.lastChunk(trailers, into: &out)
        let again = decode(out, .max / 2)
        if again.end != out.count || again.data != whole.data || again.trailers != trailers { return "written again it is another body" }
        return nil
    }

    private static let side = RequestRewriter(isSecure: true, cookie: StickyCookie(isSecure: true), upgrades: ["websocket"])

    /// A request that was understood goes to a node as one that the strictest reader takes, with our own fields once.
    static let forwardedRequest = FuzzTarget("forwarded-request") { bytes in
        guard let (head, _) = parsed(bytes) else { return nil }
        var ids = IdentifierSource(seed: [UInt8](repeating: 7, count: 32))
        let rewritten = side.rewrite(head, peer: Array("192.0.2.7".utf8), ids: &ids)
        var out: [UInt8] = []
        HeadWriter.requestLine(head.method, text(head.originTargetBytes), into: &out)
        if head.authorityBytes.isEmpty { HeadWriter.append("Host: x\r\n", to: &out) }
        rewritten.fields.write(into: &out)
        HeadWriter.append("\r\n", to: &out)
        guard let (again, end) = parsed(out, limits: .behindBalancer), end == out.count else { return "what goes on is refused" }
        if again.framing != .none { return "framing of the client's went on" }
        for name in ["content-length", "transfer-encoding", "trailer", "keep-alive", "expect", "x-real-ip", "http2-settings"] where again.fields.contains(name) {
            return "\(name) went on"
        }
        if ![[], ["trailers"]].contains(again.fields.values("te")) { return "te went on" }
        if again.fields["forwarded"]?.hasPrefix("for=192.0.2.7;proto=https") != true { return "the client said who forwards" }
        for name in ["forwarded", "x-forwarded-for", "x-forwarded-proto", "x-request-id"] where again.fields.values(name).count != 1 { return "\(name) is not there once" }
        if again.fields["x-forwarded-for"] != "192.0.2.7" || again.fields["x-forwarded-proto"] != "https" { return "the client said who it is" }
        if again.fields.values("fitech-replay-id").count != (head.method.isSafe ? 0 : 1) { return "a replay id" }
        for (name, _) in again.fields where !name.utf8.allSatisfy({ $0 == 45 || Octet.isDigit($0) || (97...122).contains($0 | 32) }) { return "the name \(name) went on" }
        for value in again.fields.values("cookie") where Cookies([value])["__Host-fitech-node"] != nil { return "the stickiness cookie went on" }
        return nil
    }

    /// An answer that was understood goes to the customer without the fields of the node's connection.
    static let forwardedAnswer = FuzzTarget("forwarded-answer") { bytes in
        guard let (head, _) = parsedAnswer(bytes, to: .get) else { return nil }
        let rewriter = AnswerRewriter(strictTransportSecurity: 60)
        var fields = rewriter.rewrite(head)
        let isPrivate = rewriter.addCookie(Array("n=v".utf8), to: &fields)
        var out: [UInt8] = []
        HeadWriter.statusLine(head.status, into: &out)
        fields.write(into: &out)
        HeadWriter.append("\r\n", to: &out)
        // Customers take as many fields as a node may send, and our own.
        guard let (again, end) = parsedAnswer(out, to: .get, limits: .behindBalancer), end == out.count else { return "what goes on is refused" }
        for name in ["content-length", "transfer-encoding", "te", "trailer", "keep-alive", "proxy-connection"] where again.fields.contains(name) { return "\(name) went on" }
        if again.fields.values("strict-transport-security").isEmpty { return "no HSTS" }
        if isPrivate, !again.fields.values("set-cookie").contains("n=v") { return "the cookie is lost" }
        return nil
    }
}
