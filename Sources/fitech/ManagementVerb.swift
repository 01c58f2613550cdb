// `fitech management`: one management node by itself.
import ArgumentParser
import Control
import Engine
import Nodes
import ManagementTier

struct ManagementVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "management", abstract: "Run one management node.")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        await options.run(.management) { node in
            try node.serve { _ in HTTPRouter() }
            node.setReady()
            await node.untilStopped()
            await node.close()
        }
    }
}
