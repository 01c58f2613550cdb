// `fitech management`: one management node by itself.
import ArgumentParser
import Control
import ManagementTier

struct ManagementVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "management", abstract: "Run one management node.")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        await options.run(.management) { node in try await ManagementProgram.run(node) }
    }
}
