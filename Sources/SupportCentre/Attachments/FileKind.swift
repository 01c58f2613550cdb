// What a file is, told from its first bytes: what somebody calls it, or says of it, counts for nothing.

/// The raw value is the type it is sent as. Everything a browser could run (HTML, SVG, scripts) is plain text or plain bytes here.
package enum FileKind: String, Sendable, CaseIterable {
    case png = "image/png"
    case jpeg = "image/jpeg"
    case gif = "image/gif"
    case webp = "image/webp"
    case pdf = "application/pdf"
    /// Also what office programs write.
    case zip = "application/zip"
    case text = "text/plain; charset=utf-8"
    case other = "application/octet-stream"

    /// - Parameter start: the first bytes of the file; a few hundred are enough.
    package init(_ start: [UInt8]) {
        func begins(_ bytes: [UInt8], at place: Int = 0) -> Bool { start.dropFirst(place).starts(with: bytes) }
        if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if begins([0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if begins(Array("GIF87a".utf8)) || begins(Array("GIF89a".utf8)) {
            self = .gif
        } else if begins(Array("RIFF".utf8)), begins(Array("WEBP".utf8), at: 8) {
            self = .webp
        } else if begins(Array("%PDF-".utf8)) {
            self = .pdf
        } else if begins([0x50, 0x4B, 0x03, 0x04]) || begins([0x50, 0x4B, 0x05, 0x06]) {
            self = .zip
        } else if !start.isEmpty, Self.isText(start) {
            self = .text
        } else {
            self = .other
        }
    }

    /// Whether a browser may show it within a page: pixels only.
    package var isShownInline: Bool {
        switch self {
        case .png, .jpeg, .gif, .webp: true
        case .pdf, .zip, .text, .other: false
        }
    }

    /// UTF-8 without control characters but those of lines; a sequence that the end of `start` cuts is let be.
    private static func isText(_ start: [UInt8]) -> Bool {
        guard !start.contains(where: { $0 < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D].contains($0) || $0 == 0x7F }) else { return false }
        for cut in 0...min(3, start.count) {
            if String(validating: start.dropLast(cut), as: UTF8.self) != nil { return true }
        }
        return false
    }
}

package enum FileName {
    /// The name a file is kept under: without a path, control characters and what would hide its end; at most 150 characters.
    package static func clean(_ given: String) -> String {
        let last = given.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let kept = last.unicodeScalars.filter { scalar in
            // Controls, and the marks that turn the direction of text ("exe.pdf" shown for "fdp.exe").
            scalar.value >= 0x20 && scalar.value != 0x7F && !(0x80...0x9F).contains(scalar.value) && ![0x200E, 0x200F, 0x061C].contains(scalar.value)
                && !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
        }
        var name = String(String.UnicodeScalarView(kept))
        while name.first == " " || name.first == "." { name.removeFirst() }
        while name.last == " " || name.last == "." { name.removeLast() }
        if name.isEmpty { return "file" }
        if name.count <= 150 { return name }
        // The ending is kept: people tell files by it.
        let ending = name.lastIndex(of: ".").map { String(name[$0...].prefix(12)) } ?? ""
        return name.prefix(150 - ending.count) + ending
    }

    /// `Content-Disposition` of a download (RFC 6266): a plain name for old clients, the whole one in UTF-8 (RFC 8187).
    package static func disposition(_ name: String, inline: Bool) -> String {
        let plain = String(name.map { $0.isASCII && $0 != "\"" && $0 != "\\" && $0 != "%" && !$0.isNewline ? $0 : "_" })
        let coded = name.utf8.map { byte -> String in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
        return "\(inline ? "inline" : "attachment"); filename=\"\(plain)\"; filename*=UTF-8''\(coded)"
    }
}
