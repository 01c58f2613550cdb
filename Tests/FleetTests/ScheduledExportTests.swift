// A scheduled export reaches the customer's own server by SFTP: made at its time, fetched and sent by management, whole and once.
import Digests
import Foundation
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct ScheduledExportTests {
    /// The next minute but a few seconds on the clock of a zone, like 02:00.
    private func soon(_ zone: String) -> String {
        let clock = DateFormatter()
        (clock.dateFormat, clock.timeZone, clock.locale) = ("HH:mm", TimeZone(identifier: zone), Locale(identifier: "en_GB"))
        return clock.string(from: Date(timeIntervalSinceNow: 65))
    }

    @Test func `at its time an export is made and arrives on the customer's server, once that lets the portal in`() throws {
        let server = try SFTPServer()
        defer { server.remove() }
        let fleet = try Fleet(set: ["webhooks.inside=on"])
        defer { fleet.remove() }
        let admin = try fleet.demoPerson(role: "administrator", customer: "clinic")
        #expect(try admin.signIn().status == 200)
        func schedule(_ at: String) throws -> JSON? {
            let body: JSON = ["every": "day", "at": .string(at), "fresh": true, "address": .string(server.address), "host_key": .string(server.fingerprint)]
            let answer = try admin.request("PUT", "/api/v1/exports/schedule", headers: ["content-type: application/json", "origin: \(fleet.url)"], body: body.text)
            #expect(answer.status == 200, "\(answer.body)")
            return answer.json
        }
        let first = try #require(try schedule("02:00"))
        try server.trust(try #require(first["public_key"]?.string))
        _ = try schedule(soon(try #require(first["zone"]?.string)))
        func newest() throws -> JSON? { try admin.get("/api/v1/exports").json?["items"]?.array?.first }
        #expect(fleet.eventually(within: 150) { try newest()?["upload"] == "arrived" }, "\((try? newest())?.text ?? "no export") \(server.log)")
        let export = try #require(try newest()), name = try #require(export["file_name"]?.string)
        #expect(server.files == [name])
        #expect(Hex.encode(Digest.sha256(try #require(server.contents(name)))) == export["sha256"]?.string)
        // Neither the key nor half a file is left with management.
        #expect(fleet.eventually { FileManager.default.enumerator(atPath: fleet.state)?.compactMap { $0 as? String }.filter { $0.contains("/uploads/") }.isEmpty ?? true })
    }
}
