// `fitech balancer`: one balancer node by itself.
import ArgumentParser
import Control
import Engine
import Nodes
import BalancerTier

struct BalancerVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "balancer", abstract: "Run one balancer node.")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        await options.run(.balancer) { node in
            try node.serve { _ in HTTPRouter() }
            node.setReady()
            await node.untilStopped()
            await node.close()
        }
    }
}
