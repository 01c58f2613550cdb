// Files sent to OpenSSH by SFTP: whole or not at all, to the server that was meant, with the key it knows.
import Digests
import Foundation
import Testing
import TestSupport
@testable import Outbound

@Suite(.serialized) struct UploadTests {
    private struct Desk {
        let server: SFTPServer
        let pair: SSHKeyPair
        let identity: String
        let file: String
        let bytes: [UInt8]

        init() throws {
            server = try SFTPServer()
            pair = try #require(SSHKeyPair.make())
            identity = server.directory + "/identity"
            file = server.directory + "/export.tar"
            bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
            try pair.privatePEM.write(toFile: identity, atomically: true, encoding: .utf8)
            try Data(bytes).write(to: URL(fileURLWithPath: file))
        }

        func request(_ change: (inout OutboundRequest) -> Void = { _ in }, hostKey: String? = nil) -> OutboundRequest {
            var request = OutboundRequest(
                url: server.address + "export.tar", kind: .upload(file: file, bytes: bytes.count, identity: identity, hostKey: String((hostKey ?? server.fingerprint).dropFirst(7))))
            request.timeout = .seconds(60)
            change(&request)
            return request
        }
    }

    private func failure(_ outbound: Outbound, _ request: OutboundRequest) async -> OutboundFailure? {
        do throws(OutboundFailure) {
            _ = try await outbound.send(request)
            return nil
        } catch { return error }
    }

    @Test func `a file arrives whole under its name, its folder is made, and sending it again replaces it`() async throws {
        let desk = try Desk(), outbound = Outbound()
        defer { desk.server.remove() }
        try desk.server.trust(desk.pair.publicLine)
        for _ in 0..<2 {
            if let failure = await failure(outbound, desk.request()) { Issue.record("\(failure) \(desk.server.log)") }
            #expect(desk.server.files == ["export.tar"] && desk.server.contents("export.tar") == desk.bytes)
        }
        await outbound.stop()
    }

    @Test func `nothing is said to a server with another key, nor is a key that is not let in tried again`() async throws {
        let desk = try Desk(), outbound = Outbound()
        defer { desk.server.remove() }
        try desk.server.trust(desk.pair.publicLine)
        let other = await failure(outbound, desk.request(hostKey: "SHA256:" + String(repeating: "A", count: 43)))
        #expect(other?.code == 60 && other?.isTemporary == false)
        #expect(!desk.server.log.contains("Accepted") && !desk.server.log.contains("publickey"))
        try desk.server.trust(try #require(SSHKeyPair.make()).publicLine)
        let stranger = await failure(outbound, desk.request())
        #expect(stranger?.code == 67 && stranger?.isTemporary == false)
        #expect(desk.server.files.isEmpty)
        await outbound.stop()
    }

    @Test func `an address inside is refused where strangers wrote it, and a file that is not there sends nothing`() async throws {
        let desk = try Desk(), outbound = Outbound()
        defer { desk.server.remove() }
        try desk.server.trust(desk.pair.publicLine)
        #expect(await failure(outbound, desk.request { $0.onlyPublic = true })?.reason.contains("not of the public Internet") == true)
        #expect(!desk.server.log.contains("Connection from"))
        try FileManager.default.removeItem(atPath: desk.file)
        #expect(await failure(outbound, desk.request()) != nil)
        #expect(!desk.server.files.contains("export.tar"))
        await outbound.stop()
    }
}
