// Who did what to the fleet: one JSON line per action, never rewritten.
import Control
import Glibc
import Wire

/// Who asks for an action.
package struct Actor: Sendable, Equatable {
    /// The e-mail of a signed-in person of operations, when the portal relayed the action.
    package var person: String?
    package var processID: Int32?
    package var userID: UInt32?

    package init(person: String? = nil, processID: Int32? = nil, userID: UInt32? = nil) {
        self.person = person
        self.processID = processID
        self.userID = userID
    }

    var json: JSON {
        .object([
            ("person", person.map { .string($0) } ?? .null), ("pid", processID.map { .integer(Int64($0)) } ?? .null),
            ("uid", userID.map { .integer(Int64($0)) } ?? .null),
        ])
    }
}

/// Appends with one write(2) each, so that lines never mix.
package struct AuditLog: Sendable {
    let path: String

    package init(_ state: StateDirectory) { path = state.auditLog }

    /// Notes an action with its arguments and how it ended. Throws when it cannot be written: what cannot be audited is not done.
    func note(_ action: String, by actor: Actor, arguments: JSON, outcome: String) throws(Failure) {
        let line = JSON.object([
            ("time", .string(Timestamp.now.iso8601)), ("action", .string(action)), ("by", actor.json), ("arguments", Self.veiled(arguments)), ("outcome", .string(outcome)),
        ])
        let bytes = line.bytes + [0x0A]
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DurableFile.refusal("open", path) }
        defer { close(file) }
        guard write(file, bytes, bytes.count) == bytes.count else { throw DurableFile.refusal("write", path) }
    }

    /// Secrets do not belong into a log.
    static func veiled(_ arguments: JSON) -> JSON {
        guard case .object(let members) = arguments else { return arguments }
        return .object(members.map { ($0.0, ["password", "token", "secret"].contains($0.0) && !$0.1.isNull ? .string("(hidden)") : $0.1) })
    }
}
