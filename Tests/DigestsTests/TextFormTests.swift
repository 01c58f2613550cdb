// Base64, hexadecimal, tokens and identifiers.
import Testing

@testable import Digests

struct TextFormTests {
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")])
    func `base64 of RFC 4648 section 10`(plain: String, coded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == coded)
        #expect(Base64.decode(coded) == Array(plain.utf8))
        let bare = String(coded.prefix { $0 != "=" })
        #expect(Base64URL.encode(Array(plain.utf8)) == bare)
        #expect(Base64URL.decode(bare) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg=", "Zh==", "Zm9=", "Zm9v!", "Zm 9v", "====", "Zg==Zg=="])
    func `base64 that no encoder writes is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `the two alphabets differ in their last two letters`() {
        #expect(Base64.encode([0xfb, 0xff]) == "+/8=")
        #expect(Base64URL.encode([0xfb, 0xff]) == "-_8")
        #expect(Base64URL.decode("+/8") == nil)
        #expect(Base64URL.decode("-_8=") == nil)
        let every = (0...255).map { UInt8($0) }
        #expect(Base64URL.decode(Base64URL.encode(every)) == every)
    }

    @Test func `hexadecimal reads both cases and refuses the rest`() {
        #expect(Hex.encode([0, 15, 255]) == "000fff")
        #expect(Hex.decode("000FfF") == [0, 15, 255])
        #expect(Hex.decode("abc") == nil)
        #expect(Hex.decode("0g") == nil)
        #expect(Hex.decode("") == [])
    }

    @Test func `tokens and identifiers are well formed and never the same`() {
        #expect(RandomBytes.token().utf8.count == 43)
        #expect(RandomBytes.make(0) == [])
        var seen: Set<String> = []
        for _ in 0..<1000 {
            let id = Identifier.make()
            #expect(Identifier.isWellFormed(id))
            #expect(seen.insert(id).inserted)
        }
        #expect(!Identifier.isWellFormed("ABCDEFGHIJKLMNOP"))
        #expect(!Identifier.isWellFormed("short"))
    }
}
