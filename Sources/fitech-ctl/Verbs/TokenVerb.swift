// `token create`: a bearer token for the API.
import ArgumentParser
import Wire

struct TokenVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "token", abstract: "Make tokens for the API.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a token for a person; it is shown this once.")
        @Argument(help: "The person's e-mail address.") var email: String
        @Option(help: "What it allows: read, or areas like \"tickets:write subjects:read\"; otherwise all that person may do.") var scope: String?
        @OptionGroup var common: CommonOptions

        func run() async {
            await common.run(.post, "token/create", [("email", .string(email)), ("scope", scope.map { .string($0) } ?? .null)]) { answer, terminal in
                terminal.line(answer["token"]?.string ?? "")
                Terminal(descriptor: 2).line("scope \(answer["scope"]?.string ?? ""), expires \(answer["expires"]?.string ?? "never")")
            }
        }
    }
}
