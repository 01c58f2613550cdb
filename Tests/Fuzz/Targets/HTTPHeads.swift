// Heads of requests and answers: refused once and for all, or the same however they arrive and when written again.
import Wire

extension FuzzTarget {
    /// Every prefix of a message up to its end asks for more; one that is refused stays refused with every further byte.
    static func steady(_ bytes: [UInt8], _ parse: (Span<UInt8>) -> Reading) -> String? {
        let whole = parse(bytes.span)
        if case .end(let end) = whole, end > bytes.count { return "the head ends behind the bytes" }
        guard bytes.count <= 700 else { return nil }  // quadratic
        var before = Reading.more
        for count in 0...bytes.count {
            let now = parse(bytes.span.extracting(0..<count))
            switch (before, now) {
            case (.more, _): break
            case (.end(let one), .end(let two)) where one == two: break
            case (.refused, .refused): break
            default: return "after \(count) bytes it is \(now), before \(before)"
            }
            if case .end(let end) = now, case .more = before, end != count { return "complete after \(count) bytes, but ends at \(end)" }
            before = now
        }
        return nil
    }

    enum Reading { case more, end(Int), refused }

    static let requestHead = FuzzTarget("request-head") { bytes in
        if let broken = steady(bytes, { span in
            var head = RequestHead()
            do throws(HTTPParseError) {
                guard let end = try RequestParser.parse(span, into: &head) else { return .more }
                return .end(end)
            } catch {
                return .refused
            }
        }) { return broken }
        guard let (head, end) = parsed(bytes) else { return nil }
        let limits = HeadLimits()
        if head.fields.count > limits.fieldCount || end > limits.headBytes + 2 || head.targetBytes.count > limits.targetBytes { return "beyond its limits" }
        if head.version == .http10, head.framing == .chunked { return "chunked in HTTP/1.0" }
        if head.framing == .untilClose { return "a request until the connection closes" }
        var out: [UInt8] = []
        HeadWriter.requestLine(head.method, text(head.originTargetBytes), into: &out)
        if !head.fields.contains("host") { HeadWriter.append("Host: x\r\n", to: &out) }
        head.fields.write(into: &out)
        HeadWriter.append("\r\n", to: &out)
        guard let (again, after) = parsed(out) else { return "written again it is refused" }
        if after != out.count { return "written again it ends elsewhere" }
        let fields = head.fields.contains("host") ? again.fields : without(again.fields, "host")
        if again.method != head.method || again.framing != head.framing || fields != head.fields { return "written again it is another request" }
        if again.targetBytes != head.originTargetBytes || again.pathBytes != head.pathBytes || again.queryBytes != head.queryBytes { return "another target" }
        if head.fields.contains("host"), again.authorityBytes.lazy.map(Octet.lower).elementsEqual(head.authorityBytes.lazy.map(Octet.lower)) == false { return "another host" }
        return nil
    }

    static func parsed(_ bytes: [UInt8], limits: HeadLimits = HeadLimits()) -> (RequestHead, Int)? {
        var head = RequestHead()
        guard let end = try? RequestParser.parse(bytes.span, limits: limits, into: &head) else { return nil }
        return (head, end)
    }

    private static func without(_ fields: HTTPFields, _ name: String) -> HTTPFields {
        var fields = fields
        fields.remove(name)
        return fields
    }

    static func parsedAnswer(_ bytes: [UInt8], to method: HTTPMethod, limits: HeadLimits = HeadLimits()) -> (ResponseHead, Int)? {
        var head = ResponseHead(status: .ok)
        guard let end = try? ResponseParser.parse(bytes.span, to: method, limits: limits, into: &head) else { return nil }
        return (head, end)
    }

    static let responseHead = FuzzTarget("response-head") { bytes in
        for method in [HTTPMethod.get, .head] {
            if let broken = steady(bytes, { span in
                var head = ResponseHead(status: .ok)
                do throws(HTTPParseError) {
                    guard let end = try ResponseParser.parse(span, to: method, into: &head) else { return .more }
                    return .end(end)
                } catch {
                    return .refused
                }
            }) { return broken }
            guard let (head, _) = parsedAnswer(bytes, to: method) else { continue }
            if !(100...599).contains(head.status.code) { return "a status of \(head.status.code)" }
            if method == .head || head.status.hasNoBody, head.framing != .none { return "a body where none is" }
            if head.framing == .untilClose, head.keepAlive { return "a body until the connection closes, which stays open" }
            var out: [UInt8] = []
            HeadWriter.statusLine(head.status, into: &out)
            head.fields.write(into: &out)
            HeadWriter.append("\r\n", to: &out)
            guard let (again, after) = parsedAnswer(out, to: method) else { return "written again it is refused" }
            if after != out.count || again.status != head.status || again.fields != head.fields || again.framing != head.framing {
                return "written again it is another answer"
            }
        }
        return nil
    }

    /// `target NUL host`: the forms of a target and what they mean.
    static let requestTarget = FuzzTarget("request-target") { bytes in
        let (target, host) = halves(bytes)
        for method in ["GET", "OPTIONS", "CONNECT"] {
            let request = Array("\(method) ".utf8) + target + Array(" HTTP/1.1\r\nHost: ".utf8) + host + Array("\r\n\r\n".utf8)
            guard let (head, end) = parsed(request), end == request.count else { continue }
            if method == "CONNECT" { return "CONNECT is taken" }
            let origin = Array(head.originTargetBytes)
            if origin.first != 47, origin != [42] { return "an origin form that begins with neither slash nor asterisk" }
            if origin != head.pathBytes + (head.queryBytes.map { [63] + $0 } ?? []) { return "path and query are not the origin form" }
            if head.pathBytes.contains(63) { return "a question mark in the path" }
            if head.authorityBytes.isEmpty { return "no authority" }
            if head.hostBytes.isEmpty || !head.authorityBytes.starts(with: head.hostBytes) { return "a host that is not the authority's" }
        }
        return nil
    }

    /// Lines of `name NUL value`, put into fields by us: no value starts a field of its own.
    static let fields = FuzzTarget("fields") { bytes in
        var fields = HTTPFields(), names: [String] = []
        for line in bytes.split(separator: 1).prefix(100) {
            let (name, value) = halves(Array(line))
            guard !name.isEmpty, name.allSatisfy(Octet.isToken) else { continue }
            fields.add(text(name), text(value))
            names.append(text(name))
        }
        var out = Array("HTTP/1.1 200 OK\r\n".utf8)
        fields.write(into: &out)
        HeadWriter.append("\r\n", to: &out)
        if fields.map(\.name) != names { return "names changed" }
        for (index, name) in names.enumerated() where fields[name] != fields.first(where: { $0.name.lowercased() == name.lowercased() })?.value { return "field \(index) is not found" }
        guard let (head, end) = parsedAnswer(out, to: .head) else { return nil }  // framing or control characters, refused as they should be
        if end != out.count || head.fields.map(\.name) != names { return "a value became a field" }
        return nil
    }
}
