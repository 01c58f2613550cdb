// A person at the portal: curl with a cookie jar, as a browser would come, or with a bearer token.

import Foundation
import Wire

package struct WebAnswer: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: String
    package func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }
    package var json: JSON? { try? JSON.parse(body) }
}

package final class Person: Sendable {
    package let fleet: Fleet
    package let email: String
    package let password: String
    let jar: String

    package init(fleet: Fleet, email: String, password: String) {
        (self.fleet, self.email, self.password) = (fleet, email, password)
        jar = fleet.state + "/../jar-\(UInt32.random(in: 0 ... .max))"
    }

    /// One request with this person's cookies; `options` are curl's.
    package func request(
        _ method: String, _ path: String, headers: [String] = [], body: String? = nil, cookies: Bool = true, options: [String] = []
    ) throws -> WebAnswer {
        var arguments = ["-sk", "-i", "-X", method, "--max-time", "60", "--path-as-is"]
        if method == "HEAD" { arguments = ["-sk", "-I", "--max-time", "60"] }
        if cookies { arguments += ["-b", jar, "-c", jar] }
        for header in headers { arguments += ["-H", header] }
        arguments += options
        if body != nil { arguments += ["--data-binary", "@-"] }
        let result = try Command.run("curl", arguments + [fleet.url + path], input: body.map { Data($0.utf8) })
        guard result.status == 0 else { throw Fleet.StartFailure(description: "curl \(method) \(path) ended with \(result.status): \(result.errors)") }
        return Self.parse(result.output)
    }

    package func get(_ path: String, headers: [String] = []) throws -> WebAnswer { try request("GET", path, headers: headers) }

    /// JSON to the API with this person's cookies; the Origin is our own, as a page's script would send it.
    package func post(_ path: String, _ json: JSON, headers: [String] = []) throws -> WebAnswer {
        try request("POST", path, headers: ["content-type: application/json", "origin: \(fleet.url)"] + headers, body: json.text)
    }

    @discardableResult
    package func signIn() throws -> WebAnswer {
        try post("/api/v1/sign-in", ["email": .string(email), "password": .string(password)])
    }

    /// The jar as a Cookie header, for load generators.
    package func cookieHeader() throws -> String {
        try String(contentsOfFile: jar, encoding: .utf8).split(separator: "\n").compactMap { line -> String? in
            let line = line.hasPrefix("#HttpOnly_") ? line.dropFirst(10) : line
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            return parts.count == 7 && !line.hasPrefix("#") ? "\(parts[5])=\(parts[6])" : nil
        }.joined(separator: "; ")
    }

    private static func parse(_ text: String) -> WebAnswer {
        var rest = Substring(text.replacingOccurrences(of: "\r\n", with: "\n"))
        var head = Substring()
        repeat {  // Interim answers (100 Continue) come before the real one.
            let end = rest.range(of: "\n\n")
            head = end.map { rest[..<$0.lowerBound] } ?? rest
            rest = end.map { rest[$0.upperBound...] } ?? ""
        } while head.hasPrefix("HTTP/1.1 1") || head.hasPrefix("HTTP/2 1")
        let lines = head.split(separator: "\n")
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return WebAnswer(status: status, headers: headers, body: String(rest))
    }
}
