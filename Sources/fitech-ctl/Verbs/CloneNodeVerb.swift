// `clone-node`: one more node like another.
import ArgumentParser
import Wire

struct CloneNodeVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone-node", abstract: "Start one more node like another; returns when every balancer has admitted it.",
        discussion: "Same release, same configuration, a name and keys of its own.")
    @Argument(help: "The node to copy, such as web-1.") var node: String
    @Option(help: "The name of the new node; otherwise the next free one.") var name: String?
    @OptionGroup var common: CommonOptions

    func run() async {
        await common.run(.post, "clone-node", [("node", .string(node)), ("name", name.map { .string($0) } ?? .null)]) { answer, terminal in
            terminal.line("\(answer["name"]?.string ?? "the new node") is in service.")
        }
    }
}
