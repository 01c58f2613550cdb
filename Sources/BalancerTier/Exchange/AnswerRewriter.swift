// Turns a node's answer fields into those the customer sees.
import Wire

package struct AnswerRewriter: Sendable {
    private static let setCookie = Array("Set-Cookie".utf8)
    private static let cacheControl = Array("Cache-Control".utf8)
    private static let privateValue = Array("private".utf8)
    private static let strictTransport = Array("Strict-Transport-Security".utf8)

    private let strictTransportValue: [UInt8]

    /// `strictTransportSecurity` is the `max-age` in seconds, 0 for none.
    package init(strictTransportSecurity: Int) {
        strictTransportValue =
            strictTransportSecurity > 0 ? Array("max-age=\(strictTransportSecurity)".utf8) : []
    }

    /// The fields for the customer, without those of the node's connection and its `Content-Length`: framing is ours.
    package func rewrite(_ head: ResponseHead) -> HTTPFields {
        var fields = head.fields
        rewrite(&fields)
        return fields
    }

    /// The same in place.
    package func rewrite(_ fields: inout HTTPFields) {
        var kept = 0
        var nominating: [[UInt8]] = []
        for index in 0..<fields.slices.count {
            let slice = fields.slices[index]
            switch FieldClass.ofAnswer(fields.buffer, slice) {
            case .pass, .cookie, .requestID, .hops:
                if kept != index { fields.slices[kept] = slice }
                kept += 1
            case .drop, .codings: break
            case .connection:
                let value = fields.buffer[Int(slice.valueStart)..<Int(slice.valueStart + slice.valueCount)]
                if !FieldClass.isUsual(connection: value) { nominating.append(Array(value)) }
            }
        }
        if kept < fields.slices.count { fields.slices.removeLast(fields.slices.count - kept) }
        if !nominating.isEmpty { FieldClass.remove(FieldClass.nominated(by: nominating.map { $0[...] }), from: &fields) }
        if !strictTransportValue.isEmpty { addStrictTransport(to: &fields) }
    }

    /// What of an answer's trailers goes on (RFC 9110 6.5.1): none that says how to read, keep, route or authenticate the message,
    /// or who the customer is. Those must be known when the head is read, and a recipient that merges them would be misled.
    static func trailers(_ given: HTTPFields) -> HTTPFields {
        guard !given.isEmpty else { return given }
        var kept = given
        kept.slices.removeAll { slice in
            if FieldClass.ofAnswer(given.buffer, slice) != .pass { return true }
            let name = given.buffer[Int(slice.nameStart)..<Int(slice.nameStart + slice.nameCount)].map(Octet.lower)
            return AnswerRewriter.notInTrailers.contains(String(decoding: name, as: UTF8.self)) || name.starts(with: "content-".utf8)
        }
        return kept
    }

    private static let notInTrailers: Set<String> = [
        "host", "set-cookie", "age", "cache-control", "date", "expires", "location", "retry-after", "vary", "warning", "pragma", "authorization",
        "www-authenticate", "strict-transport-security", "etag", "last-modified", "accept-ranges", "via", "refresh", "link", "clear-site-data",
    ]

    /// HSTS (RFC 6797) unless the node has said it in its own words.
    package func addStrictTransport(to fields: inout HTTPFields) {
        guard !strictTransportValue.isEmpty, fields.index(of: "strict-transport-security") == nil else { return }
        fields.addParsed(name: AnswerRewriter.strictTransport[...], value: strictTransportValue[...])
    }

    /// Adds the stickiness cookie, and sees to it that no shared cache hands it to others. An answer that is meant for
    /// shared caches gets none (returns false): a later answer of the same node will carry it.
    package func addCookie(_ value: [UInt8], to fields: inout HTTPFields) -> Bool {
        var isPrivate = false
        for index in 0..<fields.slices.count {
            let slice = fields.slices[index]
            guard FieldClass.equals(fields.buffer, Int(slice.nameStart), Int(slice.nameCount), "cache-control") else { continue }
            for directive in fields.valueBytes(at: index).split(separator: UInt8(ascii: ",")) {
                let name = directive.drop { $0 == 32 || $0 == 9 }.prefix { $0 != UInt8(ascii: "=") && $0 != 32 && $0 != 9 }.map(Octet.lower)
                if name.elementsEqual("public".utf8) { return false }
                if name.elementsEqual("private".utf8) || name.elementsEqual("no-store".utf8) { isPrivate = true }
            }
        }
        fields.buffer.reserveCapacity(fields.buffer.count + value.count + 64)
        if !isPrivate { fields.addParsed(name: AnswerRewriter.cacheControl[...], value: AnswerRewriter.privateValue[...]) }
        fields.addParsed(name: AnswerRewriter.setCookie[...], value: value[...])
        return true
    }
}
