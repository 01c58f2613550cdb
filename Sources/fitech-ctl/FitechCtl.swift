// The operations program: one verb per file, spoken to the supervisor.
import ArgumentParser
import Glibc

@main
struct FitechCtl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fitech-ctl",
        abstract: "Look at a running fleet and change it.",
        discussion: "--state and --url say which fleet and may stand before the verb as well. Exit status: 0 done, 1 failed (the reason is on standard error), 64 wrong usage.",
        subcommands: [
            StatusVerb.self, CloneNodeVerb.self, DrainVerb.self, UndrainVerb.self, RemoveNodeVerb.self, StopVerb.self, StartVerb.self, UpgradeVerb.self,
            PromoteVerb.self,
            BackupVerb.self, RestoreVerb.self, CustomerVerb.self, UserVerb.self, TokenVerb.self, AuditVerb.self, CertificateVerb.self, TechnicianVerb.self, OnCallVerb.self, IncidentVerb.self, MaintenanceVerb.self,
            ConfigVerb.self, LogsVerb.self, VersionVerb.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot(CommonOptions.moved(Array(CommandLine.arguments.dropFirst())))
            if var asynchronous = command as? any AsyncParsableCommand { try await asynchronous.run() } else { try command.run() }
        } catch {
            exit(withError: error)
        }
    }
}
