// `technician add | list | test`: who gets the texts.
import ArgumentParser
import Control
import Wire

struct TechnicianVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "technician", abstract: "Who gets the texts when something breaks.", subcommands: [Add.self, List.self, Test.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a technician.")
        @Argument(help: "Their name.") var name: String
        @Option(help: "Their mobile number: +447 and 9 digits, or +614 and 8 digits.") var number: String
        @Option(help: "The time zone they live in, such as Europe/London.") var zone: String
        @Option(help: "The e-mail of the same person of staff, if they sign in.") var email: String?
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard Syntax.mobile(number) != nil else { throw ValidationError("`\(number)` is not a mobile number: write +447 and 9 digits, or +614 and 8 digits.") }
            guard Syntax.isZone(zone) else { throw ValidationError("`\(zone)` is not a time zone: write an IANA name, such as Europe/London.") }
        }

        func run() async {
            let arguments: [(String, JSON)] = [("name", .string(name)), ("number", .string(number)), ("zone", .string(zone)), ("email", email.map { .string($0) } ?? .null)]
            await common.run(.post, "technician/add", arguments) { [name] _, terminal in
                terminal.line("\(name) is a technician. Try the number: fitech-ctl technician test \(name)")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the technicians.")
        @OptionGroup var common: CommonOptions
        func run() async {
            await common.run(.get, "technician/list") { answer, terminal in
                let items = answer["technicians"]?.array ?? answer["items"]?.array ?? []
                guard !items.isEmpty else { return terminal.line("There are no technicians: nobody is told when something breaks.") }
                var table = Table("NAME", "NUMBER", "ZONE", "E-MAIL", "ON CALL")
                for item in items {
                    let isOnCall = item["on_duty"]?.bool == true
                    table.add(
                        .init(item["name"]?.string ?? "", .bold), .init(item["number"]?.string ?? ""), .init(item["zone"]?.string ?? ""), .init(item["email"]?.string ?? "-"),
                        .init(isOnCall ? "now" : "", .green))
                }
                table.show(terminal)
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "test", abstract: "Send a technician a text that says it is a test.")
        @Argument(help: "Their name.") var name: String
        @OptionGroup var common: CommonOptions
        func run() async {
            await common.run(.post, "technician/test", [("name", .string(name))]) { [name] answer, terminal in
                let state = answer["state"]?.string ?? "sent"
                let way = answer["provider"]?.string.map { " by \($0)" } ?? ""
                terminal.line("The text to \(name) is \(state)\(way).")
            }
        }
    }
}
