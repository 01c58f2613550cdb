// `fitech up`: a whole fleet, each node a process of its own.
import ArgumentParser
import Supervision
import Telemetry
import Wire

struct UpVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start every node of a configuration and keep them running.",
        discussion: "Prints `ready https://NAME:PORT` once every node is ready. Logs go to standard error and to logs/ in the state directory. SIGTERM or Ctrl-C stops everything within 10 seconds.")

    @Option(help: "The configuration of the fleet.") var config = "Config/portal.yaml"
    @Option(help: "Where everything is kept; made when it is not there.") var state = ".fitech"
    @Option(name: .customLong("set"), parsing: .singleValue, help: ArgumentHelp("Set a key of the configuration, such as probes.every=5s.", valueName: "key=value")) var overrides: [String] = []
    @Flag(help: "On an empty state directory: two customers with real measurements, people and tickets (demo.json has the passwords).") var demo = false

    func run() async throws {
        Log.bootstrap()
        await Outcome.of { () async throws(Failure) in
            var options = UpOptions(program: try Program.path())
            options.configuration = config
            options.state = state
            options.overrides = overrides
            options.demo = demo
            try await Up.run(options)
        }
    }
}
