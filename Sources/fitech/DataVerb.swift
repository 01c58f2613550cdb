// `fitech data`: one data node by itself.
import ArgumentParser
import Control
import DataTier

struct DataVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "data", abstract: "Run one data node.")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        await options.run(.data) { node in try await DataProgram.run(node) }
    }
}
