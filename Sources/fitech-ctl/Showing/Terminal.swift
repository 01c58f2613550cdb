// What people see: lines, colours where there is a terminal that wants them, a bar for long work.
import Glibc

struct Terminal: Sendable {
    enum Colour: String { case red = "31", green = "32", yellow = "33", grey = "90", bold = "1" }

    let descriptor: Int32
    let isTerminal: Bool
    /// Colours only on a terminal, and not where NO_COLOR says so (no-color.org).
    let hasColour: Bool

    init(descriptor: Int32 = STDOUT_FILENO) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
        let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? false
        hasColour = isTerminal && !refused && !isDumb
    }

    func paint(_ text: String, _ colour: Colour?) -> String {
        guard hasColour, let colour else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    func line(_ text: String) { put(text + "\n") }

    func put(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            // The reader is gone (`| head`): nothing is left to be said.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// One line on standard error, redrawn; nothing where that is no terminal.
struct ProgressBar: Sendable {
    private let terminal = Terminal(descriptor: STDERR_FILENO)

    init(_: Terminal) {}

    func show(_ part: Double, _ text: String) {
        guard terminal.isTerminal else { return }
        terminal.put("\r\u{1B}[K\(Self.drawing(part)) \(text)")
    }

    func clear() {
        if terminal.isTerminal { terminal.put("\r\u{1B}[K") }
    }

    static func drawing(_ part: Double, width: Int = 24) -> String {
        let part = min(1, max(0, part))
        let full = Int(part * Double(width))
        let percent = String(Int(part * 100))
        return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: width - full) + "] " + String(repeating: " ", count: 3 - percent.count) + percent + "%"
    }
}
