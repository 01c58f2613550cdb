// `version`: this program's release, and the fleet's where one runs.
import ArgumentParser
import Control
import Glibc
import Wire

struct VersionVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the release of this program and of the fleet.")
    @OptionGroup var common: CommonOptions

    func run() async {
        var members: [(String, JSON)] = [("release", .string(Release.text))]
        // Without a fleet this program still knows itself.
        let fleet = try? await ControlClient(common).ask(.get, "version", [], file: nil) { _ in }
        if let fleet { members.append(("fleet", fleet)) }
        let terminal = Terminal()
        if common.json {
            terminal.line(JSON.object(members).text)
        } else {
            terminal.line("fitech-ctl \(Release.text)")
            if let fleet {
                terminal.line("fleet      \(fleet["release"]?.string ?? "?")")
                for node in fleet["nodes"]?.array ?? [] where node["release"]?.string != fleet["release"]?.string {
                    terminal.line("  \(node["name"]?.string ?? "")  \(node["release"]?.string ?? "")")
                }
            }
        }
        Glibc.exit(0)
    }
}
