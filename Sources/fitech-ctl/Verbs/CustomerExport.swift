// `customer export NAME`: everything of a customer in one file, made from a restore point; and how such a file is told from CSV.
import ArgumentParser
import Glibc
import Wire

extension CustomerVerb {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Export everything of a customer into one file.",
            discussion: """
                The file is a tar archive: the customer's database as plain SQLite, its attachments, a manifest, and SHA256SUMS to check it by. \
                It is made by the node that keeps restore points; the primary does not notice. Passwords, sessions and tokens are left out.
                """)
        @Argument(help: "The customer.") var name: String
        @Option(help: ArgumentHelp("Where to put it; NAME-TIME.tar here when left out.", valueName: "file")) var to: String?
        @Flag(help: "Make a restore point first, so that everything up to now is in it.") var fresh = false
        @OptionGroup var common: CommonOptions

        func run() async {
            let wanted = to.map(ExportFiles.absolute)
            if let wanted, access(wanted, F_OK) == 0 { CommonOptions.fail(.conflict("There is a file \(wanted) already.", hint: "Choose another with --to.", code: "file-exists")) }
            let local = common.url == nil
            await common.run(.post, "customer/export", [("name", .string(name)), ("fresh", .bool(fresh))]) { answer, terminal in
                let bytes = answer["bytes"]?.integer ?? 0, digest = answer["sha256"]?.string ?? ""
                guard local, let path = answer["path"]?.string else {
                    terminal.line("The export is there: \(bytes) bytes, SHA-256 \(digest).")
                    terminal.line("Download it as an administrator of \(name), or as operations: \(answer["url"]?.string ?? "/exports")")
                    return
                }
                let target = wanted ?? ExportFiles.absolute(answer["file_name"]?.string ?? "\(name).tar")
                do throws(Failure) { try ExportFiles.copy(path, to: target) } catch { CommonOptions.fail(error) }
                terminal.line("\(target)")
                terminal.line("\(answer["rows"]?.integer ?? 0) rows up to \(answer["as_of"]?.string ?? ""), \(bytes) bytes, SHA-256 \(digest)")
                terminal.line("Unpack it and check it with: tar xf FILE && cd DIRECTORY && sha256sum -c SHA256SUMS")
            }
        }
    }
}

enum ExportFiles {
    /// Whether a file is a tar archive, by the word in its first header.
    static func isArchive(_ path: String) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var word = [UInt8](repeating: 0, count: 5)
        return pread(file, &word, 5, 257) == 5 && word == Array("ustar".utf8)
    }

    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }

    /// Copies a file, never over another.
    static func copy(_ from: String, to target: String) throws(Failure) {
        func refused(_ what: String) -> Failure { .invalid("\(what): \(String(cString: strerror(errno))).", hint: "Check the path, its permissions and the free space.", code: "file") }
        let source = open(from, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw refused("\(from) cannot be read") }
        defer { close(source) }
        let file = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw refused("\(target) cannot be made") }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count == 0 { break }
            guard count > 0 else { throw refused("\(from) cannot be read") }
            var sent = 0
            while sent < count {
                let part = buffer.withUnsafeBytes { write(file, $0.baseAddress! + sent, count - sent) }
                guard part > 0 else { throw refused("\(target) cannot be written") }
                sent += part
            }
        }
        guard fsync(file) == 0 else { throw refused("\(target) cannot be written") }
    }

    static func showImport(_ answer: JSON, _ terminal: Terminal) {
        let name = answer["customer"]?.string ?? ""
        terminal.line("\(name) is here with everything up to \(answer["as_of"]?.string ?? ""): \(answer["rows"]?.integer ?? 0) rows.")
        var table = Table("TABLE", ">ROWS")
        for one in answer["tables"]?.array ?? [] { table.add(.init(one["name"]?.string ?? ""), .init("\(one["rows"]?.integer ?? 0)")) }
        table.show(terminal)
        terminal.line("Tickets: \(answer["tickets"]?.string ?? "").")
        let people = answer["people"]?.integer ?? 0, invited = answer["invited"]?.integer ?? 0
        terminal.line(invited > 0 ? "\(invited) people are invited to set a password." : "\(people) people keep their addresses; each sets a password by \"Forgot the password?\" on the sign-in page.")
    }
}
