// `fitech balancer`: one balancer node by itself.
import ArgumentParser
import Control
import BalancerTier

struct BalancerVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "balancer", abstract: "Run one balancer node.")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        await options.run(.balancer) { node in try await BalancerNode.run(node: node) }
    }
}
