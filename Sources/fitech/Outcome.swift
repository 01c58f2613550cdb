// How this program ends: 0, or 1 with the reason and what to do next on standard error (64 is wrong usage).
import Glibc
import Telemetry
import Wire

enum Outcome {
    /// Runs `body` and ends the process with its outcome.
    static func of(_ body: () async throws -> Void) async -> Never {
        do {
            try await body()
            Log.flush()
            exit(0)
        } catch {
            Log.flush()
            let failure = error as? Failure
            tell("fitech: \(failure?.reason ?? "\(error)")")
            if let failure {
                for field in failure.fields { tell("  \(field.field): \(field.reason) \(field.hint)") }
                if !failure.hint.isEmpty { tell("  \(failure.hint)") }
            }
            exit(1)
        }
    }

    private static func tell(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}

enum Program {
    /// The absolute path of this very program.
    static func path() throws(Failure) -> String {
        guard let found = realpath("/proc/self/exe", nil) else { throw .fault("This program's own path cannot be found.", hint: "Mount /proc.") }
        defer { free(found) }
        return String(cString: found)
    }
}
