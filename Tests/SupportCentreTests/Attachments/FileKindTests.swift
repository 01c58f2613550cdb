// What a file is by its bytes, and what it may be called.
import Testing
@testable import SupportCentre

struct FileKindTests {
    @Test(arguments: [
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], FileKind.png), ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg), (Array("GIF89a...".utf8), .gif),
        (Array("RIFF".utf8) + [1, 2, 3, 4] + Array("WEBPVP8 ".utf8), .webp), (Array("RIFF....WAVE".utf8), .text), (Array("%PDF-1.7".utf8), .pdf), ([0x50, 0x4B, 3, 4, 20], .zip),
        (Array("<script>alert(1)</script>".utf8), .text), (Array("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x\"/>".utf8), .text), (Array("<!DOCTYPE html>".utf8), .text),
        (Array("grüße".utf8), .text), (Array("grü".utf8).dropLast() + [], .text), ([0x4D, 0x5A, 0x90, 0], .other), ([0x7F, 0x45, 0x4C, 0x46], .other), ([], .other), ([0xFF, 0xFE, 0x41, 0], .other), ([0xC0, 0xAF, 0x41, 0x41, 0x41], .other),
    ] as [([UInt8], FileKind)])
    func `the first bytes say what it is`(bytes: [UInt8], kind: FileKind) { #expect(FileKind(bytes) == kind) }

    @Test func `only pixels are shown inside a page`() {
        #expect(FileKind.allCases.filter(\.isShownInline) == [.png, .jpeg, .gif, .webp])
        #expect(FileKind.allCases.allSatisfy { !$0.rawValue.contains("html") && !$0.rawValue.contains("svg") && !$0.rawValue.contains("script") })
    }

    @Test(arguments: [
        ("report.pdf", "report.pdf"), ("../../etc/passwd", "passwd"), ("C:\\Users\\x\\scan.png", "scan.png"), ("..", "file"), ("", "file"), (" . ", "file"), (".htaccess", "htaccess"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"), ("invoice\u{202E}fdp.exe", "invoicefdp.exe"), ("plan\u{0}.txt", "plan.txt"), (String(repeating: "x", count: 300) + ".csv", String(repeating: "x", count: 146) + ".csv"),
    ])
    func `a name is kept without path, controls and tricks`(given: String, kept: String) { #expect(FileName.clean(given) == kept) }

    @Test func `a name travels whole in UTF-8 and cannot leave its field`() {
        #expect(FileName.disposition("a b.txt", inline: false) == "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt")
        #expect(FileName.disposition("gr\u{FC}\u{DF}e\".png", inline: true) == "inline; filename=\"gr__e_.png\"; filename*=UTF-8''gr%C3%BC%C3%9Fe%22.png")
        #expect(!FileName.disposition("x\r\ny", inline: false).contains("\n"))
    }
}
