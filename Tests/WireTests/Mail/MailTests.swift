// Mails as bytes: RFC 5322 lines, RFC 2045 bodies, RFC 2047 headers, and no way to smuggle a header in.
import Testing
@testable import Wire

struct MailAddressTests {
    @Test(arguments: ["a@localhost", "first.last+tag@example.co.uk", "o'brien@example.com", "x@1.2.3.example"])
    func `ordinary addresses are taken`(text: String) { #expect(MailAddress(text)?.text == text) }

    @Test(arguments: [
        "", "@", "a@", "@b", "a b@c", "a@b\r\nBcc: c@d", "a@b>", "<a@b>", "a..b@c", ".a@b", "a.@b", "a@-b", "a@b-", "a@b..c",
        "\"quoted\"@b", "ä@b", "a@ä", "a@b,c@d", String(repeating: "a", count: 65) + "@b",
    ])
    func `what could end a line or add a recipient is none`(text: String) { #expect(MailAddress(text) == nil) }
}

struct MailMessageTests {
    func message(subject: String = "Incident #12: web-2 is down", body: String = "Hello\n") throws -> MailMessage {
        MailMessage(
            from: try #require(MailAddress("support@example.com")), fromName: "Fitech", to: try #require(MailAddress("ana@example.com")),
            subject: subject, body: body, date: Timestamp(milliseconds: 1_795_359_845_000), key: "incident-12-1")
    }

    func text(_ message: MailMessage) -> String { String(decoding: message.bytes, as: UTF8.self) }

    @Test func `a plain mail is readable as it stands`() throws {
        #expect(text(try message()) == """
            Date: Sun, 22 Nov 2026 15:04:05 +0000\r
            From: Fitech <support@example.com>\r
            To: ana@example.com\r
            Subject: Incident #12: web-2 is down\r
            Message-ID: <incident-12-1@example.com>\r
            Auto-Submitted: auto-generated\r
            X-Auto-Response-Suppress: All\r
            MIME-Version: 1.0\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Transfer-Encoding: 7bit\r
            \r
            Hello\r

            """)
    }

    @Test(arguments: [
        "Hi\r\nBcc: victim@example.com", "Hi\nX: y", "Hi\r\rX: y", "Hi\u{2028}X: y", "=?utf-8?B?Zm9v?=", "\u{0}\u{7F}\u{85}",
    ])
    func `nothing in a subject becomes a header`(subject: String) throws {
        let head = text(try message(subject: subject)).components("\r\n\r\n")[0]
        let names = head.components("\r\n").filter { !$0.hasPrefix(" ") }.map { $0.components(":")[0] }
        #expect(names == [
            "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
            "Content-Type", "Content-Transfer-Encoding",
        ])
        #expect(!head.contains("\nBcc"))
    }

    @Test func `a long subject in any language is folded into words of at most 75 characters`() throws {
        let subject = String(repeating: "Größenänderung 日本語 😀 ", count: 12)
        let lines = text(try message(subject: subject)).components("\r\n\r\n")[0].components("\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 78 && $0.utf8.allSatisfy { $0 < 0x7F } })
        #expect(lines.filter { $0.hasPrefix(" =?utf-8?B?") }.count > 5)
    }

    @Test(arguments: [
        ("caf\u{E9} = 100 %", "caf=C3=A9 =3D 100 %\r\n"),
        ("ends with space \nnext", "ends with space=20\r\nnext\r\n"),
        ("From here\n.dot", "=46rom here\r\n=2Edot\r\n"),
        ("tab\tinside\u{E9}", "tab\tinside=C3=A9\r\n"),
    ])
    func `bodies that mail systems would alter are quoted (RFC 2045 6.7)`(body: String, coded: String) throws {
        #expect(text(try message(body: body)).components("\r\n\r\n")[1] == coded)
    }

    @Test func `no line of a body is longer than 76, whatever comes in, and it decodes to what it was`() throws {
        for count in 70...80 {
            for letter in ["a", "é", " ", "="] {
                let body = String(repeating: letter, count: count) + "\nlast"
                let coded = MailBody.quotedPrintable(body)
                let lines = String(decoding: coded, as: UTF8.self).components("\r\n")
                #expect(lines.allSatisfy { $0.utf8.count <= 76 })
                #expect(decode(coded) == Array((body + "\n").utf8))
            }
        }
    }

    /// The reader's side of quoted-printable.
    func decode(_ coded: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [], index = 0
        while index < coded.count {
            if coded[index] == 0x3D {
                if coded[index + 1] == 0x0D { index += 3; continue }
                out.append(UInt8(String(decoding: coded[(index + 1)...(index + 2)], as: UTF8.self), radix: 16) ?? 0)
                index += 3
            } else {
                if coded[index] != 0x0D { out.append(coded[index]) }
                index += 1
            }
        }
        return out
    }

    @Test func `the same key makes the same Message-ID, and nothing in it closes the bracket`() throws {
        var message = try message()
        message.key = "a b>\r\nX: y"
        #expect(message.messageID == "<a-b---X--y@example.com>")
        message.key = ""
        #expect(message.messageID == "<m-@example.com>")
    }
}

extension String {
    /// Parts between a separator, by bytes ("\r\n" is one Character).
    fileprivate func components(_ separator: String) -> [String] {
        var parts: [String] = [], piece: [UInt8] = []
        let bytes = Array(utf8), mark = Array(separator.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: mark) {
                parts.append(String(decoding: piece, as: UTF8.self))
                piece = []
                index += mark.count
            } else {
                piece.append(bytes[index])
                index += 1
            }
        }
        return parts + [String(decoding: piece, as: UTF8.self)]
    }
}
