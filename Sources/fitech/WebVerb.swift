// `fitech web`: one web node by itself.
import ArgumentParser
import Control
import Engine
import Nodes
import WebTier

struct WebVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "web", abstract: "Run one web node.")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        await options.run(.web) { node in
            try node.serve { _ in HTTPRouter() }
            node.setReady()
            await node.untilStopped()
            await node.close()
        }
    }
}
