// Cookies as RFC 6265 has them: reading the Cookie field strictly, writing Set-Cookie from named parts.

/// The cookies of one request.
package struct Cookies: Sendable, Equatable {
    package struct Pair: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    package private(set) var pairs: [Pair] = []

    /// Reads one or more Cookie fields. A pair that is not well-formed (no `=`, a name that is no token, a value with
    /// control characters, spaces, quotes inside, commas or backslashes) is left out: a neighbour application's odd cookie
    /// must not lock a person out, and nothing malformed is handed on.
    package init(_ fields: [String]) {
        for field in fields {
            for part in field.utf8.split(separator: UInt8(ascii: ";")) {
                let trimmed = Self.trimmed(part)
                guard let equals = trimmed.firstIndex(of: UInt8(ascii: "=")) else { continue }
                let name = trimmed[..<equals]
                var value = trimmed[trimmed.index(after: equals)...]
                if value.count >= 2, value.first == UInt8(ascii: "\""), value.last == UInt8(ascii: "\"") { value = value.dropFirst().dropLast() }
                guard !name.isEmpty, name.allSatisfy(Self.isToken), value.allSatisfy(Self.isCookieOctet) else { continue }
                pairs.append(Pair(name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)))
            }
        }
    }

    package init(_ field: String?) { self.init(field.map { [$0] } ?? []) }

    /// The value of the first cookie of that name.
    package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// Every value sent under that name; two different ones mean that somebody planted a cookie.
    package func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    private static func trimmed(_ part: Substring.UTF8View) -> Substring.UTF8View {
        var part = part
        while let first = part.first, first == 0x20 || first == 0x09 { part = part.dropFirst() }
        while let last = part.last, last == 0x20 || last == 0x09 { part = part.dropLast() }
        return part
    }

    /// RFC 9110 5.6.2
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"): true
        default: false
        }
    }

    /// RFC 6265 4.1.1 cookie-octet
    static func isCookieOctet(_ byte: UInt8) -> Bool {
        byte == 0x21 || (0x23...0x2B).contains(byte) || (0x2D...0x3A).contains(byte) || (0x3C...0x5B).contains(byte)
            || (0x5D...0x7E).contains(byte)
    }
}

/// One Set-Cookie field, safe by default: Secure, HttpOnly, SameSite=Lax, Path=/.
package struct SetCookie: Sendable, Equatable {
    package enum SameSite: String, Sendable { case lax = "Lax", strict = "Strict", none = "None" }

    package var name: String
    package var value: String
    package var path = "/"
    /// Seconds to live; nil lasts as long as the browser runs, 0 removes the cookie.
    package var maxAge: Int?
    package var secure = true
    package var httpOnly = true
    package var sameSite = SameSite.lax

    package init(name: String, value: String, maxAge: Int? = nil, secure: Bool = true, httpOnly: Bool = true, sameSite: SameSite = .lax) {
        precondition(!name.isEmpty && name.utf8.allSatisfy(Cookies.isToken), "a cookie's name is a token")
        precondition(value.utf8.allSatisfy(Cookies.isCookieOctet), "a cookie's value holds cookie octets only; encode it first")
        self.name = name
        self.value = value
        self.maxAge = maxAge
        self.secure = secure
        self.httpOnly = httpOnly
        self.sameSite = sameSite
    }

    /// What makes the browser forget the cookie of that name.
    package static func removing(_ name: String) -> SetCookie { SetCookie(name: name, value: "", maxAge: 0) }

    /// The value of the Set-Cookie field.
    package var text: String {
        var text = "\(name)=\(value); Path=\(path)"
        if let maxAge { text += "; Max-Age=\(maxAge)" }
        if secure { text += "; Secure" }
        if httpOnly { text += "; HttpOnly" }
        return text + "; SameSite=\(sameSite.rawValue)"
    }
}
