// What is wrong with a configuration file: every problem at once, each with its place, its key and its remedy.
import Wire

/// One thing wrong (or, as a warning, odd) in the file.
package struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// `Config/portal.yaml:12:5`, or `--set probes.every=1` for what the command line said.
    package var place: String
    /// The key as a dotted path, `nodes[2].tier`; empty when the file as a whole is wrong.
    package var key: String
    /// What is wrong.
    package var problem: String
    /// What to write instead.
    package var remedy: String

    package init(place: String, key: String, problem: String, remedy: String) {
        self.place = place
        self.key = key
        self.problem = problem
        self.remedy = remedy
    }

    package var description: String {
        (key.isEmpty ? "\(place): " : "\(place): \(key): ") + (remedy.isEmpty ? problem : "\(problem); \(remedy)")
    }
}

/// The file cannot be used; nothing was started.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// At least one, in the order of the file.
    package var problems: [ConfigurationProblem]

    package init(_ problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }

    /// The same for faces that speak in failures: one field problem each.
    package var failure: Failure {
        Failure(
            whose: .client, retry: .never, status: 400, code: "configuration",
            reason: problems.count == 1 ? "The configuration has a problem." : "The configuration has \(problems.count) problems.",
            hint: "Correct what is named and try again; Config/README.md explains every key.",
            fields: problems.map { .init(field: "\($0.place) \($0.key)", reason: $0.problem, hint: $0.remedy) })
    }
}
