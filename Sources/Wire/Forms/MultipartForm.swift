// multipart/form-data (RFC 7578 over RFC 2046), read from the bytes without copying a file more than once.

extension Form {
    /// The boundary named in a Content-Type, 1 to 70 characters (RFC 2046 5.1.1).
    package static func boundary(of contentType: String) throws(FormError) -> String {
        for piece in contentType.split(separator: ";").dropFirst() {
            let parts = piece.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard parts.count == 2, parts[0].lowercased() == "boundary" else { continue }
            var value = parts[1]
            if value.first == "\"", value.last == "\"", value.count >= 2 { value = value.dropFirst().dropLast() }
            guard (1...70).contains(value.utf8.count), value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { break }
            return String(value)
        }
        throw FormError("the multipart form names no usable boundary", hint: "Send Content-Type: multipart/form-data; boundary=...")
    }

    /// Reads the parts between the boundaries. What stands before the first and after the last boundary is ignored (RFC 2046).
    package init(multipart body: [UInt8], boundary: String, limits: FormLimits = FormLimits()) throws(FormError) {
        self.init()
        let cut = FormError("the multipart form ends before its closing boundary", hint: "The upload was cut short: send it again.")
        let dash = Array("--\(boundary)".utf8)
        let delimiter = [0x0D, 0x0A] + dash
        guard var at = body.starts(with: dash) ? dash.count : Self.end(of: delimiter, in: body, from: 0) else { throw cut }
        while true {
            if body[at...].starts(with: [UInt8(ascii: "-"), UInt8(ascii: "-")]) { return }
            while at < body.count, body[at] == 0x20 || body[at] == 0x09 { at += 1 }
            guard body[at...].starts(with: [0x0D, 0x0A]) else {
                throw at >= body.count ? cut : FormError("a boundary of the multipart form is followed by other text", hint: "End boundary lines with CRLF.")
            }
            // The empty line that ends the part's head may follow the boundary directly: search from its own CRLF.
            guard let headEnd = Self.end(of: [0x0D, 0x0A, 0x0D, 0x0A], in: body, from: at, within: limits.partHeadBytes) else {
                throw body.count - at > limits.partHeadBytes ? .tooLarge("the head of a part", limits.partHeadBytes) : cut
            }
            let head = try PartHead(body[min(at + 2, headEnd - 2)..<(headEnd - 2)])
            guard let next = Self.end(of: delimiter, in: body, from: headEnd) else { throw cut }
            let content = body[headEnd..<(next - delimiter.count)]
            guard fields.count + files.count < limits.parts else {
                throw FormError("the form has more than \(limits.parts) parts", hint: "Send fewer parts.", status: 413)
            }
            guard head.name.utf8.count <= limits.nameBytes else { throw .tooLarge("a field's name", limits.nameBytes) }
            if let fileName = head.fileName {
                guard content.count <= limits.fileBytes else { throw .tooLarge("the file \"\(fileName)\"", limits.fileBytes) }
                files.append(File(name: head.name, fileName: fileName, contentType: head.contentType, bytes: Array(content)))
            } else {
                guard content.count <= limits.fieldBytes else { throw .tooLarge("the field \"\(head.name)\"", limits.fieldBytes) }
                guard let value = String(validating: content, as: UTF8.self) else {
                    throw FormError("the field \"\(head.name)\" is not UTF-8", hint: "Send the form in UTF-8.")
                }
                fields.append(Field(name: head.name, value: value))
            }
            at = next
        }
    }

    /// Where the first `needle` at or after `from` ends; nil when there is none (within so many bytes).
    private static func end(of needle: [UInt8], in body: [UInt8], from: Int, within: Int = .max) -> Int? {
        let last = min(body.count, within == .max ? body.count : from + within + needle.count) - needle.count
        guard from <= last else { return nil }
        return body.withUnsafeBufferPointer { bytes in
            var at = from
            search: while at <= last {
                if bytes[at] != needle[0] { at += 1; continue }
                for offset in 1..<needle.count where bytes[at + offset] != needle[offset] { at += 1; continue search }
                return at + needle.count
            }
            return nil
        }
    }
}

/// The lines at the head of one part.
private struct PartHead {
    var name = ""
    var fileName: String?
    var contentType: String?

    init(_ lines: ArraySlice<UInt8>) throws(FormError) {
        var named = false
        for line in String(decoding: lines, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else {
                throw FormError("a part of the form has a head line without a colon", hint: "Write Name: value lines.")
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            switch line[..<colon].lowercased() {
            case "content-disposition":
                let parameters = Self.parameters(value)
                guard parameters.type == "form-data", let found = parameters.values["name"] else { break }
                name = found
                fileName = parameters.values["filename"]
                named = true
            case "content-type": contentType = String(value)
            case "content-transfer-encoding" where !["binary", "8bit", "7bit"].contains(value.lowercased()):
                throw FormError("a part of the form is sent as \(value)", hint: "Send parts unencoded (RFC 7578 4.7).")
            default: break
            }
        }
        guard named else {
            throw FormError(
                "a part of the form has no name", hint: "Every part needs Content-Disposition: form-data; name=\"...\".")
        }
    }

    /// `form-data; name="a"; filename="b"`: browsers escape `"` as `%22` and line ends as `%0D%0A` (WHATWG HTML 4.10.21.8).
    private static func parameters(_ value: Substring) -> (type: String, values: [String: String]) {
        var rest = value
        let type = rest.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        var values: [String: String] = [:]
        rest = rest.drop { $0 != ";" }
        while rest.first == ";" {
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            let name = rest.prefix { $0 != "=" && $0 != ";" }.lowercased()
            rest = rest.drop { $0 != "=" && $0 != ";" }
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst()
            var text = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let next = rest.first, next != "\"" {
                    rest = rest.dropFirst()
                    if next == "\\", let escaped = rest.first, escaped == "\"" || escaped == "\\" {
                        text.append(escaped)
                        rest = rest.dropFirst()
                    } else {
                        text.append(next)
                    }
                }
                rest = rest.drop { $0 != ";" }
            } else {
                text = String(rest.prefix { $0 != ";" && $0 != " " })
                rest = rest.drop { $0 != ";" }
            }
            let unescaped = text.split(separator: "%22", omittingEmptySubsequences: false).joined(separator: "\"")
            if values[name] == nil { values[name] = unescaped }
        }
        return (type, values)
    }
}
