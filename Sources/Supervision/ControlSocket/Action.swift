// An action of the control socket: its arguments, who asks, its progress and its outcome.
import Control
import Wire

/// Tells whoever waits how far long work has come.
package struct Progress: Sendable {
    let send: @Sendable (Double, String, [(String, JSON)]) -> Void

    /// `part` from 0 to 1; `text` says what is being done now, `details` the same for programs.
    func callAsFunction(_ part: Double, _ text: String, details: [(String, JSON)] = []) { send(part, text, details) }
}

/// What an action is called with: the members of its JSON body, read strictly.
package struct Arguments: Sendable {
    package let json: JSON
    package let by: Actor
    /// The body as it came, for actions that take a file.
    package let bytes: [UInt8]

    /// Refuses members that no action of this name knows.
    func only(_ names: String...) throws(Failure) {
        for (name, _) in json.object ?? [] where !names.contains(name) {
            throw .invalid("There is no argument `\(name)` here.", hint: names.isEmpty ? "Send {}." : "Known are \(names.joined(separator: ", ")).", code: "unknown-argument")
        }
    }

    func text(_ name: String) throws(Failure) -> String {
        if let text = try optionalText(name) { return text }
        throw .invalid("The argument `\(name)` is missing.", hint: "Send {\"\(name)\": \"...\"}.", code: "missing-argument")
    }

    func optionalText(_ name: String) throws(Failure) -> String? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let text = value.string, !text.isEmpty else { throw wrong(name, "a text that is not empty", value) }
        return text
    }

    func flag(_ name: String) throws(Failure) -> Bool {
        guard let value = json[name], !value.isNull else { return false }
        guard let flag = value.bool else { throw wrong(name, "true or false", value) }
        return flag
    }

    /// A duration as people write it (`5m`).
    func duration(_ name: String, otherwise: Duration) throws(Failure) -> Duration {
        guard let text = try optionalText(name) else { return otherwise }
        guard let value = DurationText.parse(text) else { throw wrong(name, "a duration such as 90s, 5m or 2h", .string(text)) }
        return value
    }

    private func wrong(_ name: String, _ wanted: String, _ value: JSON) -> Failure {
        .invalid("The argument `\(name)` is \(value.text.prefix(80)).", hint: "Send \(wanted).", code: "wrong-argument")
    }
}

/// What the supervisor can be asked to do, by the name of its path: `POST /control/NAME`.
struct Action: Sendable {
    typealias Body = @Sendable (Supervisor, Arguments, Progress) async throws(Failure) -> JSON
    var name: String
    /// Reads change nothing and are not audited.
    var isRead = false
    var body: Body
}
