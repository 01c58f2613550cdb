// `stop` and `start`: hold a node down, let it run again.
import ArgumentParser
import Wire

struct StopVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Hold a node down until `start`. For the watch this is an unplanned outage.")
    @Argument(help: "The node, such as web-2.") var node: String
    @Flag(help: "At once, as a power failure would (SIGKILL).") var kill = false
    @OptionGroup var common: CommonOptions

    func run() async {
        await common.run(.post, "stop", [("node", .string(node)), ("kill", .bool(kill))]) { answer, terminal in
            let name = answer["name"]?.string ?? "the node"
            terminal.line("\(name) is down; fitech-ctl start \(name) brings it back.")
        }
    }
}

struct StartVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "start", abstract: "Start a stopped node; returns when it is ready.")
    @Argument(help: "The node, such as web-2.") var node: String
    @OptionGroup var common: CommonOptions

    func run() async {
        await common.run(.post, "start", [("node", .string(node))]) { answer, terminal in
            terminal.line("\(answer["name"]?.string ?? "The node") is \(answer["state"]?.string ?? "up").")
        }
    }
}
