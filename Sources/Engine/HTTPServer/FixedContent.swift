// Content that does not change while we run: compressed once, answered with validators, in parts where parts are asked for.
import Digests
import Wire

/// A file as it is served: conditional requests, ranges and content coding as RFC 9110 has them (sections 13, 14, 8.4 and 12.5.3).
package struct FixedContent: Sendable {
    /// One representation of it.
    private struct Form: Sendable {
        let body: [UInt8]
        let tag: EntityTag
        let coding: AcceptedCodings.Coding
    }

    private let type: String
    private let fields: HTTPFields
    private let plain: Form
    /// Nil when it would be no smaller.
    private let packed: Form?
    /// Seconds since 1970.
    private let modified: Int64?

    /// `fields` go with every answer; `compresses` is for what is not compressed already (text, not pictures).
    package init(_ body: [UInt8], type: String, fields: HTTPFields = HTTPFields(), compresses: Bool = true, modified: Int64? = nil) {
        self.type = type
        self.fields = fields
        self.modified = modified
        let name = Hex.encode(Array(Digest.sha256(body).prefix(12)))
        plain = Form(body: body, tag: EntityTag(name), coding: .identity)
        let gzip = compresses ? Gzip.compress(body, .best) : nil
        // Another representation has another tag: a strong one says that the bytes are the same (RFC 9110 8.8.3.3).
        packed = gzip.flatMap { $0.count < body.count ? Form(body: $0, tag: EntityTag("\(name)-gzip"), coding: .gzip) : nil }
    }

    /// The answer to GET or HEAD.
    package func answer(to head: RequestHead) -> HTTPResponse {
        guard let coding = AcceptedCodings(head.fields).choice(hasGzip: packed != nil) else {
            return .problem(
                Failure(
                    whose: .client, retry: .never, status: 406, code: "coding-not-acceptable", reason: "It is served plain or by gzip, and neither is accepted.",
                    hint: "Leave Accept-Encoding out.")
            ).with("Vary", "Accept-Encoding")
        }
        let form = coding == .gzip ? packed ?? plain : plain
        switch Preconditions.verdict(head.method, head.fields, tag: form.tag, modified: modified) {
        case .proceed: break
        case .notModified: return HTTPResponse(status: .notModified, fields: common(form))
        case .failed: return HTTPResponse(status: .preconditionFailed, fields: common(form))
        }
        var response = HTTPResponse(fields: common(form), body: form.body)
        response.fields.add("Content-Type", type)
        if form.coding == .gzip { response.fields.add("Content-Encoding", "gzip") }
        switch ByteRanges.wanted(by: head, size: form.body.count, tag: form.tag, modified: modified) {
        case .whole: return response
        case .unsatisfiable:
            var refused = HTTPResponse(status: HTTPStatus(416), fields: common(form))
            refused.fields.add("Content-Range", "bytes */\(form.body.count)")
            return refused
        case .parts(let parts): return part(parts, of: form, response)
        }
    }

    private func common(_ form: Form) -> HTTPFields {
        var all = fields
        all.add("ETag", form.tag.description)
        if let modified { all.add("Last-Modified", HTTPDate.text(modified)) }
        all.add("Accept-Ranges", "bytes")
        if packed != nil { all.add("Vary", "Accept-Encoding") }
        return all
    }

    /// One range as it is, several as `multipart/byteranges` (RFC 9110 14.6).
    private func part(_ parts: [Range<Int>], of form: Form, _ whole: HTTPResponse) -> HTTPResponse {
        var response = whole
        response.status = .partialContent
        func place(_ part: Range<Int>) -> String { "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(form.body.count)" }
        if parts.count == 1, let part = parts.first {
            response.body = Array(form.body[part])
            response.fields.add("Content-Range", place(part))
            return response
        }
        // A name that no part holds by chance: the content's own hash would have to stand in it.
        let boundary = "fitech-\(String(decoding: plain.tag.opaque, as: UTF8.self))"
        var body: [UInt8] = []
        for part in parts {
            body += Array("--\(boundary)\r\nContent-Type: \(type)\r\nContent-Range: \(place(part))\r\n\r\n".utf8)
            body += form.body[part]
            body += [13, 10]
        }
        response.body = body + Array("--\(boundary)--\r\n".utf8)
        response.fields.set("Content-Type", "multipart/byteranges; boundary=\(boundary)")
        return response
    }
}

extension HTTPResponse {
    /// Compressed where the client takes it and it is worth the time. Only for bodies that hold no secret of a person beside what
    /// somebody else may have put into the request: their sizes would give it away letter by letter (BREACH).
    package func compressed(for head: RequestHead) -> HTTPResponse {
        guard body.count >= 1024, status == .ok, !fields.contains("content-encoding") else { return self }
        var copy = self
        copy.fields.add("Vary", "Accept-Encoding")
        guard AcceptedCodings(head.fields).choice(hasGzip: true) == .gzip, let packed = Gzip.compress(body, .quick), packed.count < body.count else { return copy }
        copy.body = packed
        copy.fields.add("Content-Encoding", "gzip")
        // The tag named other bytes; what it says of their meaning still holds (RFC 9110 8.8.3.3).
        if let tag = copy.fields["etag"], !tag.hasPrefix("W/") { copy.fields.set("ETag", "W/\(tag)") }
        return copy
    }
}
