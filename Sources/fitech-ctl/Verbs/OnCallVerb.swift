// `on-call`: who is woken now, or at another time.
import ArgumentParser
import Wire

struct OnCallVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "on-call", abstract: "Say who is on duty now, or at another time.")
    @Option(help: "A time with zone, such as 2026-11-22T15:00:00Z.") var at: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let at, Timestamp(iso8601: at) == nil { throw ValidationError("`\(at)` is not a time: write it as 2026-11-22T15:00:00Z.") }
    }

    func run() async {
        await common.run(.get, "on-call", [("at", at.map { .string($0) } ?? .null)]) { answer, terminal in
            let person = answer["technician"] ?? answer
            guard let name = person["name"]?.string else { return terminal.line("Nobody is on duty: there are no technicians.") }
            let local = answer["local_time"]?.string.map { ", where it is \($0)" } ?? ""
            terminal.line("\(terminal.paint(name, .bold))  \(person["number"]?.string ?? "")  \(person["zone"]?.string ?? "")\(local)")
        }
    }
}
