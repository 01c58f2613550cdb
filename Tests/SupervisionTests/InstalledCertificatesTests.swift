// Certificates for browsers: requested, signed by somebody else, installed, listed; and what is refused with which advice.
import COpenSSL
import Control
import Engine
import Foundation
import Testing
import Wire

@testable import Supervision

/// An authority as people buy from: a root, an intermediate that signs.
struct OutsideAuthority {
    let root: (certificate: Certificate, key: KeyPair)
    let intermediate: (certificate: Certificate, key: KeyPair)

    init() throws {
        let rootKey = try KeyPair.make(), key = try KeyPair.make()
        root = (try Certificate.issue(.init(commonName: "Test Root", purpose: .authority, days: 100), key: rootKey), rootKey)
        // The house's own authorities allow none below them; signing does not ask.
        intermediate = (try Certificate.issue(.init(commonName: "Test Intermediate", purpose: .authority, days: 100), key: key, issuer: root), key)
    }

    func sign(_ key: KeyPair, _ names: [String], days: Int = 90, now: Int = Clock.seconds()) throws -> Certificate {
        try Certificate.issue(.init(commonName: names[0], purpose: .public, names: names, days: days), key: key, issuer: intermediate, now: now)
    }
}

@Suite struct InstalledCertificatesTests {
    let scratch = ScratchDirectory()
    let state: StateDirectory
    let outside: OutsideAuthority

    init() throws {
        state = try StateGround.prepare(scratch.path, locking: false).state
        try KeyStore(state).prepare(name: "portal.example.com", nodes: [])
        outside = try OutsideAuthority()
    }

    private var installed: InstalledCertificates { InstalledCertificates(state: state, now: Clock.seconds()) }

