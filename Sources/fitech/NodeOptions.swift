// What every node verb takes, and how a node begins.
import ArgumentParser
import Control
import Nodes
import Supervision
import Telemetry
import Wire

struct NodeOptions: ParsableArguments {
    @Option(help: "The configuration of the fleet.") var config = "Config/portal.yaml"
    @Option(help: "Where everything is kept; made when it is not there.") var state = ".fitech"
    @Option(help: "The name of the node, as the configuration or the running fleet has it.") var node: String
    @Option(name: .customLong("set"), parsing: .singleValue, help: ArgumentHelp("Set a key of the configuration.", valueName: "key=value")) var overrides: [String] = []

    @Flag(help: ArgumentHelp("Start beside the process that runs this node and wait to take over from it.", visibility: .hidden)) var successor = false

    /// Runs one node of `tier` until SIGTERM.
    func run(_ tier: Tier, loops: Int = 1, _ body: (Node) async throws -> Void) async -> Never {
        Log.bootstrap()
        await Outcome.of {
            let configuration: Configuration
            do throws(ConfigurationError) {
                configuration = try Configuration.load(path: config, overrides: overrides)
            } catch {
                throw Failure(whose: .client, retry: .never, status: 400, code: "configuration", reason: error.description, hint: "Config/README.md explains every key.")
            }
            let directory = try NodeGround.prepare(configuration, state: state, node: node, tier: tier)
            let started = try Node.start(configuration: configuration, state: directory, name: node, tier: tier, loops: loops, isSuccessor: successor)
            started.endWithStateDirectory()
            try await body(started)
        }
    }
}
