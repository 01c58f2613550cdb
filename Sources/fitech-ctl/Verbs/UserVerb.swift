// `user add`: a person who may sign in. `user reset-two-step`: one who lost their phone.
import ArgumentParser
import Control
import Wire

struct UserVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "user", abstract: "Add people who may sign in, and help those who cannot.", subcommands: [Add.self, ResetTwoStep.self])

    struct ResetTwoStep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-two-step", abstract: "Take somebody's two-step sign-in and passkeys away, so that they set up another app.",
            discussion: "For who has lost phone, passkeys and recovery codes and has no administrator to ask. They are signed out and told by mail. Make sure that it is really them who asks.")
        @Argument(help: "The e-mail address they sign in with.") var email: String
        @OptionGroup var common: CommonOptions

        func run() async {
            await common.run(.post, "user/reset-two-step", [("email", .string(email))]) { [email] _, terminal in
                terminal.line("\(email) signs in by the password alone until they set up another app.")
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add a person: with a password, else with a link by which they choose one.",
            discussion: "Roles of a customer's people: administrator, super-operator, operator, subject. Roles of staff: support, operations, technician.")
        @Argument(help: "The e-mail address they sign in with.") var email: String
        @Option(help: "Their name; otherwise the first part of the address.") var name: String?
        @Option(help: "The customer they belong to.") var customer: String?
        @Flag(help: "They belong to staff.") var staff = false
        @Option(help: "What they may do.") var role: String
        @Option(help: ArgumentHelp("A file with the password in its first line (- is standard input).", valueName: "file")) var passwordFile: String?
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard staff == (customer == nil) else { throw ValidationError("Use either --customer NAME or --staff.") }
            guard let known = PersonRole(rawValue: role), known.isStaff == staff else {
                let roles = PersonRole.allCases.filter { $0.isStaff == staff }.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("`\(role)` is not a role of \(staff ? "staff" : "a customer's people"): use one of \(roles).")
            }
            guard Syntax.email(email) != nil else { throw ValidationError("`\(email)` is not an e-mail address.") }
        }

        func run() async {
            var password: JSON = .null
            if let passwordFile {
                do throws(Failure) {
                    let line = try InputFile.read(passwordFile, limit: 4096).prefix { $0 != 0x0A && $0 != 0x0D }
                    guard !line.isEmpty, let text = String(validating: line, as: UTF8.self) else {
                        throw .invalid("\(passwordFile) has no password in its first line.", hint: "Write it there as UTF-8 text.", code: "no-password")
                    }
                    password = .string(text)
                } catch { CommonOptions.fail(error) }
            }
            let arguments: [(String, JSON)] = [
                ("email", .string(email)), ("name", name.map { .string($0) } ?? .null), ("customer", customer.map { .string($0) } ?? .null),
                ("staff", .bool(staff)), ("role", .string(role)), ("password", password),
            ]
            await common.run(.post, "user/add", arguments) { [email] answer, terminal in
                terminal.line("\(email) may sign in.")
                if let link = answer["invitation"]?.string { terminal.line("Send them this link, by which they choose a password:\n  \(link)") }
            }
        }
    }
}
