// Codes of authenticator apps against the vectors of their RFCs, and what is taken when.
import Digests
import Testing

struct TimeCodeTests {
    private let secret = Array("12345678901234567890".utf8)

    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"), (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ] as [(Int64, String)])
    func `the codes of RFC 6238 appendix B`(_ seconds: Int64, _ code: String) {
        #expect(TimeCode.code(secret: secret, step: TimeCode.step(ofMilliseconds: seconds * 1000), digits: 8) == code)
    }

    @Test func `the codes of RFC 4226 appendix D`() {
        let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
        for (step, code) in codes.enumerated() { #expect(TimeCode.code(secret: secret, step: Int64(step)) == code) }
    }

    @Test func `a code is good for its own half minute and the one before and after, once`() {
        for offset: Int64 in -3...3 {
            let code = TimeCode.code(secret: secret, step: 1000 + offset)
            #expect(TimeCode.accept(code, secret: secret, now: 1000, last: 0) == (abs(offset) <= 1 ? 1000 + offset : nil))
        }
        let code = TimeCode.code(secret: secret, step: 1000)
        #expect(TimeCode.accept(code, secret: secret, now: 1000, last: 1000) == nil)
        #expect(TimeCode.accept(TimeCode.code(secret: secret, step: 999), secret: secret, now: 1000, last: 1000) == nil)
        for wrong in ["", "12345", "1234567", code + " ", "½23456"] { #expect(TimeCode.accept(wrong, secret: secret, now: 1000, last: 0) == nil) }
    }

    @Test(arguments: [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")])
    func `base32 of RFC 4648 section 10, without padding`(_ text: String, _ coded: String) {
        #expect(Base32.encode(Array(text.utf8)) == coded)
        #expect(Base32.decode(coded) == Array(text.utf8))
        #expect(Base32.decode(coded.lowercased()) == Array(text.utf8))
    }

    @Test func `what is not base32 is nothing`() {
        for text in ["M", "MZX", "M1", "MY======", "mz xq", "MZ"] { #expect(Base32.decode(text) == nil, "\(text)") }
    }
}
