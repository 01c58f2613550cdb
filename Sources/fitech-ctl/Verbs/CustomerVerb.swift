// `customer add | list | import | export`: the organisations that are served.
import ArgumentParser
import Glibc
import Wire

struct CustomerVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "customer", abstract: "Add and list customers, import their subjects, export everything of theirs.", subcommands: [Add.self, List.self, Import.self, Export.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a customer.")
        @Argument(help: "A short name, such as clinic.") var name: String
        @Option(help: "The full name that people see.") var displayName: String?
        @OptionGroup var common: CommonOptions
        func run() async {
            await common.run(.post, "customer/add", [("name", .string(name)), ("display_name", displayName.map { .string($0) } ?? .null)]) { answer, terminal in
                let name = answer["name"]?.string ?? ""
                terminal.line("Customer \(name) is there. Its first administrator: fitech-ctl user add EMAIL --customer \(name) --role administrator")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the customers.")
        @OptionGroup var common: CommonOptions
        func run() async {
            await common.run(.get, "customer/list") { answer, terminal in
                let items = answer["items"]?.array ?? []
                guard !items.isEmpty else { return terminal.line("There are no customers yet; fitech-ctl customer add NAME makes one.") }
                var table = Table("NAME", "DISPLAY NAME", ">PEOPLE", ">SUBJECTS", "CREATED")
                for item in items {
                    table.add(
                        .init(item["name"]?.string ?? "", .bold), .init(item["display_name"]?.string ?? ""), .init("\(item["people"]?.integer ?? 0)"),
                        .init("\(item["subjects"]?.integer ?? 0)"), .init(item["created"]?.string ?? ""))
                }
                table.show(terminal)
            }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Import subjects from a CSV file, or a whole customer from an export.",
            discussion: """
                From CSV each row that cannot be taken is named with its line, its field and what to write instead.

                An export (the .tar of `customer export`, of this Fitech or another) makes a new customer NAME with everything in it. It is checked \
                against its manifest first, and taken in as a whole or not at all. Passwords are never in an export: with --invite everybody \
                gets a mail to set one, without it they ask for that mail on the sign-in page.
                """)
        @Argument(help: "The customer.") var name: String
        @Argument(help: "The CSV file, or the .tar of an export.") var file: String
        @Flag(help: "Of an export: mail everybody an invitation that sets a password.") var invite = false
        @Option(help: "What becomes of bad rows: refuse (import nothing) or skip (leave them out).") var bad = Bad.refuse
        @OptionGroup var common: CommonOptions
        enum Bad: String, ExpressibleByArgument, CaseIterable { case refuse, skip }

        func run() async {
            if ExportFiles.isArchive(file) {
                guard common.url == nil else {
                    CommonOptions.fail(.invalid("An export is brought in on the machine of the fleet.", hint: "Copy \(file) there and use --state.", code: "not-remote"))
                }
                let path = ExportFiles.absolute(file)
                await common.run(.post, "customer/import-export", [("name", .string(name)), ("path", .string(path)), ("invite", .bool(invite))]) { ExportFiles.showImport($0, $1) }
            }
            let bytes: [UInt8]
            do throws(Failure) { bytes = try InputFile.read(file) } catch { CommonOptions.fail(error) }
            let arguments: [(String, JSON)] = [("name", .string(name)), ("file_name", .string(file.split(separator: "/").last.map(String.init) ?? file)), ("bad", .string(bad.rawValue))]
            await common.run(.post, "customer/import", arguments, file: bytes, show: { Self.show($0, $1) }, failed: { $0["state"]?.string == "refused" })
        }

        static func show(_ report: JSON, _ terminal: Terminal) {
            let lines = report["lines"]?.array ?? []
            if !lines.isEmpty {
                var table = Table(">LINE", "FIELD", "WHAT", "WHAT TO DO")
                for line in lines.prefix(200) {
                    table.add(
                        .init("\(line["line"]?.integer ?? 0)"), .init(line["field"]?.string ?? ""), .init(line["reason"]?.string ?? ""), .init(line["hint"]?.string ?? ""))
                }
                table.show(terminal)
                if lines.count > 200 { terminal.line("and \(lines.count - 200) more; --json prints all") }
                terminal.line("")
            }
            terminal.line("\(report["accepted"]?.integer ?? 0) rows accepted, \(report["refused"]?.integer ?? 0) refused (\(report["state"]?.string ?? "done")).")
        }
    }
}

/// A file named on the command line.
enum InputFile {
    /// At most 64 MB. `-` is standard input.
    static func read(_ path: String, limit: Int = 64 << 20) throws(Failure) -> [UInt8] {
        let file = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .invalid("\(path) cannot be read: \(String(cString: strerror(errno))).", hint: "Check the path and its permissions.", code: "file") }
        defer { if path != "-" { close(file) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return bytes }
            guard count > 0 else { throw .invalid("\(path) cannot be read: \(String(cString: strerror(errno))).", hint: "Name a file.", code: "file") }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw .invalid("\(path) has more than \(limit >> 20) MB.", hint: "Split it.", code: "file-too-large") }
        }
    }
}
