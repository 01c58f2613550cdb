// `config check`: everything that is wrong with a configuration file, without starting anything.
import ArgumentParser
import Control
import Glibc
import Wire

struct ConfigVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "config", abstract: "Look at configuration files.", subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "check", abstract: "Say everything that is wrong with a file: line, key, what to write instead.")
        @Argument(help: "The configuration file.") var file: String
        @Option(name: .customLong("set"), parsing: .singleValue, help: ArgumentHelp("Set a key first, as fitech up would.", valueName: "key=value")) var overrides: [String] = []
        @OptionGroup var common: CommonOptions

        func run() async {
            let (errors, warnings): ([ConfigurationProblem], [ConfigurationProblem])
            do throws(ConfigurationError) {
                (errors, warnings) = ([], try Configuration.load(path: file, overrides: overrides).warnings)
            } catch {
                (errors, warnings) = (error.problems, [])
            }
            if common.json {
                Terminal().line(JSON.object([("file", .string(file)), ("errors", .array(errors.map(Self.json))), ("warnings", .array(warnings.map(Self.json)))]).text)
            } else {
                let terminal = Terminal(descriptor: errors.isEmpty ? STDOUT_FILENO : STDERR_FILENO)
                for problem in errors { terminal.line("\(terminal.paint("error:", .red)) \(problem)") }
                for problem in warnings { terminal.line("\(terminal.paint("warning:", .yellow)) \(problem)") }
                if errors.isEmpty { terminal.line("\(file) is right\(warnings.isEmpty ? "" : ", with \(warnings.count) warning\(warnings.count == 1 ? "" : "s")").") }
            }
            Glibc.exit(errors.isEmpty ? 0 : 1)
        }

        private static func json(_ problem: ConfigurationProblem) -> JSON {
            .object([("place", .string(problem.place)), ("key", .string(problem.key)), ("problem", .string(problem.problem)), ("remedy", .string(problem.remedy))])
        }
    }
}
