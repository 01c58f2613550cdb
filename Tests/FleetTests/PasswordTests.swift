// A forgotten password from the form to the mailbox and back.
import Foundation
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct PasswordTests {
    @Test(.enabled(if: MailServer.isInstalled, "pip install aiosmtpd"))
    func `a forgotten password is mailed, its link works once, and an unknown address gets the same answer`() throws {
        let server = try MailServer()
        defer { server.remove() }
        let fleet = try Fleet("single-server", set: ["mail.relay=smtp://127.0.0.1:\(server.port)"])
        defer { fleet.remove() }
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")

        let known = try Self.submit(person, "/forgotten-password", ["email": person.email])
        let unknown = try Self.submit(person, "/forgotten-password", ["email": "nobody-at-all@clinic.example"])
        #expect(known.status == 200 && unknown.status == 200)
        #expect(Self.words(known.body) == Self.words(unknown.body))

        #expect(fleet.eventually { server.mails.contains { $0["Subject"] == "Set a new password" } })
        let mail = try #require(server.mails.first { $0["Subject"] == "Set a new password" })
        #expect(mail.to == [person.email])
        let link = try #require(mail.body.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("https://") }.map(String.init))
        #expect(link.hasPrefix(fleet.url), "\(link) leads elsewhere than \(fleet.url)")
        let path = String(link.dropFirst(fleet.url.count))
        let token = try #require(path.split(separator: "=").last.map(String.init))

        let new = "a-much-better-password-7"
        #expect(try Self.submit(person, path, ["token": token, "password": new, "again": new]).status == 303)
        #expect(try person.signIn().status == 401, "the old password must not work any more")
        #expect(try Person(fleet: fleet, email: person.email, password: new).signIn().status == 200)
        #expect(try person.get(path, headers: ["accept: text/html"]).status == 404, "the link works once")
        #expect(!server.mails.contains { $0.to == ["nobody-at-all@clinic.example"] })
    }

    /// Opens the page of a form and sends it, as a browser without JavaScript would.
    static func submit(_ person: Person, _ path: String, _ fields: [String: String]) throws -> WebAnswer {
        let page = try person.get(path, headers: ["accept: text/html"])
        let start = try #require(page.body.range(of: "name=\"form_token\" value=\""), "\(page.status) \(page.body)")
        let formToken = String(page.body[start.upperBound...].prefix { $0 != "\"" })
        let body = fields.merging(["form_token": formToken]) { $1 }.map { "\($0.key)=\($0.value.replacingOccurrences(of: "@", with: "%40"))" }
        return try person.request(
            "POST", path, headers: ["content-type: application/x-www-form-urlencoded", "origin: \(person.fleet.url)", "accept: text/html"],
            body: body.joined(separator: "&"))
    }

    /// What a page says, without what differs in each: tokens, request ids, the address typed.
    static func words(_ page: String) -> String {
        guard let start = page.range(of: "<main"), let end = page.range(of: "</main>") else { return page }
        return page[start.lowerBound..<end.lowerBound].replacingOccurrences(of: "value=\"[^\"]*\"", with: "", options: .regularExpression)
            .replacingOccurrences(of: "[a-z.-]+@clinic.example", with: "ADDRESS", options: .regularExpression)
    }
}
