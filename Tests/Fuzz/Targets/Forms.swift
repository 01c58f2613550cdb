// Cookies, forms and percent coding: what was read is the same when it is written and read again.
import BalancerTier
import Wire

extension FuzzTarget {
    static let cookies = FuzzTarget("cookies") { bytes in
        let read = Cookies(bytes.split(separator: 10).map { text($0) })
        if Cookies([read.pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")]) != read { return "written again there are other cookies" }
        for pair in read.pairs {
            let said = SetCookie(name: pair.name, value: pair.value, maxAge: 5).text
            if said.utf8.contains(where: { $0 < 32 || $0 == 127 }) || said.split(separator: ";").count != 6 { return "a cookie grows attributes" }
        }
        return nil
    }

    static let urlencoded = FuzzTarget("urlencoded") { bytes in
        let limits = FormLimits()
        guard let form = try? Form(urlencoded: bytes[...]) else { return nil }
        if form.fields.count > limits.parts || form.fields.contains(where: { $0.name.utf8.count > limits.nameBytes || $0.value.utf8.count > limits.fieldBytes }) { return "beyond its limits" }
        let out = form.fields.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }.joined(separator: "&")
        guard let again = try? Form(urlencoded: Array(out.utf8)[...]) else { return "written again it is refused" }
        return again == form ? nil : "written again it is another form"
    }

    /// `Content-Type LF body`.
    static let multipart = FuzzTarget("multipart") { bytes in
        let cut = bytes.firstIndex(of: 10) ?? bytes.endIndex
        let body = Array(bytes[min(cut + 1, bytes.count)...])
        var limits = FormLimits()
        (limits.parts, limits.nameBytes, limits.fieldBytes, limits.fileBytes) = (20, 50, 500, 1000)
        let type = "multipart/form-data;" + text(bytes[..<cut])
        guard let form = try? Form(body: body, contentType: type, limits: limits) else { return nil }
        if form.fields.count + form.files.count > limits.parts || form.fields.contains(where: { $0.name.utf8.count > 50 || $0.value.utf8.count > 500 })
            || form.files.contains(where: { $0.bytes.count > 1000 }) { return "beyond its limits" }
        let held = form.fields.reduce(0) { $0 + $1.value.utf8.count } + form.files.reduce(0) { $0 + $1.bytes.count }
        if held > body.count { return "more than was sent" }
        // Written again, where the names need no escape.
        func isPlain(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0 != "\"" && $0 != "\\" && $0.isASCII } }
        guard form.fields.allSatisfy({ isPlain($0.name) }), form.files.allSatisfy({ isPlain($0.name) && isPlain($0.fileName) }) else { return nil }
        var out: [UInt8] = []
        for field in form.fields { out += Array("--cut-here\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n".utf8) }
        for file in form.files {
            out += Array("--cut-here\r\nContent-Disposition: form-data; name=\"\(file.name)\"; filename=\"\(file.fileName)\"\r\n\r\n".utf8) + file.bytes + [13, 10]
        }
        out += Array("--cut-here--\r\n".utf8)
        let content = form.files.flatMap(\.bytes) + form.fields.flatMap { Array($0.value.utf8) }
        guard !content.contains(Array("cut-here".utf8)) else { return nil }
        guard let again = try? Form(multipart: out, boundary: "cut-here", limits: limits) else { return "written again it is refused" }
        let same = again.fields == form.fields && again.files.map(\.bytes) == form.files.map(\.bytes) && again.files.map(\.fileName) == form.files.map(\.fileName)
        return same ? nil : "written again it is another form"
    }

    static let percent = FuzzTarget("percent") { bytes in
        for plus in [false, true] {
            guard let plain = PercentCoding.decode(bytes[...], plusIsSpace: plus) else { continue }
            if plain.count > bytes.count { return "decoding made more of it" }
            guard let words = String(validating: plain, as: UTF8.self) else { continue }
            let coded = PercentCoding.encode(words)
            if !coded.utf8.allSatisfy({ Octet.isToken($0) || $0 == 37 }) { return "a byte that must be escaped" }
            if PercentCoding.decode(coded, plusIsSpace: plus) != words { return "encoded and decoded it is other text" }
        }
        return nil
    }

    private static let seal = StickySeal(secret: [UInt8](repeating: 9, count: 64))

    /// Nobody makes a token without the key; what we seal for any name we open.
    static let stickyToken = FuzzTarget("sticky-token") { bytes in
        guard let seal else { return "no seal" }
        if let reading = seal.open(bytes, now: 1_000_000) { return "a token was made up for \(text(reading.node))" }
        let name = text(bytes.prefix(200))
        guard !name.isEmpty else { return nil }
        let token = seal.sealer().seal(node: name, issued: 1000, renewed: 1100)
        guard let reading = seal.open(token, now: 1200) else { return token.count > 512 ? nil : "our own token is not opened" }
        if !reading.node.elementsEqual(name.utf8) || reading.issued != 1000 || reading.renewed != 1100 { return "another reading" }
        var broken = token
        broken[Int(bytes[0]) % broken.count] ^= 0x20
        if broken != token, let other = seal.open(broken, now: 1200), !other.node.elementsEqual(name.utf8) { return "a changed token says something else" }
        return nil
    }
}
