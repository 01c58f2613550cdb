// The private authority and what it signs.
import Control
import Foundation
import Synchronization
import Testing

@testable import Supervision

@Suite struct KeyStoreTests {
    let scratch = ScratchDirectory()
    let store: KeyStore

    init() throws {
        let ground = try StateGround.prepare(scratch.path, locking: false)
        store = KeyStore(ground.state)
    }

    private func certificate(_ path: String) throws -> Certificate {
        try Certificate(pem: #require(try DurableFile.read(path)), name: path)
    }

    private func key(_ path: String) throws -> KeyPair { try KeyPair(pem: #require(try DurableFile.read(path)), name: path) }

    @Test func `a node's certificate names the node and its certificate role and lives 30 days`() throws {
        try store.prepare(name: "localhost", nodes: [("web-1", .web), ("data-1", .data)])
        let web = try certificate(store.state.certificate(of: "web-1"))
        #expect(web.subject("CN") == "web-1")
        #expect(web.subject("OU") == "web")
        #expect((29...30).contains((web.expires - Clock.seconds()) / 86_400))
        let authority = try key(store.state.authorityKey)
        #expect(web.belongs(to: try key(store.state.key(of: "web-1")), signedBy: authority))
        #expect(!web.belongs(to: try key(store.state.key(of: "data-1")), signedBy: authority), "another node's key does not fit")
    }

    @Test func `the public certificate covers the name and this machine`() throws {
        try store.prepare(name: "portal.example.com", nodes: [])
        let shown = try certificate(store.state.publicCertificate)
        for name in ["portal.example.com", "localhost", "127.0.0.1", "::1"] { #expect(shown.covers(name), "\(name)") }
        #expect(!shown.covers("example.com"))
        #expect(!shown.covers("127.0.0.2"))
    }

    @Test func `a second start keeps every file`() throws {
        #expect(try store.prepare(name: "localhost", nodes: [("web-1", .web)]) == ["public", "web-1"])
        let before = try DurableFile.read(store.state.certificate(of: "web-1"))
        #expect(try store.prepare(name: "localhost", nodes: [("web-1", .web)]) == [])
        #expect(try DurableFile.read(store.state.certificate(of: "web-1")) == before)
    }

    @Test func `a node's certificate is renewed after 20 days with the key it has`() throws {
        try store.prepare(name: "localhost", nodes: [("web-1", .web)])
        let old = try certificate(store.state.certificate(of: "web-1"))
        let pair = try DurableFile.read(store.state.key(of: "web-1"))
        var later = store
        later.now = { Clock.seconds() + 19 * 86_400 }
        #expect(try later.prepare(name: "localhost", nodes: [("web-1", .web)]) == [])
        later.now = { Clock.seconds() + 20 * 86_400 + 60 }
        #expect(try later.prepare(name: "localhost", nodes: [("web-1", .web)]) == ["web-1"])
        let new = try certificate(store.state.certificate(of: "web-1"))
        #expect(new.expires - old.expires >= 20 * 86_400)
        #expect(try DurableFile.read(store.state.key(of: "web-1")) == pair, "only one file changes, so no reader sees a pair that does not fit")
    }

    @Test func `a changed name gets a new public certificate`() throws {
        try store.prepare(name: "localhost", nodes: [])
        #expect(try store.prepare(name: "portal.example.com", nodes: []) == ["public"])
    }

    @Test func `a public certificate of somebody else's authority is left alone`() throws {
        try store.prepare(name: "localhost", nodes: [])
        let pair = try KeyPair.make()
        let installed = try Certificate.issue(.init(commonName: "elsewhere", purpose: .public, names: ["elsewhere"], days: 1), key: pair)
        try DurableFile.write(try pair.pem(), to: store.state.publicKey)
        try DurableFile.write(try installed.pem(), to: store.state.publicCertificate)
        #expect(try store.prepare(name: "localhost", nodes: []) == [])
        #expect(try certificate(store.state.publicCertificate).covers("elsewhere"))
    }

    @Test func `a damaged certificate is made anew`() throws {
        try store.prepare(name: "localhost", nodes: [("web-1", .web)])
        try DurableFile.write(Array("not PEM".utf8), to: store.state.certificate(of: "web-1"))
        #expect(try store.prepare(name: "localhost", nodes: [("web-1", .web)]) == ["web-1"])
    }

    @Test func `a damaged authority is refused, never silently replaced`() throws {
        try store.prepare(name: "localhost", nodes: [])
        try DurableFile.write(Array("not PEM".utf8), to: store.state.authorityKey)
        #expect(throws: (any Error).self) { try store.prepare(name: "localhost", nodes: [("web-9", .web)]) }
    }

    @Test func `keys are for their owner alone`() throws {
        try store.prepare(name: "localhost", nodes: [("web-1", .web)])
        for name in try StateGround.entries(store.state.keys) {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(store.state.keys)/\(name)")
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }
}
