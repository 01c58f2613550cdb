// `promote`: another data node takes the writes.
import ArgumentParser
import Wire

struct PromoteVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Make a backup the primary; it first catches up from the primary of now, which becomes the backup.")
    @Argument(help: "The data node, such as data-2.") var node: String
    @Flag(help: "Go on when the primary cannot be reached, although what it had alone is lost.") var acceptLoss = false
    @OptionGroup var common: CommonOptions

    func run() async {
        await common.run(.post, "promote", [("node", .string(node)), ("accept_loss", .bool(acceptLoss))]) { answer, terminal in
            terminal.line("\(answer["primary"]?.string ?? "The node") is the primary.")
            if let since = answer["lost_since"]?.string { terminal.line("What was written since \(since) is lost.") }
        }
    }
}
