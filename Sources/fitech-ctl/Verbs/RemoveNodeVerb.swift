// `remove-node`: take a node out of the fleet for good.
import ArgumentParser
import Wire

struct RemoveNodeVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove-node", abstract: "Drain a node, stop it and take it out of the fleet. No request fails.")
    @Argument(help: "The node, such as web-3.") var node: String
    @Flag(help: "Even when it is the last that serves.") var force = false
    @OptionGroup var common: CommonOptions

    func run() async {
        await common.run(.post, "remove-node", [("node", .string(node)), ("force", .bool(force))]) { answer, terminal in
            terminal.line("\(answer["name"]?.string ?? "The node") is gone.")
        }
    }
}
