// `fitech reporting`: one reporting node by itself.
import ArgumentParser
import Control
import Engine
import Nodes
import ReportingTier

struct ReportingVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reporting", abstract: "Run one reporting node.")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        await options.run(.reporting) { node in
            try node.serve { _ in HTTPRouter() }
            node.setReady()
            await node.untilStopped()
            await node.close()
        }
    }
}
