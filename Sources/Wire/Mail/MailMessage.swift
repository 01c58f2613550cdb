// A plain-text mail as bytes (RFC 5322, MIME by RFC 2045 and 2047), made so that no value can become a header.
import Digests

package struct MailMessage: Equatable, Sendable {
    /// What a machine reading the mail should make of it (RFC 3834 section 5).
    package enum Automatic: String, Sendable {
        /// Made without a person asking for it at that moment: incident mails, resets, invitations.
        case generated = "auto-generated"
        /// A person wrote it.
        case no
    }

    package var from: MailAddress
    /// The name shown beside the sender, empty for none.
    package var fromName: String
    package var to: MailAddress
    package var subject: String
    /// Lines of any length, ended by LF or CRLF.
    package var body: String
    package var date: Timestamp
    /// What makes it the same mail when it is sent twice; becomes the left side of the Message-ID.
    package var key: String
    package var automatic: Automatic

    package init(
        from: MailAddress, fromName: String = "", to: MailAddress, subject: String, body: String, date: Timestamp, key: String,
        automatic: Automatic = .generated
    ) {
        self.from = from
        self.fromName = fromName
        self.to = to
        self.subject = subject
        self.body = body
        self.date = date
        self.key = key
        self.automatic = automatic
    }

    /// `<key@domain>`, the key reduced to what a Message-ID may hold.
    package var messageID: String {
        let safe = key.unicodeScalars.map { scalar -> Character in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-" || scalar == "_" || scalar == ".")
                ? Character(scalar) : "-"
        }
        let left = safe.isEmpty || key.hasPrefix(".") || key.hasSuffix(".") || key.contains("..") ? "m-" + Hex.encode(Array(key.utf8)) : String(safe)
        return "<\(left)@\(from.domain)>"
    }

    /// The whole message, every line ended by CRLF and at most 78 characters long.
    package var bytes: [UInt8] {
        var lines = ""
        lines += "Date: \(Self.date(date))\r\n"
        lines += fromName.isEmpty ? "From: \(from.text)\r\n" : MailHeader.sender("From: " + MailHeader.phrase(fromName), address: "<\(from.text)>")
        lines += "To: \(to.text)\r\n"
        lines += "Subject: \(MailHeader.text(subject, used: 9))\r\n"
        lines += "Message-ID: \(messageID)\r\n"
        if automatic != .no {
            lines += "Auto-Submitted: \(automatic.rawValue)\r\nX-Auto-Response-Suppress: All\r\n"
        }
        lines += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        if let plain = MailBody.plain(body) {
            return Array((lines + "Content-Transfer-Encoding: 7bit\r\n\r\n").utf8) + plain
        }
        return Array((lines + "Content-Transfer-Encoding: quoted-printable\r\n\r\n").utf8) + MailBody.quotedPrintable(body)
    }

    /// `Sun, 22 Nov 2026 15:04:05 +0000` (RFC 5322 3.3).
    package static func date(_ time: Timestamp) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let date = time.date, since = date.daysSince1970
        let second = Int(time.seconds - Int64(since) * 86_400)
        let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(days[(since % 7 + 7) % 7]), \(date.day) \(months[date.month - 1]) \(padded(date.year, 4)) \(clock) +0000"
    }
}

/// Header values.
enum MailHeader {
    /// An unstructured value such as a subject: as it is when it is plain and short, else encoded words (RFC 2047)
    /// folded onto lines of their own. Controls, line ends among them, become spaces first.
    ///
    /// - Parameter used: characters of the line already taken by the name.
    static func text(_ value: String, used: Int) -> String {
        let line = oneLine(value)
        // A value that looks like an encoded word must not be decoded by the reader as one.
        if line.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), !line.contains("=?"), line.utf8.count + used <= 78 { return line }
        return encodedWords(line, used: used)
    }

    /// A display name.
    static func phrase(_ value: String) -> String {
        let line = oneLine(value)
        let isPlain = line.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x20 || $0 == 0x2D
        }
        return isPlain && line.utf8.count < 60 ? line : encodedWords(line, used: 6)
    }

    /// A named sender's field; the address goes onto a line of its own when the one before has no room for it.
    static func sender(_ start: String, address: String) -> String {
        let last = start.utf8.reversed().prefix { $0 != 10 }.count
        return start + (last + 1 + address.utf8.count <= 78 ? " " : "\r\n ") + address + "\r\n"
    }

    /// Each word holds whole characters, at most 75 characters with its frame (RFC 2047 section 2).
    private static func encodedWords(_ line: String, used: Int) -> String {
        var words: [String] = [], piece: [UInt8] = []
        // 45 bytes make 60 characters of base64; `=?utf-8?B?` and `?=` make 72. The first line holds the name too.
        let first = min(45, (78 - used - 12) / 4 * 3)
        for scalar in line.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if piece.count + bytes.count > (words.isEmpty ? first : 45) {
                words.append("=?utf-8?B?\(Base64.encode(piece))?=")
                piece = []
            }
            piece += bytes
        }
        if !piece.isEmpty || words.isEmpty { words.append("=?utf-8?B?\(Base64.encode(piece))?=") }
        return words.count == 1 ? words[0] : words.joined(separator: "\r\n ")
    }

    private static func oneLine(_ value: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            let isBreak = scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
            out.append(isBreak ? " " : scalar)
        }
        return String(out)
    }
}

/// Bodies.
enum MailBody {
    /// The body as it is, with CRLF, when it needs no encoding: printable ASCII, short lines, nothing mail systems alter.
    static func plain(_ body: String) -> [UInt8]? {
        var out: [UInt8] = []
        for line in lines(body) {
            guard line.count <= 78, line.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), line.last != 0x20,
                !line.starts(with: Array("From ".utf8)), line.first != UInt8(ascii: ".")
            else { return nil }
            out += line
            out += [0x0D, 0x0A]
        }
        return out
    }

    /// RFC 2045 6.7: lines of at most 76, soft breaks between, spaces at ends of lines and everything unusual as `=XX`.
    static func quotedPrintable(_ body: String) -> [UInt8] {
        var out: [UInt8] = []
        for line in lines(body) {
            var width = 0
            for (index, byte) in line.enumerated() {
                let isLast = index == line.count - 1
                let isSafe = byte >= 0x21 && byte < 0x7F && byte != 0x3D || (byte == 0x20 || byte == 0x09) && !isLast
                // `From ` and `.` at the beginning are altered by mailboxes and relays.
                let isAltered = index == 0 && (byte == UInt8(ascii: ".") || byte == UInt8(ascii: "F"))
                let coded: [UInt8] = isSafe && !isAltered ? [byte] : Array(("=" + Hex.encode([byte]).uppercased()).utf8)
                if width + coded.count > (isLast ? 76 : 75) {
                    out += [0x3D, 0x0D, 0x0A]
                    width = 0
                }
                out += coded
                width += coded.count
            }
            out += [0x0D, 0x0A]
        }
        return out
    }

    /// The lines without their ends; a line end at the end of the body makes no empty line more.
    private static func lines(_ body: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(body.utf8).filter { $0 != 0 }
        var lines: [ArraySlice<UInt8>] = [], start = 0, index = 0
        while index < bytes.count {
            if bytes[index] == 0x0A || bytes[index] == 0x0D {
                lines.append(bytes[start..<index])
                if bytes[index] == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { index += 1 }
                start = index + 1
            }
            index += 1
        }
        if start < bytes.count { lines.append(bytes[start...]) }
        return lines
    }
}
