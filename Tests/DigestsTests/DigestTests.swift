// SHA-256, HMAC, AES-GCM and scrypt against the vectors their authors published.
import Testing

@testable import Digests

struct DigestTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    ])
    func `SHA-256 of the messages of FIPS 180-4`(message: String, digest: String) {
        #expect(Hex.encode(Digest.sha256(message)) == digest)
        var stream = SHA256Stream()
        for byte in message.utf8 { stream.update([byte]) }
        #expect(Hex.encode(stream.finish()) == digest)
    }

    @Test(arguments: [
        (String(repeating: "0b", count: 20), "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        ("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (String(repeating: "aa", count: 20), String(repeating: "dd", count: 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (
            String(repeating: "aa", count: 131), "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `HMAC-SHA-256 of RFC 4231 section 4`(key: String, data: String, mac: String) throws {
        #expect(Hex.encode(Digest.hmacSHA256(key: try #require(Hex.decode(key)), try #require(Hex.decode(data)))) == mac)
    }

    @Test func `comparing in constant time still compares`() {
        #expect(Digest.constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!Digest.constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!Digest.constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(Digest.constantTimeEqual([], []))
    }

    @Test func `AES-256-GCM gives test case 16 of the GCM specification`() throws {
        let key = try #require(Hex.decode("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"))
        let text = try #require(
            Hex.decode(
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"))
        let context = try #require(Hex.decode("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
        let nonce = try #require(Hex.decode("cafebabefacedbaddecaf888"))
        let sealed = AEAD(key: key).seal(text, context: context, nonce: nonce)
        #expect(
            Hex.encode(sealed) == "cafebabefacedbaddecaf888"
                + "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b")
        #expect(AEAD(key: key).open(sealed, context: context) == text)
    }

    @Test func `what is sealed opens only unchanged, by its key and for its context`() {
        let box = AEAD(key: RandomBytes.make(32)), text = Array("a node's name".utf8)
        let sealed = box.seal(text, context: [1])
        #expect(box.open(sealed, context: [1]) == text)
        #expect(box.open(sealed, context: [2]) == nil)
        #expect(AEAD(key: RandomBytes.make(32)).open(sealed, context: [1]) == nil)
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            #expect(box.open(changed, context: [1]) == nil)
        }
        for length in 0..<sealed.count { #expect(box.open(Array(sealed[..<length]), context: [1]) == nil) }
        #expect(box.open(box.seal([])) == [])
        #expect(box.seal(text) != box.seal(text))
    }

    @Test func `what a sealer seals opens, and it never uses a nonce twice`() {
        let key = RandomBytes.make(32), box = AEAD(key: key), sealer = AEADSealer(key: key)
        var nonces: Set<[UInt8]> = []
        for count in 0..<300 {
            let text = RandomBytes.make(count)
            var out: [UInt8] = [9]
            sealer.seal(text, context: [1, 2], into: &out)
            #expect(box.open(Array(out[1...]), context: [1, 2]) == text)
            #expect(box.open(Array(out[1...]), context: [1]) == nil)
            #expect(nonces.insert(Array(out[1..<13])).inserted)
        }
        var other: [UInt8] = []
        AEADSealer(key: key).seal([], context: [], into: &other)
        #expect(nonces.insert(Array(other[..<12])).inserted)
    }

    @Test func `scrypt gives the keys of RFC 7914 section 12`() {
        #expect(
            PasswordHash.derive("password", salt: Array("NaCl".utf8), cost: .init(logN: 10, r: 8, p: 16), length: 64).map(Hex.encode)
                == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")
        #expect(
            PasswordHash.derive("pleaseletmein", salt: Array("SodiumChloride".utf8), cost: .init(logN: 14), length: 64).map(Hex.encode)
                == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")
    }

    @Test func `a password verifies against its own hash at the shipped cost and no other`() {
        let stored = PasswordHash.make("correct horse")
        #expect(stored.hasPrefix("$scrypt$ln=17,r=8,p=1$"))
        #expect(PasswordHash.verify("correct horse", against: stored))
        #expect(!PasswordHash.verify("correct horsf", against: stored))
        #expect(!PasswordHash.wantsRenewal(stored))
        #expect(PasswordHash.wantsRenewal(PasswordHash.make("x", cost: .init(logN: 4))))
        #expect(PasswordHash.verify("", against: PasswordHash.make("", cost: .init(logN: 4))))
    }

    @Test(arguments: [
        "", "$", "$scrypt$ln=17,r=8,p=1$abc", "$scrypt$ln=40,r=8,p=1$YWJjZA$YWJjZGVmZ2hpamtsbW5vcA", "$scrypt$ln=4,r=8,p=1$!!$??",
        "$2b$12$abcdefghijklmnopqrstuv", "$scrypt$ln=+4,r=8,p=1$YWJjZA$YWJjZGVmZ2hpamtsbW5vcA", "$scrypt$ln=4,r=8,p=1$YWJjZA$",
    ])
    func `a text that is no hash verifies nothing`(stored: String) {
        #expect(!PasswordHash.verify("password", against: stored))
    }
}
