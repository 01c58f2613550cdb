// The one server program: `fitech up` for a whole fleet, one verb per tier for a node by itself.
import ArgumentParser

@main
struct Fitech: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fitech",
        abstract: "A complete hosted portal: balancers, web nodes, data, the watch and reports.",
        discussion: "Start with: fitech up --config Config/portal.yaml --demo\nThen look at it with: fitech-ctl status",
        subcommands: [
            UpVerb.self, DownVerb.self, BalancerVerb.self, WebVerb.self, DataVerb.self, ManagementVerb.self, ReportingVerb.self, VersionVerb.self,
        ])
}
