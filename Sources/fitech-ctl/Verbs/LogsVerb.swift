// `logs`: the last lines a node wrote.
import ArgumentParser
import Glibc
import Wire

struct LogsVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "logs", abstract: "Print the last lines of a node's log.")
    @Argument(help: "The node, such as web-1.") var node: String
    @Option(help: "How many lines, 1 to 100000.") var lines = 100
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...100_000).contains(lines) else { throw ValidationError("--lines is 1 to 100000.") }
    }

    func run() async {
        do throws(Failure) {
            let bytes = try await ControlClient(common).text("logs", [("node", .string(node)), ("lines", .string("\(lines)"))])
            let text = String(decoding: bytes, as: UTF8.self)
            guard common.json else {
                Terminal().put(text)
                Glibc.exit(0)
            }
            // Most lines are JSON themselves; what is not stays a text.
            let parsed = text.split(separator: "\n").map { line in (try? JSON.parse(String(line))) ?? .string(String(line)) }
            Terminal().line(JSON.object([("node", .string(node)), ("lines", .array(parsed))]).text)
        } catch { CommonOptions.fail(error) }
        Glibc.exit(0)
    }
}
