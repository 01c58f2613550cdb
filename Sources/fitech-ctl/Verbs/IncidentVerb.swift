// `incident list | ack`: what is broken, and who has taken it.
import ArgumentParser
import Wire

struct IncidentVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "incident", abstract: "See and acknowledge incidents.", subcommands: [List.self, Ack.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the incidents, the newest first.")
        @OptionGroup var common: CommonOptions
        func run() async {
            await common.run(.get, "incident/list") { answer, terminal in
                let items = answer["incidents"]?.array ?? answer["items"]?.array ?? []
                guard !items.isEmpty else { return terminal.line("There are no incidents.") }
                var table = Table("INCIDENT", "WHAT", "STATE", "OPENED", "CLOSED", "ACKNOWLEDGED BY", "REASON")
                for item in items {
                    let isOpen = item["closed"]?.string == nil
                    let id = item["id"]?.integer.map { "\($0)" } ?? item["id"]?.string ?? ""
                    table.add(
                        .init(id, .bold), .init(item["subject"]?.string ?? item["title"]?.string ?? ""), .init(item["state"]?.string ?? (isOpen ? "open" : "closed"), isOpen ? .red : .green),
                        .init(item["opened"]?.string ?? ""), .init(item["closed"]?.string ?? "-"),
                        .init(item["acknowledged_by"]?.string ?? "-"), .init(item["cause"]?.string ?? item["reason"]?.string ?? ""))
                }
                table.show(terminal)
            }
        }
    }

    struct Ack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "ack", abstract: "Say that somebody is working on it: no more texts go out.")
        @Argument(help: "The incident.") var incident: String
        @Option(help: "Who; otherwise operations.") var by: String?
        @OptionGroup var common: CommonOptions
        func run() async {
            await common.run(.post, "incident/ack", [("incident", .string(incident)), ("by", by.map { .string($0) } ?? .null)]) { [incident] _, terminal in
                terminal.line("Incident \(incident) is acknowledged.")
            }
        }
    }
}
