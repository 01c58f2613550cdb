// `fitech reporting`: one reporting node by itself.
import ArgumentParser
import Control
import ReportingTier

struct ReportingVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reporting", abstract: "Run one reporting node.")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        await options.run(.reporting) { node in try await ReportingProgram.run(node) }
    }
}
