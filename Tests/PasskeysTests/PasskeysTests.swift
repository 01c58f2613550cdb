// Passkeys of a software authenticator: what is right is taken, and each thing that can be wrong is refused by its own name.
import Digests
import TestSupport
import Testing
import Wire
@testable import Passkeys

struct PasskeysTests {
    private let challenge = Array("a question of the portal's own".utf8)
    private let site = "portal.example", origin = "https://portal.example"

    private func refusal(_ body: () throws -> Void) -> PasskeyRefusal? {
        do {
            try body()
            return nil
        } catch { return error as? PasskeyRefusal }
    }

    @Test func `a question is good for one use, one person and five minutes, and only with our key`() throws {
        let (key, now) = (RandomBytes.make(32), Timestamp(milliseconds: 1_795_000_000_000))
        let end = now.adding(.seconds(300))
        let one = PasskeyChallenge.make(for: .confirm, whom: "clinic/ann", until: end, key: key)
        #expect(try PasskeyChallenge.check(one, for: .confirm, whom: "clinic/ann", now: now, key: key) == end)
        #expect(one.count == PasskeyChallenge.bytes && PasskeyChallenge.make(for: .confirm, whom: "clinic/ann", until: end, key: key) != one)
        #expect(refusal { _ = try PasskeyChallenge.check(one, for: .confirm, whom: "clinic/ann", now: end, key: key) } == .challengeEnded)
        #expect(refusal { _ = try PasskeyChallenge.check(one, for: .add, whom: "clinic/ann", now: now, key: key) } == .wrongChallenge)
        #expect(refusal { _ = try PasskeyChallenge.check(one, for: .confirm, whom: "clinic/otto", now: now, key: key) } == .wrongChallenge)
        #expect(refusal { _ = try PasskeyChallenge.check(one, for: .confirm, whom: "clinic/ann", now: now, key: RandomBytes.make(32)) } == .wrongChallenge)
        // Longer life written into it, or anything else.
        for place in one.indices {
            var forged = one
            forged[place] ^= 1
            #expect(refusal { _ = try PasskeyChallenge.check(forged, for: .confirm, whom: "clinic/ann", now: now, key: key) } == .wrongChallenge)
        }
        for bad in [[], Array(one.dropLast()), one + [0]] { #expect(refusal { _ = try PasskeyChallenge.check(bad, for: .confirm, whom: "clinic/ann", now: now, key: key) } == .wrongChallenge) }
    }

    @Test func `every refusal says what is wrong and what to do`() {
        for refusal in PasskeyRefusal.allCases {
            let failure = refusal.failure
            #expect(failure.reason.hasSuffix(".") && failure.hint.hasSuffix(".") && failure.code == "passkey-" + refusal.rawValue && failure.whose == .client)
        }
    }

    @Test(arguments: [
        ("", PasskeyRefusal.unreadable), ("null", .unreadable), ("[]", .unreadable), ("{}", .unreadable), (#"{"type":"webauthn.get"}"#, .unreadable),
        (#"{"type":"webauthn.get","type":"webauthn.create","challenge":"YQ","origin":"https://portal.example"}"#, .unreadable),
        (#"{"type":"webauthn.get","challenge":"Y Q","origin":"https://portal.example"}"#, .unreadable),
        (#"{"type":"webauthn.get","challenge":1,"origin":"https://portal.example"}"#, .unreadable),
        (#"{"type":"webauthn.get","challenge":"YQ","origin":"https://portal.example","crossOrigin":"no"}"#, .unreadable),
        (#"{"type":"webauthn.create","challenge":"YQ","origin":"https://portal.example"}"#, .wrongAct),
        (#"{"type":"webauthn.get ","challenge":"YQ","origin":"https://portal.example"}"#, .wrongAct),
        (#"{"type":"webauthn.get","challenge":"YQ","origin":"https://portal.example.evil.example"}"#, .wrongOrigin),
        (#"{"type":"webauthn.get","challenge":"YQ","origin":"http://portal.example"}"#, .wrongOrigin),
        (#"{"type":"webauthn.get","challenge":"YQ","origin":"https://portal.example:8443"}"#, .wrongOrigin),
        (#"{"type":"webauthn.get","challenge":"YQ","origin":"https://portal.example","crossOrigin":true}"#, .foreignFrame),
        (#"{"type":"webauthn.get","challenge":"YQ","origin":"https://portal.example","crossOrigin":false,"topOrigin":"https://evil.example"}"#, .foreignFrame),
        (String(repeating: " ", count: PasskeyLimits.clientData) + "{}", .tooLarge), (String(repeating: "[", count: 4000), .unreadable),
    ]) func `client data are read strictly`(_ text: String, _ expected: PasskeyRefusal) {
        #expect(refusal { _ = try ClientData(Array(text.utf8), .get, origin: origin) } == expected)
    }

    @Test func `what browsers add to client data beyond that is left alone`() throws {
        let text = #"{"type":"webauthn.get","challenge":"YQ","origin":"https://portal.example","other_keys_can_be_added_here":"do not compare","extra":{"deep":[1]}}"#
        #expect(try ClientData(Array(text.utf8), .get, origin: origin).challenge == [0x61])
    }

#if PASSKEYS
    private func make(_ key: SoftAuthenticator, _ change: (inout [UInt8]) -> Void = { _ in }) throws -> (key: PasskeyKey, counter: UInt32) {
        let (client, made) = key.make(challenge)
        var data = made
        change(&data)
        #expect(try ClientData(client, .create, origin: origin).challenge == challenge)
        return try Passkeys.read(authenticatorData: data, site: site)
    }

    private func verify(_ key: SoftAuthenticator, _ known: PasskeyKey, _ change: (inout [UInt8], inout [UInt8]) -> Void = { _, _ in }) throws -> UInt32 {
        var (client, data, signature) = key.answer(challenge)
        change(&data, &signature)
        return try Passkeys.verify(try ClientData(client, .get, origin: origin), authenticatorData: data, signature: signature, by: known, site: site)
    }

    @Test(arguments: SoftAuthenticator.Kind.allCases) func `each kind of key is read and its answers are verified`(_ kind: SoftAuthenticator.Kind) throws {
        let key = SoftAuthenticator(kind)
        key.counter = 7
        let made = try make(key)
        #expect(made.key.credential == key.credential && made.counter == 7)
        #expect(made.key.algorithm == (kind == .es256 ? -7 : kind == .eddsa ? -8 : -257))
        #expect(try verify(key, made.key) == 8)
        #expect(refusal { _ = try verify(key, made.key) { _, signature in signature[signature.count - 1] ^= 1 } } == .wrongSignature)
        #expect(refusal { _ = try verify(key, made.key) { _, signature in signature = [] } } == .wrongSignature)
        // The counter is signed, too.
        #expect(refusal { _ = try verify(key, made.key) { data, _ in data[36] ^= 1 } } == .wrongSignature)
        let other = SoftAuthenticator(kind)
        #expect(refusal { _ = try verify(other, made.key) } == .wrongSignature)
    }

    @Test func `an answer to another question is signed for that question alone`() throws {
        let key = SoftAuthenticator()
        let made = try make(key), (client, _, _) = key.answer(challenge), (_, data, signature) = key.answer(Array("another".utf8))
        #expect(refusal { _ = try Passkeys.verify(try ClientData(client, .get, origin: origin), authenticatorData: data, signature: signature, by: made.key, site: site) } == .wrongSignature)
    }

    @Test func `whose site, whether somebody was there and whether the device knew them is refused by name, at making and at answering`() throws {
        let key = SoftAuthenticator()
        let made = try make(key)
        for (flags, expected) in [(SoftAuthenticator.verified, PasskeyRefusal.notPresent), (SoftAuthenticator.present, .notVerified), (0, .notPresent)] {
            key.flags = flags
            #expect(refusal { _ = try make(key) } == expected)
            #expect(refusal { _ = try verify(key, made.key) } == expected)
        }
        key.flags = SoftAuthenticator.present | SoftAuthenticator.verified
        key.site = "evil.example"
        #expect(refusal { _ = try make(key) } == .wrongSite)
        #expect(refusal { _ = try verify(key, made.key) } == .wrongSite)
    }

    @Test func `a passkey without a key, of another kind or with a point off its curve is refused`() throws {
        let key = SoftAuthenticator()
        #expect(refusal { _ = try make(key) { $0[32] &= ~SoftAuthenticator.holdsKey } } == .noKey)
        #expect(refusal { _ = try make(key) { $0 = Array($0.prefix(37)) } } == .unknownKey)
        // ES384 was not asked for.
        #expect(refusal { _ = try make(key) { data in data[data.count - 77 + 4] = 0x38 } } == .unknownKey)
        #expect(refusal { _ = try make(key) { data in data[data.count - 1] ^= 1 } } == .unknownKey)
        #expect(refusal { _ = try make(key) { $0 += [UInt8](repeating: 0, count: PasskeyLimits.authenticatorData) } } == .tooLarge)
        for (count, expected) in [(0, PasskeyRefusal.noKey), (15, .noKey), (1024, .tooLarge)] {
            key.credential = RandomBytes.make(count)
            #expect(refusal { _ = try make(key) } == expected, "\(count)")
        }
        for count in [16, 1023] {
            key.credential = RandomBytes.make(count)
            #expect(try make(key).key.credential.count == count)
        }
    }

    @Test func `what claims more entries than it has bytes for is refused before memory is reserved for them`() throws {
        let key = SoftAuthenticator(), made = try make(key)
        // Found by fuzzing: a map of two and a half thousand million entries inside the key.
        for claim: [UInt8] in [[0xBA, 0xA2, 0xE4, 0xD0, 0x20], [0x9B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x5B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xBF], [0x1C], [0x1B, 0]] {
            #expect(!CBORClaims.hold(claim[...]) && !CBORClaims.hold(([0xA1, 0x01] + claim)[...]))
            #expect(refusal { _ = try make(key) { data in data = Array(data.prefix(55 + 32)) + [0xA5, 1] + claim } } == .unknownKey)
            #expect(refusal { _ = try verify(key, made.key) { data, _ in data += claim } } == .unreadable)
        }
        for right: [UInt8] in [[], [0xA1, 0x6B] + Array("credProtect".utf8) + [2], [0x82, 0x38, 0x18, 0xF5], [0x43, 1, 2, 3], [0xA0], [0x80]] { #expect(CBORClaims.hold(right[...])) }
        // Extensions that are well made are left to the library.
        #expect(try make(key) { data in
            data[32] |= 0x80
            data += [0xA1, 0x6B] + Array("credProtect".utf8) + [2]
        }.key.credential == key.credential)
    }

    @Test func `no bytes a browser could send end the process, and none but the right ones are taken`() throws {
        var dice: UInt64 = 11
        func roll(_ below: Int) -> Int {
            dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(dice >> 33) % below
        }
        for kind in SoftAuthenticator.Kind.allCases {
            let key = SoftAuthenticator(kind)
            let made = try make(key)
            for _ in 0..<400 {
                let cut = roll(400), places = (0..<1 + roll(4)).map { _ in roll(400) }, value = UInt8(roll(256)), cuts = roll(3) == 0
                _ = refusal {
                    _ = try make(key) { data in
                        for place in places where place < data.count && place >= 32 { data[place] = value }
                        if cuts { data = Array(data.prefix(cut)) }
                    }
                }
                let taken = refusal {
                    _ = try verify(key, made.key) { data, signature in
                        for place in places where place < data.count { data[place] ^= value | 1 }
                        for place in places where place < signature.count { signature[place] ^= value | 1 }
                        if cuts { data = Array(data.prefix(cut % 37)) }
                    }
                }
                if cuts || places.contains(where: { $0 < 37 }) { #expect(taken != nil) }
            }
        }
    }

    @Test(arguments: [
        ("https://portal.example", PasskeyOrigins.Site.offered("portal.example")), ("https://portal.example:8443", .offered("portal.example")), ("https://shop.example", .offered("shop.example")),
        ("https://a.shops.example", .offered("a.shops.example")), ("https://localhost:8443", .offered("localhost")), ("https://127.0.0.1:8443", .numbers("127.0.0.1")), ("https://[::1]:8443", .numbers("[::1]")),
        ("https://portal.example:9000", .foreign("https://portal.example:9000")), ("http://portal.example", .foreign("http://portal.example")), ("https://evil.example", .foreign("https://evil.example")),
        ("https://a.b.shops.example", .foreign("https://a.b.shops.example")), ("https://.shops.example", .foreign("https://.shops.example")), ("https://portal.example/", .foreign("https://portal.example/")),
        ("https://portal.example@evil.example", .foreign("https://portal.example@evil.example")), ("https://Portal.example", .foreign("https://Portal.example")), ("", .foreign("")), ("https://", .foreign("https://")),
        ("https://portal.example:", .foreign("https://portal.example:")), ("https://portal.example:99999", .foreign("https://portal.example:99999")),
    ]) func `passkeys are offered at the portal's own names and ports alone`(_ text: String, _ expected: PasskeyOrigins.Site) {
        #expect(PasskeyOrigins(name: "portal.example", aliases: ["Shop.example", "*.shops.example"], publicURL: "https://portal.example:8443").site(of: text) == expected)
    }
#else
    @Test func `a build without libfido2 says so`() throws {
        #expect(refusal { _ = try Passkeys.read(authenticatorData: [], site: site) } == .notBuilt)
        #expect(PasskeyOrigins(name: "portal.example", publicURL: origin).site(of: origin) == .notBuilt)
    }
#endif
}
