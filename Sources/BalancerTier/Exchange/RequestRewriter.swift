// Turns a customer's request fields into those a node sees: nothing of the customer's connection, nothing it may not claim.
import Wire

package struct RequestRewriter: Sendable {
    /// Its storage may be used again for the next request.
    package struct Rewritten: Sendable {
        package fileprivate(set) var fields = HTTPFields()
        fileprivate var tokenRange: Range<Int>?
        fileprivate var requestIDRange = 0..<0
        /// The protocols the customer would change to, of those that may be; empty: the request goes on as it is without.
        package fileprivate(set) var upgrade: [UInt8] = []
        /// It takes trailers behind the answer.
        package fileprivate(set) var takesTrailers = false

        package init() {}

        /// The value of the stickiness cookie, which the node does not see.
        package var stickyToken: ArraySlice<UInt8>? { tokenRange.map { fields.buffer[$0] } }
        /// The `X-Request-Id` that was kept or made.
        package var requestID: ArraySlice<UInt8> { fields.buffer[requestIDRange] }
    }

    private static let host = Array("Host".utf8)
    private static let forwardedFor = Array("X-Forwarded-For".utf8)
    private static let forwardedProto = Array("X-Forwarded-Proto".utf8)
    private static let forwardedHost = Array("X-Forwarded-Host".utf8)
    private static let forwarded = Array("Forwarded".utf8)
    private static let te = Array("TE".utf8)
    private static let trailers = Array("trailers".utf8)
    private static let via = Array("Via".utf8)
    private static let viaValues = (http11: Array("1.1 fitech".utf8), http10: Array("1.0 fitech".utf8))
    private static let unix = Array("unix".utf8)
    private static let requestIDName = Array("X-Request-Id".utf8)
    private static let replayIDName = Array("Fitech-Replay-Id".utf8)

    private let cookie: StickyCookie
    private let scheme: [UInt8]
    private let forwardedProtoPiece: [UInt8]
    private let upgrades: [[UInt8]]

    /// `upgrades` names the protocols a customer may ask to change to.
    package init(isSecure: Bool, cookie: StickyCookie, upgrades: [String] = []) {
        self.cookie = cookie
        self.upgrades = upgrades.map { Array($0.utf8) }
        scheme = Array((isSecure ? "https" : "http").utf8)
        forwardedProtoPiece = Array(";proto=".utf8) + scheme
    }

    /// The fields for a node. `peer` is the customer's address. A replay id is minted for unsafe methods only.
    /// The result shares no bytes with what a parser may overwrite.
    package func rewrite(_ head: RequestHead, peer: [UInt8], ids: inout IdentifierSource) -> Rewritten {
        var made = Rewritten()
        made.fields.slices.reserveCapacity(head.fields.slices.count + 9)
        made.fields.buffer.reserveCapacity(head.fields.buffer.count + 512)
        rewrite(head, peer: peer, ids: &ids, into: &made)
        return made
    }

    /// The same into storage that is used again. `requestID` is that of an earlier try; empty: the customer's own, else a new one.
    package func rewrite(
        _ head: RequestHead, peer: [UInt8], requestID known: [UInt8] = [], ids: inout IdentifierSource, into made: inout Rewritten
    ) {
        let buffer = head.fields.buffer
        var fields = HTTPFields()
        swap(&fields, &made.fields)
        fields.slices.removeAll(keepingCapacity: true)
        // One copy of the whole buffer is cheaper than one per field; what is dropped stays behind unseen.
        fields.buffer.removeAll(keepingCapacity: true)
        fields.buffer.append(contentsOf: buffer)
        var sticky: Range<Int>?
        var requestID: Range<Int>?
        var nominating: [ArraySlice<UInt8>] = []
        var takesTrailers = false
        for slice in head.fields.slices {
            switch FieldClass.ofRequest(buffer, slice) {
            case .pass: fields.slices.append(slice)
            case .drop: break
            case .codings:
                let value = buffer[Int(slice.valueStart)..<Int(slice.valueStart + slice.valueCount)]
                takesTrailers = takesTrailers || FieldList.contains(value, RequestRewriter.trailers[...])
            case .connection:
                let value = buffer[Int(slice.valueStart)..<Int(slice.valueStart + slice.valueCount)]
                if !FieldClass.isUsual(connection: value) { nominating.append(value) }
            case .hops:
                let value = buffer[Int(slice.valueStart)..<Int(slice.valueStart + slice.valueCount)]
                guard head.method == .options, let left = MaxForwards.number(value) else {
                    fields.slices.append(slice)
                    continue
                }
                fields.addParsed(name: buffer[Int(slice.nameStart)..<Int(slice.nameStart + slice.nameCount)], value: Array(String(max(0, left - 1)).utf8)[...])
            case .requestID:
                let value = Int(slice.valueStart)..<Int(slice.valueStart + slice.valueCount)
                if requestID == nil, RequestRewriter.isWellFormed(requestID: buffer[value]) { requestID = value }
            case .cookie:
                let value = buffer[Int(slice.valueStart)..<Int(slice.valueStart + slice.valueCount)]
                guard cookie.mayBeIn(value) else {
                    fields.slices.append(slice)
                    continue
                }
                let start = fields.buffer.count
                if let found = cookie.takeOut(of: value, into: &fields.buffer), sticky == nil { sticky = found }
                guard fields.buffer.count > start else { continue }
                fields.slices.append(
                    FieldSlice(
                        nameStart: Int(slice.nameStart), nameCount: Int(slice.nameCount), valueStart: start,
                        valueCount: fields.buffer.count - start))
            }
        }
        let nominated = nominating.isEmpty ? [] : FieldClass.nominated(by: nominating)
        FieldClass.remove(nominated, from: &fields)
        let authority = head.authorityBytes
        if !authority.isEmpty {
            fields.addParsed(name: RequestRewriter.host[...], value: authority)
            fields.addParsed(name: RequestRewriter.forwardedHost[...], value: authority)
        }
        fields.addParsed(name: RequestRewriter.forwardedFor[...], value: peer[...])
        fields.addParsed(name: RequestRewriter.forwardedProto[...], value: scheme[...])
        fields.addParsed(name: RequestRewriter.forwarded[...]) { writeForwarded(peer, authority, into: &$0) }
        let via = head.version == .http11 ? RequestRewriter.viaValues.http11 : RequestRewriter.viaValues.http10
        fields.addParsed(name: RequestRewriter.via[...], value: via[...])
        // Of TE this much goes on (RFC 9110 10.1.4); the client says in `Connection` that it speaks of one connection.
        if takesTrailers { fields.addParsed(name: RequestRewriter.te[...], value: RequestRewriter.trailers[...]) }
        if let requestID, known.isEmpty {
            fields.addParsed(name: RequestRewriter.requestIDName[...], value: buffer[requestID])
        } else {
            fields.addParsed(name: RequestRewriter.requestIDName[...]) { out in
                if known.isEmpty { ids.appendRequestID(to: &out) } else { out.append(contentsOf: known) }
            }
        }
        let last = fields.slices[fields.slices.count - 1]
        made.requestIDRange = Int(last.valueStart)..<Int(last.valueStart + last.valueCount)
        if !head.method.isSafe {
            fields.addParsed(name: RequestRewriter.replayIDName[...]) { ids.appendReplayID(to: &$0) }
        }
        swap(&fields, &made.fields)
        made.tokenRange = sticky
        made.upgrade = nominated.isEmpty ? [] : upgrade(head, nominated)
        made.takesTrailers = takesTrailers
    }

    /// `for=192.0.2.7;proto=https;host="name:port"` (RFC 7239), put together in place. IPv6 stands in quotes and brackets, a host always
    /// in quotes: its port makes it no token, and the parser lets no quote or backslash into it.
    private func writeForwarded(_ peer: [UInt8], _ authority: ArraySlice<UInt8>, into out: inout [UInt8]) {
        if peer.isEmpty || peer == RequestRewriter.unix {
            HeadWriter.append("for=unknown", to: &out)
        } else if peer.contains(UInt8(ascii: ":")) {
            HeadWriter.append("for=\"[", to: &out)
            out.append(contentsOf: peer)
            HeadWriter.append("]\"", to: &out)
        } else {
            HeadWriter.append("for=", to: &out)
            out.append(contentsOf: peer)
        }
        out.append(contentsOf: forwardedProtoPiece)
        guard !authority.isEmpty else { return }
        HeadWriter.append(";host=\"", to: &out)
        out.append(contentsOf: authority)
        out.append(UInt8(ascii: "\""))
    }

    /// What of the customer's `Upgrade` goes on (RFC 9110 7.8): it must be nominated by `Connection`, which HTTP/1.0 cannot do.
    /// Not for a request with a body, which would have to be sent to its end before anybody knows who reads what follows.
    private func upgrade(_ head: RequestHead, _ nominated: [ArraySlice<UInt8>]) -> [UInt8] {
        guard head.version == .http11, head.framing == .none, nominated.contains(where: { $0.lazy.map(Octet.lower).elementsEqual("upgrade".utf8) })
        else { return [] }
        var out: [UInt8] = []
        for index in 0..<head.fields.count where head.fields.isNamed(index, "upgrade") {
            for wanted in FieldList.members(head.fields.valueBytes(at: index)) {
                guard upgrades.contains(where: { FieldList.same($0[...], wanted) }), !FieldList.contains(out[...], wanted) else { continue }
                if !out.isEmpty { out += [UInt8(ascii: ","), 32] }
                out += wanted
            }
        }
        return out
    }

    /// An id somebody else made is kept when it is short and made of letters that do no harm in a log.
    static func isWellFormed(requestID: ArraySlice<UInt8>) -> Bool {
        (1...128).contains(requestID.count)
            && requestID.allSatisfy { byte in
                let letter = byte | 32
                return letter >= 97 && letter <= 122 || byte >= 45 && byte <= 58 || byte == 95 || byte == 43 || byte == 61 || byte == 126
            }
    }
}
