// `drain` and `undrain`: keep new people away from a node, and let them come again.
import ArgumentParser
import Control
import Wire

struct DrainVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Send no new people to a node; those on it stay until the deadline, then move. Nothing fails.",
        discussion: "With --wait a terminal shows who is still there and the time left; with --json as well, lines of JSON on standard error.")
    @Argument(help: "The node, such as web-1.") var node: String
    @Option(help: "How long those on it may stay: 90s, 5m, 2h.", transform: DurationArgument.checked) var deadline = "5m"
    @Flag(help: "Return only when nobody is on it any more.") var wait = false
    @OptionGroup var common: CommonOptions

    func run() async {
        await common.run(.post, "drain", [("node", .string(node)), ("deadline", .string(deadline)), ("wait", .bool(wait))]) { [wait] answer, terminal in
            let name = answer["name"]?.string ?? "the node"
            terminal.line(wait ? "\(name) is drained." : "\(name) is draining; see fitech-ctl status.")
        }
    }
}

struct UndrainVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "undrain", abstract: "Let a draining or drained node work again.")
    @Argument(help: "The node, such as web-1.") var node: String
    @OptionGroup var common: CommonOptions

    func run() async {
        await common.run(.post, "undrain", [("node", .string(node))]) { answer, terminal in
            terminal.line("\(answer["name"]?.string ?? "The node") takes people again.")
        }
    }
}

/// A duration as people write it, refused while the command line is read.
enum DurationArgument {
    static func checked(_ text: String) throws -> String {
        guard DurationText.parse(text) != nil else { throw ValidationError("`\(text)` is not a duration: write 90s, 5m or 2h.") }
        return text
    }
}
