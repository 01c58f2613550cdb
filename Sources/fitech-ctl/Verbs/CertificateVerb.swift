// `certificate request | install | list`: what browsers are shown.
import ArgumentParser
import Wire

struct CertificateVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "The certificates browsers are shown.",
        discussion: "request makes a key here and prints what an authority is to sign; install takes the certificate it sends back. Nothing is restarted.",
        subcommands: [Request.self, Install.self, List.self])

    struct Request: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "request", abstract: "Make a key and a request for an authority to sign (PEM on standard output).")
        @Argument(help: "The host names it is for, the first also its common name; *.example.com for all names of a domain. Default: the portal's name.") var names: [String] = []
        @Flag(help: "An RSA key instead of ECDSA on P-256, for clients from before 2012; both kinds may be installed side by side.") var rsa = false
        @Flag(help: "Make a new key although a request for the name waits for its certificate.") var replace = false
        @OptionGroup var common: CommonOptions

        func run() async {
            let arguments: [(String, JSON)] = [("names", .array(names.map { .string($0) })), ("rsa", .bool(rsa)), ("replace", .bool(replace))]
            await common.run(.post, "certificate/request", arguments) { answer, terminal in
                terminal.put(answer["request"]?.string ?? "")
                let notes = Terminal(descriptor: 2)
                notes.line("Have an authority sign this (it is also \(answer["file"]?.string ?? "in the state directory")), then: fitech-ctl certificate install FILE")
            }
        }
    }

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "install", abstract: "Install a certificate with its chain; connections in use are not dropped.")
        @Argument(help: "A PEM file: the server's own certificate, then its issuers; - for standard input.") var file: String
        @Option(help: "The PEM file of its private key, when the request was not made here.") var key: String?
        @OptionGroup var common: CommonOptions

        func run() async {
            var bytes: [UInt8]
            do throws(Failure) {
                bytes = try InputFile.read(file, limit: 1 << 20)
                if let key { bytes += [0x0A] + (try InputFile.read(key, limit: 1 << 20)) }
            } catch { CommonOptions.fail(error) }
            await common.run(.post, "certificate/install", file: bytes) { answer, terminal in
                let names = answer["names"]?.array?.compactMap(\.string) ?? []
                terminal.line("Installed for \(names.joined(separator: ", ")), valid for \(answer["days_left"]?.integer ?? 0) days. Balancers show it within ten seconds.")
                for warning in answer["warnings"]?.array ?? [] { terminal.line("\(terminal.paint("Note:", .yellow)) \(warning.string ?? "")") }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the certificates: names, issuer, days left, which are served.")
        @OptionGroup var common: CommonOptions

        func run() async {
            await common.run(.get, "certificate/list") { answer, terminal in
                var table = Table("NAMES", "KEY", "ISSUER", ">DAYS LEFT", "STATE", "STAPLE")
                for item in answer["certificates"]?.array ?? [] {
                    let days = item["days_left"]?.integer
                    let state = item["state"]?.string ?? ""
                    table.add(
                        .init((item["names"]?.array ?? []).compactMap(\.string).joined(separator: " "), .bold), .init(item["key"]?.string ?? ""),
                        .init(item["issuer"]?.string ?? "-"), .init(days.map { "\($0)" } ?? "-", days.map { $0 <= 14 ? .red : $0 <= 30 ? .yellow : .green }),
                        .init(state, state == "served" ? .green : state == "expired" ? .red : .grey), .init(item["staple"]?.string ?? "-"))
                }
                table.show(terminal)
                for problem in answer["problems"]?.array ?? [] { terminal.line("\(terminal.paint("Cannot be used:", .red)) \(problem.string ?? "")") }
            }
        }
    }
}
