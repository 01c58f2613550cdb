// The tables of a kind of database as numbered steps, applied on open until the file knows the newest.

/// The history of a schema: step n brings a file from `user_version` n to n + 1. Steps are only ever appended.
package struct Schema: Sendable {
    package let name: String
    package let steps: [StaticString]
    /// What SQL alone cannot do, in the transaction of the last step; runs after every migration, so it must do nothing
    /// where it was done already.
    package let finish: @Sendable (Database) throws -> Void

    package init(name: String, steps: [StaticString], finish: @escaping @Sendable (Database) throws -> Void = { _ in }) {
        self.name = name
        self.steps = steps
        self.finish = finish
    }

    package var version: Int { steps.count }

    /// Brings an open database to the newest version, each step in a transaction of its own.
    /// Throws `.tooNew` when the file was written by a newer release, and leaves it untouched.
    package func migrate(_ database: Database) throws {
        var version = try database.userVersion()
        guard version <= steps.count else {
            throw StorageError(
                kind: .tooNew, operation: "open", path: database.path,
                message: "the file has \(name) schema \(version), this release knows up to \(steps.count)")
        }
        while version < steps.count {
            try database.transaction {
                try database.script(steps[version])
                if version == steps.count - 1 { try finish(database) }
                try database.setUserVersion(version + 1)
            }
            version += 1
        }
    }
}