    /// A request made here and the key it was made with.
    private func requested(_ names: [String], _ kind: CertificateFacts.KeyKind = .ecdsa) throws -> (pem: [UInt8], key: KeyPair) {
        let made = try installed.request(names, kind, replacing: false)
        let path = String(made.path.dropLast(3)) + "key"
        let pem = try DurableFile.read(path)
        return (made.pem, try KeyPair(pem: #require(pem), name: path))
    }

    private func chain(_ leaf: Certificate) throws -> [UInt8] { try leaf.pem() + outside.intermediate.certificate.pem() }

    @Test(arguments: [CertificateFacts.KeyKind.ecdsa, .rsa]) func `a request names every name, is signed by a key that stays here, for its owner alone`(kind: CertificateFacts.KeyKind) throws {
        let (pem, key) = try requested(["Shop.example.com", "*.shop.example.com", "192.0.2.1"], kind)
        let request = try #require(Memory.reading(pem) { PEM_read_bio_X509_REQ($0, nil, nil, nil) })
        defer { X509_REQ_free(request) }
        #expect(X509_REQ_verify(request, key.pointer) == 1)
        #expect(EVP_PKEY_get_bits(key.pointer) == (kind == .rsa ? 3072 : 256))
        let text = try Memory.writing { X509_REQ_print($0, request) == 1 }
        #expect(String(decoding: text, as: UTF8.self).contains("DNS:shop.example.com, DNS:*.shop.example.com, IP Address:192.0.2.1"))
        for name in try StateGround.entries(state.certificates) {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(state.certificates)/\(name)")
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func `a request that waits is not replaced by accident`() throws {
        _ = try requested(["shop.example.com"])
        let key = try DurableFile.read(state.certificates + "/shop.example.com.ecdsa.key")
        let error = #expect(throws: Failure.self) { try installed.request(["shop.example.com"], .ecdsa, replacing: false) }
        #expect(error?.code == "already-requested" && error?.hint.contains("--replace") == true)
        #expect(try DurableFile.read(state.certificates + "/shop.example.com.ecdsa.key") == key)
        _ = try installed.request(["shop.example.com"], .ecdsa, replacing: true)
        #expect(try DurableFile.read(state.certificates + "/shop.example.com.ecdsa.key") != key)
    }

    @Test(arguments: ["", "a b", "../x", "*.", "*.*.example.com", "x/y", "-a.example.com", "a..b"]) func `what is no host name is not requested`(name: String) {
        #expect(throws: Failure.self) { try installed.request([name], .ecdsa, replacing: false) }
    }

    @Test func `an installed certificate lies with its key in one file, and its request is gone`() throws {
        let (_, key) = try requested(["*.example.org", "example.org"])
        let leaf = try outside.sign(key, ["*.example.org", "example.org"])
        let (made, path) = try installed.install(try chain(leaf) + outside.root.certificate.pem())
        #expect(made.facts.names == ["*.example.org", "example.org"])
        #expect(path == state.certificates + "/_.example.org.ecdsa.pem")
        #expect(try StateGround.entries(state.certificates) == ["_.example.org.ecdsa.issuer", "_.example.org.ecdsa.pem"])
        let file = try DurableFile.read(path)
        let bytes = try #require(file)
        #expect(CertificateChain.certificates(in: bytes).count == 2, "the root is left out")
        let kept = try KeyPair(pem: bytes, name: path)
        #expect(X509_check_private_key(leaf.pointer, kept.pointer) == 1)
        withExtendedLifetime(kept) {}
        // What balancers make of it.
        _ = try TLSServerContext(certificateFile: path, keyFile: path)
    }

    @Test func `a renewal finds the key of the one installed, a key may also be brought along`() throws {
        let (_, key) = try requested(["shop.example.com"])
        _ = try installed.install(try chain(outside.sign(key, ["shop.example.com"], days: 10)))
        let renewed = try installed.install(try chain(outside.sign(key, ["shop.example.com"], days: 80)))
        #expect(renewed.chain.facts.daysLeft(now: Int64(Clock.seconds())) >= 79)
        let own = try KeyPair.make(.rsa)
        let brought = try installed.install(try chain(outside.sign(own, ["shop.example.com"])) + own.pem())
        #expect(brought.path.hasSuffix("/shop.example.com.rsa.pem"))
        #expect(try StateGround.entries(state.certificates).filter { $0.hasSuffix(".pem") }.count == 2)
    }

    enum Wrong: String, CaseIterable { case empty, noKey, otherKey, order, authorityFirst, stranger, expired, early, client }

    @Test(arguments: Wrong.allCases) func `what may not be shown is refused, with what to do, and nothing is changed`(wrong: Wrong) throws {
        let (_, key) = try requested(["shop.example.com"])
        let before = try StateGround.entries(state.certificates)
        let good = try outside.sign(key, ["shop.example.com"]), other = try KeyPair.make(), day = 86_400
        let pem: [UInt8] =
            switch wrong {
            case .empty: Array("hello".utf8)
            case .noKey: try chain(outside.sign(other, ["shop.example.com"]))
            case .otherKey: try chain(good) + other.pem()
            case .order: try good.pem() + outside.root.certificate.pem() + outside.intermediate.certificate.pem()
            case .authorityFirst: try outside.intermediate.certificate.pem() + good.pem()
            case .stranger: try good.pem() + OutsideAuthority().intermediate.certificate.pem()
            case .expired: try chain(outside.sign(key, ["shop.example.com"], days: 1, now: Clock.seconds() - 2 * day))
            case .early: try chain(outside.sign(key, ["shop.example.com"], now: Clock.seconds() + 2 * day))
            case .client: try outside.intermediate.certificate.pem()
            }
        let error = #expect(throws: Failure.self) { try installed.install(pem) }
        #expect(error?.code == "certificate-refused")
        #expect(error?.hint.isEmpty == false)
        let expected: String =
            switch wrong {
            case .empty: "no certificate"
            case .noKey: "No key here"
            case .otherKey: "does not belong"
            case .order, .stranger: "did not issue certificate"
            case .authorityFirst: "is an authority's"
            case .expired: "ended on"
            case .early: "not valid before"
            case .client: "not for servers"
            }
        #expect(error?.reason.contains(expected) == true, "\(error?.reason ?? "")")
        #expect(try StateGround.entries(state.certificates) == before)
    }

    @Test func `the list says which is served for which name, and what waits`() throws {
        let (_, key) = try requested(["portal.example.com"])
        _ = try installed.install(try chain(outside.sign(key, ["portal.example.com"], days: 20, now: Clock.seconds() - 3600)))
        _ = try requested(["*.later.example"], .rsa)
        let list = try installed.list(name: "portal.example.com", staples: [:])
        let rows = try #require(list["certificates"]?.array)
        #expect(rows.count == 3)
        #expect(rows[0]["state"]?.string == "served" && rows[0]["served_for"]?.array == [.string("portal.example.com")])
        #expect(rows[0]["days_left"]?.integer == 19 && rows[0]["issuer"]?.string == "Fitech Test Intermediate")
        #expect(rows[1]["made_here"]?.bool == true && rows[1]["served_for"]?.array?.contains(.string("portal.example.com")) == false)
        #expect(rows[2]["state"]?.string == "requested" && rows[2]["names"]?.array == [.string("*.later.example")] && rows[2]["key"]?.string == "rsa")
    }

    @Test func `ticket keys rotate when their period is over, not before, and a restart does not matter`() throws {
        var store = KeyStore(state, ticketPeriod: .seconds(1000))
        let start = Clock.seconds()
        func stored() throws -> TicketKeys? { try DurableFile.read(state.ticketKey).flatMap { TicketKeys(file: $0) } }
        let first = try #require(try stored())
        store.now = { start + 900 }
        #expect(try !store.rotateTickets())
        store.now = { start + 1001 }
        #expect(try store.rotateTickets())
        let second = try #require(try stored())
        #expect(second.current == first.next && second.previous == first.current)
        // Another supervisor, the same file.
        var again = KeyStore(state, ticketPeriod: .seconds(1000))
        again.now = { start + 1500 }
        #expect(try !again.rotateTickets())
        // A damaged file is replaced, one of the first kind goes on being used.
        try DurableFile.write([1, 2, 3], to: state.ticketKey)
        #expect(try again.rotateTickets())
        let old = [UInt8](repeating: 9, count: 80)
        try DurableFile.write(old, to: state.ticketKey)
        #expect(try again.rotateTickets())
        #expect(try stored()?.current == old)
    }
}
