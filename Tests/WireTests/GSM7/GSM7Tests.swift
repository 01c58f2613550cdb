// The alphabet and the arithmetic of text messages, against the vectors of TS 23.038 and TS 23.040.
import Testing
@testable import Wire

struct GSM7Tests {
    @Test func `the basic table has 128 places and no character twice`() {
        #expect(GSM7.basic.count == 128)
        #expect(Set(GSM7.basic).count == 128)
        #expect(GSM7.basic[0x00] == "@")
        #expect(GSM7.basic[0x10] == "\u{394}")  // Greek Delta, not the increment sign
        #expect(GSM7.basic[0x11] == "_")
        #expect(GSM7.basic[0x24] == "¤")
        #expect(GSM7.basic[0x60] == "¿")
        #expect(GSM7.basic[0x7F] == "à")
    }

    @Test func `extension characters are escape pairs`() {
        #expect(GSM7.encode("[€]") == [0x1B, 0x3C, 0x1B, 0x65, 0x1B, 0x3E])
        #expect(GSM7.encode("a_b") == [0x61, 0x11, 0x62])
        #expect(GSM7.encode("`") == nil)
        #expect(GSM7.encode("ç") == nil)  // only the capital is in the alphabet
    }

    @Test func `every character of the alphabet comes back from its septets`() {
        for scalar in GSM7.basic where scalar != "\u{1B}" {
            #expect(GSM7.decode(GSM7.encode(String(scalar)) ?? []) == String(scalar))
        }
        for (scalar, _) in GSM7.extended { #expect(GSM7.decode(GSM7.encode(String(scalar)) ?? []) == String(scalar)) }
    }

    @Test(arguments: [
        ("", TextLength.Alphabet.gsm7, 0, 1),
        (String(repeating: "a", count: 160), .gsm7, 160, 1),
        (String(repeating: "a", count: 161), .gsm7, 161, 2),
        (String(repeating: "a", count: 306), .gsm7, 306, 2),
        (String(repeating: "a", count: 307), .gsm7, 307, 3),
        (String(repeating: "[", count: 80), .gsm7, 160, 1),
        (String(repeating: "[", count: 81), .gsm7, 162, 2),
        ("a\u{A0}b", .ucs2, 3, 1),
        (String(repeating: "–", count: 70), .ucs2, 70, 1),
        (String(repeating: "–", count: 71), .ucs2, 71, 2),
        ("😀", .ucs2, 2, 1),
        (String(repeating: "😀", count: 35), .ucs2, 70, 1),
        (String(repeating: "😀", count: 36), .ucs2, 72, 2),
    ])
    func `units and parts are counted exactly`(text: String, alphabet: TextLength.Alphabet, units: Int, parts: Int) {
        let length = TextLength(text)
        #expect(length.alphabet == alphabet)
        #expect(length.units == units)
        #expect(length.parts == parts)
    }

    @Test func `an escape pair is never split between parts`() {
        // 152 + a pair: the pair does not fit into the last septet of the first part, so 153 x 2 is not reached by sum alone.
        let text = String(repeating: "a", count: 152) + "[" + String(repeating: "b", count: 152)
        #expect(TextLength(text).units == 306)
        #expect(TextLength(text).parts == 3)
    }

    @Test func `plain text keeps what the alphabet has and finds the nearest for the rest`() {
        #expect(GSM7.plain("[web_1] {a} ~ | \\ ^ €") == "[web_1] {a} ~ | \\ ^ €")
        #expect(GSM7.plain("“smart” ‘quotes’ – and…\u{A0}NBSP") == "\"smart\" 'quotes' - and... NBSP")
        #expect(GSM7.plain("Zoë Łódź ça\u{301}") == "Zoe Lodz ca")
        #expect(GSM7.plain("日本 😀") == "?? ?")
    }
}

struct TextFitterTests {
    let link = "https://localhost:8443/i/AbCdEfGh01234567"

    @Test func `a page reads code, node, link, detail`() {
        let page = TextFitter.page(code: "#12", node: "web-2 DOWN", link: link, detail: "connection refused")
        #expect(page == "#12 web-2 DOWN \(link) connection refused")
    }

    @Test func `a page is one part of GSM-7 whatever comes in`() {
        var seed: UInt64 = 0x5EED
        func next(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        let letters = Array("abc[]{}€_ –“😀\u{A0}ßñ\n^~|\\é日")
        for _ in 0..<2000 {
            let node = String((0..<next(200)).map { _ in letters[next(letters.count)] })
            let detail = String((0..<next(300)).map { _ in letters[next(letters.count)] })
            let host = String(repeating: "h", count: next(180))
            let link = next(3) == 0 ? nil : "https://\(host)/i/AbCdEfGh01234567"
            let page = TextFitter.page(code: "#\(next(100_000))", node: node, link: link, detail: detail)
            let length = TextLength(page)
            #expect(length.alphabet == .gsm7)
            #expect(length.parts == 1)
            #expect(length.units <= 160)
            #expect(!page.contains("\n"))
            if let link, page.contains("https://") { #expect(page.contains(link)) }
        }
    }

    @Test func `a long node name gives way to the link, and the cut is marked`() {
        let page = TextFitter.page(code: "#7", node: String(repeating: "n", count: 300), link: link, detail: "x")
        #expect(page.hasPrefix("#7 nnn"))
        #expect(page.contains(".. \(link)"))
        #expect(TextLength(page).units <= 160)
    }

    @Test func `a link that cannot be whole is left out`() {
        let long = "https://" + String(repeating: "h", count: 160) + "/i/AbCdEfGh01234567"
        let page = TextFitter.page(code: "#7", node: "web-2 DOWN", link: long, detail: "no answer")
        #expect(page == "#7 web-2 DOWN no answer")
    }

    @Test func `an escape pair at the edge is dropped whole`() {
        let page = TextFitter.page(code: "#7", node: "n", link: nil, detail: String(repeating: "[", count: 200))
        #expect(TextLength(page).units <= 160)
        #expect(GSM7.decode(GSM7.encode(page) ?? []) == page)
    }
}
