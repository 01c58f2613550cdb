// One balancer node by itself, for Scripts/bench balancer: bench-balancer CONFIG STATE, as `fitech balancer` runs it.
import BalancerTier
import Control
import Nodes
import Telemetry

Log.bootstrap()
let configuration = try Configuration.load(path: CommandLine.arguments[1], overrides: [])
let node = try Node.start(
    configuration: configuration, state: StateDirectory(CommandLine.arguments[2]), name: "balancer-1", tier: .balancer)
try await BalancerNode.run(node: node)
