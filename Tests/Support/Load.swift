// Load from wrk while something is broken, and what failed meanwhile.

import Foundation

package final class Load {
    private let command: BackgroundCommand

    package struct Result: Sendable, CustomStringConvertible {
        package var requests: Int
        /// Answers other than 2xx and 3xx.
        package var refused: Int
        /// Connections refused, cut or timed out.
        package var socketErrors: Int
        package var text: String
        package var description: String { text }
    }

    /// GETs of one path for some seconds, over `connections` keep-alive connections.
    package init(_ url: String, cookie: String? = nil, headers: [String] = [], connections: Int = 8, seconds: Int) throws {
        var arguments = ["-t1", "-c\(connections)", "-d\(seconds)s", "--timeout", "20s"]
        for header in headers { arguments += ["-H", header] }
        if let cookie { arguments += ["-H", "Cookie: \(cookie)"] }
        command = try BackgroundCommand("wrk", arguments + [url])
    }

    /// Waits for the end.
    package func finish() -> Result {
        _ = command.status
        _ = command.line(within: 5) { $0.hasPrefix("Transfer/sec") }
        let lines = command.output
        func number(after word: String, in line: String) -> Int {
            guard let range = line.range(of: word) else { return 0 }
            return Int(line[range.upperBound...].drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
        }
        let requests = lines.first { $0.contains(" requests in ") }.map { Int($0.trimmingCharacters(in: .whitespaces).prefix { $0.isNumber }) ?? 0 } ?? 0
        let refused = lines.first { $0.contains("Non-2xx") }.map { number(after: "responses:", in: $0) } ?? 0
        let errors = lines.first { $0.contains("Socket errors") }.map { line in
            ["connect", "read", "write", "timeout"].map { number(after: $0, in: line) }.reduce(0, +)
        } ?? 0
        return Result(requests: requests, refused: refused, socketErrors: errors, text: lines.joined(separator: "\n"))
    }
}
