// `fitech down`: ends every node of a state directory, also after its supervisor was killed.
import ArgumentParser
import Supervision
import Telemetry
import Wire

struct DownVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stop the fleet of a state directory, with or without a supervisor.",
        discussion: "Nodes go on serving when `fitech up` is killed. The next `fitech up` takes them over; this ends them instead.")

    @Option(help: "Where everything is kept.") var state = ".fitech"

    func run() async throws {
        Log.bootstrap()
        await Outcome.of { () async throws(Failure) in print(try Down.run(state: state)) }
    }
}
