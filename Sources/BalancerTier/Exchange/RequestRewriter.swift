// Turns a customer's request fields into those a node sees: nothing of the customer's connection, nothing it may not claim.
import Wire

package struct RequestRewriter: Sendable {
    package struct Rewritten: Sendable {
        package var fields: HTTPFields
        /// The value of the stickiness cookie, which the node does not see.
        package var stickyToken: [UInt8]?
        /// The `X-Request-Id` that was kept or made.
        package var requestID: [UInt8]
        /// The protocols the customer would change to, of those that may be; empty: the request goes on as it is without.
        package var upgrade: [UInt8]
    }

    private static let host = Array("Host".utf8)
    private static let forwardedFor = Array("X-Forwarded-For".utf8)
    private static let forwardedProto = Array("X-Forwarded-Proto".utf8)
    private static let forwardedHost = Array("X-Forwarded-Host".utf8)
    private static let requestIDName = Array("X-Request-Id".utf8)
    private static let replayIDName = Array("Fitech-Replay-Id".utf8)

    private let cookie: StickyCookie
    private let scheme: [UInt8]
    private let upgrades: [[UInt8]]

    /// `upgrades` names the protocols a customer may ask to change to.
    package init(isSecure: Bool, cookie: StickyCookie, upgrades: [String] = []) {
        self.cookie = cookie
        self.upgrades = upgrades.map { Array($0.utf8) }
        scheme = Array((isSecure ? "https" : "http").utf8)
    }

    /// The fields for a node. `peer` is the customer's address as text. A replay id is minted for unsafe methods only.
    /// The result shares no bytes with what a parser may overwrite.
    package func rewrite(_ head: RequestHead, peer: [UInt8], ids: inout IdentifierSource) -> Rewritten {
        var fields = head.fields
        let buffer = head.fields.buffer
        var slices: [FieldSlice] = []
        slices.reserveCapacity(head.fields.slices.count + 6)
        // One copy of the whole buffer is cheaper than one per field; what is dropped stays behind unseen.
        fields.buffer.reserveCapacity(buffer.count + 320)
        var sticky: [UInt8]?
        var requestID: [UInt8] = []
        var nominating: [ArraySlice<UInt8>] = []
        for slice in head.fields.slices {
            switch FieldClass.ofRequest(buffer, slice) {
            case .pass: slices.append(slice)
            case .drop: break
            case .connection:
                let value = buffer[Int(slice.valueStart)..<Int(slice.valueStart + slice.valueCount)]
                if !FieldClass.isUsual(connection: value) { nominating.append(value) }
            case .requestID:
                let value = buffer[Int(slice.valueStart)..<Int(slice.valueStart + slice.valueCount)]
                if requestID.isEmpty, RequestRewriter.isWellFormed(requestID: value) { requestID = Array(value) }
            case .cookie:
                let value = buffer[Int(slice.valueStart)..<Int(slice.valueStart + slice.valueCount)]
                guard cookie.mayBeIn(value) else {
                    slices.append(slice)
                    continue
                }
                let start = fields.buffer.count
                if let found = cookie.takeOut(of: value, into: &fields.buffer), sticky == nil { sticky = Array(buffer[found]) }
                guard fields.buffer.count > start else { continue }
                slices.append(
                    FieldSlice(
                        nameStart: Int(slice.nameStart), nameCount: Int(slice.nameCount), valueStart: start,
                        valueCount: fields.buffer.count - start))
            }
        }
        swap(&fields.slices, &slices)  // not assigned: two owners would have the first append copy it
        let nominated = nominating.isEmpty ? [] : FieldClass.nominated(by: nominating)
        FieldClass.remove(nominated, from: &fields)
        if requestID.isEmpty { ids.appendRequestID(to: &requestID) }
        let authority = head.authorityBytes
        if !authority.isEmpty {
            fields.addParsed(name: RequestRewriter.host[...], value: authority)
            fields.addParsed(name: RequestRewriter.forwardedHost[...], value: authority)
        }
        fields.addParsed(name: RequestRewriter.forwardedFor[...], value: peer[...])
        fields.addParsed(name: RequestRewriter.forwardedProto[...], value: scheme[...])
        fields.addParsed(name: RequestRewriter.requestIDName[...], value: requestID[...])
        if !head.method.isSafe {
            var replayID: [UInt8] = []
            ids.appendReplayID(to: &replayID)
            fields.addParsed(name: RequestRewriter.replayIDName[...], value: replayID[...])
        }
        return Rewritten(
            fields: fields, stickyToken: sticky, requestID: requestID, upgrade: nominated.isEmpty ? [] : upgrade(head, nominated))
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
