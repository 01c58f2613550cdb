// `upgrade`: a new process takes a node over while the one before finishes what it has.
import ArgumentParser
import Glibc
import Wire

struct UpgradeVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade", abstract: "Replace the process of a node by a new one, of a new release where the program file changed. Nothing fails.",
        discussion: "Balancers and web nodes: the new process starts beside the one that runs, takes over when it is ready, and the one before finishes open downloads and streams (10 minutes at most). Other nodes are restarted, which the rest waits for. If the new process does not get ready, the one before stays.")
    @Argument(help: "The node, such as balancer-1.") var node: String
    @Option(help: ArgumentHelp("The fitech program it runs from now on, also after a restart; otherwise the one of `fitech up`, as the file is now.", valueName: "file")) var program: String?
    @OptionGroup var common: CommonOptions

    func run() async {
        let program = self.program.map { given in
            // Relative to where it was typed, not to where the supervisor was started.
            guard !given.hasPrefix("/"), common.url == nil, let found = realpath(given, nil) else { return given }
            defer { free(found) }
            return String(cString: found)
        }
        await common.run(.post, "upgrade", [("node", .string(node)), ("program", program.map { .string($0) } ?? .null)]) { answer, terminal in
            terminal.line("\(answer["name"]?.string ?? "The node") is process \(answer["pid"]?.integer ?? 0), release \(answer["release"]?.string ?? "unknown").")
        }
    }
}
