// What proxies say before a connection, heads over HTTP/2, and the conditions, ranges and codings clients ask for.
import Wire

extension FuzzTarget {
    /// Another header than the one `seen` before counts as refused, so that no reading with it is steady.
    private static func introduction(_ bytes: ArraySlice<UInt8>, _ seen: inout ProxyHeader?) -> Reading {
        do throws(ProxyHeaderError) {
            guard let (header, count) = try ProxyHeaderParser.parse(bytes) else { return .more }
            guard seen == nil || seen == header else { return .refused }
            seen = header
            return .end(count)
        } catch {
            return .refused
        }
    }

    /// However it arrives it is one header, and it never asks for more than its limit.
    static let proxyHeader = FuzzTarget("proxy-header") { bytes in
        var seen: ProxyHeader?
        switch introduction(bytes[...], &seen) {
        case .end(let count) where !(1...min(bytes.count, ProxyHeaderParser.limit)).contains(count): return "a header of \(count) bytes"
        case .more where bytes.count >= ProxyHeaderParser.limit: return "more than the limit is asked for"
        default: break
        }
        return steady(Array(bytes.prefix(300))) { introduction(bytes[..<$0.count], &seen) }
    }

    /// A byte whose lowest bit says that no body follows, then `name=value` fields divided by NUL: what an HTTP/2 stream makes of
    /// them is a head that HTTP/1.1 writes and reads alike.
    static let streamHead = FuzzTarget("stream-head") { bytes in
        guard let first = bytes.first else { return nil }
        var assembler = RequestAssembler(limits: HeadLimits())
        for line in bytes.dropFirst().split(separator: 0, omittingEmptySubsequences: false) {
            let cut = line.dropFirst().firstIndex(of: 61) ?? line.endIndex
            assembler.add(name: Array(line[..<cut]).span, value: Array(line[cut...].dropFirst()).span)
        }
        var head = RequestHead()
        do throws(HTTPParseError) {
            try assembler.finish(endsStream: first & 1 == 1, scheme: "https", into: &head)
        } catch {
            return nil
        }
        if first & 1 == 1, head.framing != .none { return "a body behind the end of the stream" }
        if first & 1 == 0, head.framing == .none { return "no body where one may follow" }
        for name in ["connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection"] where head.fields.contains(name) { return "\(name) in HTTP/2" }
        if head.fields.values("host").count != 1 || head.fields.values("cookie").count > 1 { return "more than one host or cookie" }
        var out: [UInt8] = []
        HeadWriter.requestLine(head.method, text(head.originTargetBytes), into: &out)
        head.fields.write(into: &out)
        HeadWriter.append("\r\n", to: &out)
        guard let (again, end) = parsed(out), end == out.count else { return "written again it is refused" }
        return again.fields == head.fields && again.targetBytes == head.originTargetBytes && again.authorityBytes == head.authorityBytes
            ? nil : "written again it is another request"
    }

    /// `value NUL value`: as ranges, entity tags, dates and codings.
    static let conditions = FuzzTarget("conditions") { bytes in
        let (one, two) = halves(bytes)
        for size in [0, 1, 10, 1 << 40] {
            guard case .parts(let parts) = ByteRanges.verdict([one], size: size) else { continue }
            if parts.isEmpty || parts.count > ByteRanges.limit { return "\(parts.count) parts" }
            if parts.contains(where: { $0.isEmpty || $0.lowerBound < 0 || $0.upperBound > size }) { return "\(parts) of \(size)" }
            let sorted = parts.sorted { $0.lowerBound < $1.lowerBound }
            if zip(sorted, sorted.dropFirst()).contains(where: { $0.upperBound > $1.lowerBound }) { return "parts that overlap" }
        }
        if case .tags(let tags) = EntityTagList([one, two]) {
            let again = tags.map { (($0.isWeak ? [87, 47] : []) + [34] + $0.opaque + [34])[...] }
            if EntityTagList(again) != .tags(tags) { return "written again there are other tags" }
        }
        if let seconds = HTTPDate.seconds(one) {
            if HTTPDate.seconds(Array(HTTPDate.text(seconds).utf8)[...]) != seconds { return "\(seconds): written again another date" }
        }
        var fields = HTTPFields()
        fields.addParsed(name: Array("accept-encoding".utf8)[...], value: one)
        let codings = AcceptedCodings(fields)
        if !(0...1000).contains(codings.gzip) || !(0...1000).contains(codings.identity) { return "a weight outside 0 to 1" }
        if codings.choice(hasGzip: true) == .gzip, codings.gzip == 0 { return "a coding that was refused" }
        if codings.choice(hasGzip: false) == .gzip { return "a coding that is not there" }
        for name in ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"] {
            var fields = HTTPFields()
            fields.addParsed(name: Array(name.utf8)[...], value: one)
            if !two.isEmpty { fields.addParsed(name: Array(name.utf8)[...], value: two) }
            let verdict = Preconditions.verdict(.get, fields, tag: EntityTag("a"), modified: 784_111_777)
            if name == "if-match" || name == "if-unmodified-since", verdict == .notModified { return "\(name) answered with 304" }
            if name == "if-none-match" || name == "if-modified-since", verdict == .failed { return "\(name) of a GET answered with 412" }
            _ = Preconditions.rangeHolds(fields, tag: EntityTag("a"), modified: 784_111_777)
        }
        return nil
    }
}
