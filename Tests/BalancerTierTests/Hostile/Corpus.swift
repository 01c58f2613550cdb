// Reads the tables in Tests/Hostile: messages as an attacker writes them, with what is expected of us.
import Foundation

/// One message of a table; the tables' own heads explain the form.
struct HostileMessage: Sendable, CustomStringConvertible {
    var name: String
    var expected: String
    var bytes: [UInt8] = []
    /// What must be in, and what must not be in, the bytes that come out on the other side.
    var present: [[UInt8]] = []
    var absent: [[UInt8]] = []
    /// Lines of one word: `close`, `head`.
    var marks: Set<String> = []

    var description: String { name }
    var status: Int? { Int(expected) }

    static let requests = read("Requests.txt")
    static let answers = read("Answers.txt")

    private static func read(_ file: String) -> [HostileMessage] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        guard let text = try? String(contentsOf: tests.appendingPathComponent("Hostile/\(file)"), encoding: .utf8) else { return [] }
        var messages: [HostileMessage] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("# ") && line != "#" {
            if line.hasPrefix("== ") {
                let parts = line.dropFirst(3).split(separator: "|", maxSplits: 2).map { $0.trimmingCharacters(in: .whitespaces) }
                messages.append(HostileMessage(name: parts[0], expected: parts.count > 1 ? parts[1] : ""))
                continue
            }
            guard !messages.isEmpty else { continue }
            let last = messages.count - 1
            if line.hasPrefix("-> !") {
                messages[last].absent.append(bytes(line.dropFirst(4)))
            } else if line.hasPrefix("-> ") {
                messages[last].present.append(bytes(line.dropFirst(3)))
            } else if line == "close" || line == "head" {
                messages[last].marks.insert(String(line))
            } else {
                messages[last].bytes += bytes(line)
            }
        }
        return messages
    }

    /// The bytes that a line with escapes stands for.
    static func bytes(_ line: Substring) -> [UInt8] {
        var out: [UInt8] = []
        var rest = line.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                out.append(byte)
                continue
            }
            switch kind {
            case UInt8(ascii: "r"): out.append(13)
            case UInt8(ascii: "n"): out.append(10)
            case UInt8(ascii: "t"): out.append(9)
            case UInt8(ascii: "0"): out.append(0)
            case UInt8(ascii: "x"):
                out.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            case UInt8(ascii: "{"):
                let colon = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.startIndex
                let end = rest.firstIndex(of: UInt8(ascii: "}")) ?? rest.endIndex
                let text = bytes(Substring(rest[rest.index(after: colon)..<end]))
                for _ in 0..<(Int(String(decoding: rest[..<colon], as: UTF8.self)) ?? 0) { out += text }
                rest = rest[rest.index(after: end)...]
            default: out.append(kind)
            }
        }
        return out
    }
}

extension Sequence<UInt8> {
    var text: String { String(decoding: Array(self), as: UTF8.self) }
}
