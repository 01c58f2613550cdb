// `maintenance add | list | cancel`: planned work, during which nobody is woken and the clock of the availability stands.
import ArgumentParser
import Control
import SupportCentre
import Wire

struct MaintenanceVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance", abstract: "Planned work: nobody is woken for it, and it counts in neither side of the availability.",
        subcommands: [Add.self, List.self, Cancel.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Plan work. The status page shows it to everybody.")
        @Argument(help: "What is done, in a few words for everybody.") var title: String
        @Option(help: "When it begins, ISO 8601 with a zone; otherwise now.") var starts: String?
        @Option(help: "When it ends, ISO 8601 with a zone.") var ends: String?
        @Option(name: .customLong("for"), help: "How long it lasts instead, such as 90s, 30m or 2h.") var length: String?
        @Option(help: "The part of the service worked on: entrance, pages, records, copies, watch or reports. May be given several times; otherwise all.") var service: [String] = []
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard (ends == nil) != (length == nil) else { throw ValidationError("Say when it ends: either --ends TIME or --for DURATION.") }
            for time in [starts, ends].compactMap({ $0 }) where Timestamp(iso8601: time) == nil {
                throw ValidationError("`\(time)` is not a time: write ISO 8601 with a zone, such as 2026-11-22T02:00:00Z.")
            }
            if let length, DurationText.parse(length) == nil { throw ValidationError("`\(length)` is not a duration: write 90s, 30m or 2h.") }
            for part in service where ServicePart(rawValue: part) == nil {
                throw ValidationError("`\(part)` is no part of the service: use \(ServicePart.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
        }

        func run() async {
            let optional = { (text: String?) -> JSON in text.map { .string($0) } ?? .null }
            let arguments: [(String, JSON)] = [
                ("title", .string(title)), ("starts", optional(starts)), ("ends", optional(ends)), ("for", optional(length)),
                ("services", service.isEmpty ? .null : .string(service.joined(separator: " "))),
            ]
            await common.run(.post, "maintenance/add", arguments) { answer, terminal in
                terminal.line("Window \(answer["id"]?.integer ?? 0) is planned from \(answer["starts"]?.string ?? "now") to \(answer["ends"]?.string ?? "").")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the windows: what is coming or running first.")
        @OptionGroup var common: CommonOptions
        func run() async {
            await common.run(.get, "maintenance/list") { answer, terminal in
                let items = answer["items"]?.array ?? []
                guard !items.isEmpty else { return terminal.line("No work is planned.") }
                var table = Table("WINDOW", "WHAT", "STATE", "STARTS", "ENDS", "SERVICES", "BY")
                for item in items {
                    let state = item["state"]?.string ?? "", services = item["services"]?.array?.compactMap(\.string) ?? []
                    table.add(
                        .init("\(item["id"]?.integer ?? 0)", .bold), .init(item["title"]?.string ?? ""), .init(state, state == "running" ? .yellow : state == "coming" ? .green : nil),
                        .init(item["starts"]?.string ?? ""), .init(item["ends"]?.string ?? ""), .init(services.joined(separator: " ")), .init(item["by"]?.string ?? ""))
                }
                table.show(terminal)
            }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "cancel", abstract: "Call a window off: what still fails wakes somebody at once.")
        @Argument(help: "The number of the window.") var window: Int
        @OptionGroup var common: CommonOptions
        func run() async {
            await common.run(.post, "maintenance/cancel", [("window", .string(String(window)))]) { [window] _, terminal in
                terminal.line("Window \(window) is called off.")
            }
        }
    }
}
