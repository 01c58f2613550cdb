// `audit verify`: whether the audit logs are what was written.
import ArgumentParser
import Wire

struct AuditVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "audit", abstract: "Verify the audit logs.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Check every entry of the audit logs against the chain.",
            discussion: "Exit status 1 if a log is broken; its first wrong row is named. Keep the hash of the last entry elsewhere to tell later whether a log was written anew.")
        @Argument(help: "A customer's name, or directory for Fitech's own; otherwise all.") var log: String?
        @OptionGroup var common: CommonOptions

        func run() async {
            await common.run(.post, "audit/verify", log.map { [("log", .string($0))] } ?? [], show: { Self.show($0, $1) }, failed: { answer in
                (answer["items"]?.array ?? []).contains { $0["broken"]?.integer != nil }
            })
        }

        static func show(_ answer: JSON, _ terminal: Terminal) {
            var table = Table("LOG", ">ENTRIES", "STATE", "LAST HASH")
            let items = answer["items"]?.array ?? []
            for item in items {
                let broken = item["broken"]?.integer
                table.add(
                    .init(item["name"]?.string ?? "", .bold), .init("\(item["entries"]?.integer ?? 0)"), broken.map { .init("broken at row \($0)", .red) } ?? .init("whole", .green),
                    .init(item["head"]?.string ?? ""))
            }
            table.show(terminal)
            for item in items {
                guard let row = item["broken"]?.integer else { continue }
                terminal.line("\(item["name"]?.string ?? ""), row \(row): \(item["reason"]?.string ?? "")")
            }
        }
    }
}
