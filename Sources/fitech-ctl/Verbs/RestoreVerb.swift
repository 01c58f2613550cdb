// `restore`: bring data back to a restore point.
import ArgumentParser
import Glibc
import Wire

struct RestoreVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring one customer or all back to a restore point, in place or as files.")
    @Option(help: "latest, or a time with zone such as 2026-11-22T15:00:00Z: the newest restore point not after it.") var at: String
    @Option(help: "Only this customer; the others are untouched.") var customer: String?
    @Option(help: ArgumentHelp("Write the databases into this directory.", valueName: "dir")) var to: String?
    @Flag(help: "Put them in the place of what is there now.") var inPlace = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard inPlace == (to == nil) else { throw ValidationError("Use either --in-place or --to DIR.") }
        guard at == "latest" || Timestamp(iso8601: at) != nil else { throw ValidationError("`\(at)` is not a time: write latest, or 2026-11-22T15:00:00Z.") }
    }

    func run() async {
        var directory = to
        if let given = to, !given.hasPrefix("/"), let current = getcwd(nil, 0) {
            directory = String(cString: current) + "/" + given
            free(current)
        }
        let arguments: [(String, JSON)] = [
            ("at", .string(at)), ("customer", customer.map { .string($0) } ?? .null), ("to", directory.map { .string($0) } ?? .null), ("in_place", .bool(inPlace)),
        ]
        await common.run(.post, "restore", arguments) { [directory] answer, terminal in
            var table = Table("DATABASE", "AS OF", "RESTORE POINT", "FROM")
            for one in answer["databases"]?.array ?? [] {
                table.add(
                    .init(one["name"]?.string ?? "", .bold), .init(one["taken"]?.string ?? ""), .init(one["restore_point"]?.string ?? ""), .init(one["from"]?.string ?? ""))
            }
            table.show(terminal)
            if let directory { terminal.line("The files are in \(directory).") }
            if let aside = answer["aside"]?.string { terminal.line("What was there before is in \(aside).") }
            if let note = answer["note"]?.string { terminal.line(note) }
        }
    }
}
