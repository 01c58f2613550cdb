// What every verb takes: which fleet, and whether people or programs read the answer.
import ArgumentParser
import Control
import Glibc
import Wire

struct CommonOptions: ParsableArguments {
    @Option(help: "The state directory of the fleet on this machine.") var state = ".fitech"
    @Option(help: ArgumentHelp("The portal's address instead of a state directory; the token is taken from FITECH_TOKEN.", valueName: "url")) var url: String?
    @Option(help: ArgumentHelp("With --url: the PEM file of the authority that signed the portal's certificate (otherwise the system's).", valueName: "file")) var authority: String?
    @Flag(help: "Print the answer as JSON.") var json = false

    func validate() throws {
        guard let url else {
            if authority != nil { throw ValidationError("--authority goes with --url.") }
            return
        }
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else { throw ValidationError("--url begins with https:// (or http://).") }
    }

    /// Options before the verb are moved behind it, where the verb reads them: `fitech-ctl --state DIR status`.
    static func moved(_ arguments: [String]) -> [String] {
        var ahead: [String] = []
        var rest = arguments[...]
        while let first = rest.first, first.hasPrefix("--"), first != "--" {
            let name = first.split(separator: "=", maxSplits: 1)[0]
            guard ["--state", "--url", "--authority", "--json"].contains(String(name)) else { break }
            ahead.append(rest.removeFirst())
            if first == String(name), name != "--json", let value = rest.first {
                ahead.append(value)
                rest.removeFirst()
            }
        }
        guard !ahead.isEmpty, let verb = rest.first else { return arguments }
        // An unknown verb is what is wrong then, not the options before it.
        guard FitechCtl.configuration.subcommands.contains(where: { $0.configuration.commandName == verb }) else { return Array(rest) }
        // Not behind `--`, where nothing is an option any more.
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return Array(rest[..<end]) + ahead + Array(rest[end...])
    }

    /// Asks the supervisor, shows the answer, ends the process: 0 done, 1 failed (or what `failed` says of an answer).
    func run(
        _ method: HTTPMethod = .post, _ verb: String, _ arguments: [(String, JSON)] = [], file: [UInt8]? = nil,
        show: (JSON, Terminal) -> Void, failed: (JSON) -> Bool = { _ in false }
    ) async -> Never {
        let terminal = Terminal()
        do throws(Failure) {
            let client = try ControlClient(self)
            let bar = ProgressBar(terminal)
            let answer = try await client.ask(method, verb, arguments, file: file) { [json] line in
                // Programs get the lines as they come, beside the answer: standard output stays one JSON value.
                if json { Terminal(descriptor: STDERR_FILENO).line(line.text) } else { bar.show(line["progress"]?.number ?? 0, line["text"]?.string ?? "") }
            }
            bar.clear()
            if json { terminal.line(answer.text) } else { show(answer, terminal) }
            if failed(answer) { Glibc.exit(1) }
        } catch {
            Self.fail(error)
        }
        Glibc.exit(0)
    }

    /// The reason and the hint on standard error, status 1.
    static func fail(_ failure: Failure) -> Never {
        let terminal = Terminal(descriptor: STDERR_FILENO)
        terminal.line("\(terminal.paint("fitech-ctl:", .red)) \(failure.reason)")
        for field in failure.fields where field.reason != failure.reason {
            terminal.line("  \(field.field.isEmpty ? "" : field.field + ": ")\(field.reason)\(field.hint.isEmpty ? "" : " " + field.hint)")
        }
        if !failure.hint.isEmpty { terminal.line("  \(failure.hint)") }
        Glibc.exit(1)
    }
}
