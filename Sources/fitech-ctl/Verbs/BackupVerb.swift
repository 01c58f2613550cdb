// `backup now` and `backup list`: restore points.
import ArgumentParser
import Wire

struct BackupVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "backup", abstract: "Make and list restore points.", subcommands: [Now.self, List.self])

    struct Now: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "now", abstract: "Take a restore point of every database.")
        @OptionGroup var common: CommonOptions
        func run() async {
            await common.run(.post, "backup/now") { answer, terminal in
                terminal.line("Restore point \(answer["id"]?.string ?? "") taken\(answer["taken"]?.string.map { " at \($0)" } ?? "").")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the restore points, the newest first.")
        @OptionGroup var common: CommonOptions
        func run() async {
            await common.run(.get, "backup/list") { answer, terminal in
                let items = answer["items"]?.array ?? answer["restore_points"]?.array ?? answer.array ?? []
                guard !items.isEmpty else { return terminal.line("There are no restore points yet; fitech-ctl backup now takes one.") }
                var table = Table("TAKEN", "ID", ">DATABASES", ">SIZE")
                for item in items {
                    let databases = item["databases"]?.array?.count ?? Int(item["databases"]?.integer ?? 0)
                    table.add(.init(item["taken"]?.string ?? ""), .init(item["id"]?.string ?? ""), .init("\(databases)"), .init(Size.text(item["bytes"]?.integer)))
                }
                table.show(terminal)
            }
        }
    }
}

/// Bytes as people read them.
enum Size {
    static func text(_ bytes: Int64?) -> String {
        guard let bytes else { return "-" }
        let units = ["B", "kB", "MB", "GB", "TB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        let tenths = Int((value * 10).rounded())
        return unit == 0 ? "\(bytes) B" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
