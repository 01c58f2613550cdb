// The tables of a kind of database as numbered steps, applied on open until the file knows the newest.

/// The history of a schema: step n brings a file from `user_version` n to n + 1. Steps are only ever appended.
package struct Schema: Sendable {
    package let name: String
    package let steps: [StaticString]

    package init(name: String, steps: [StaticString]) {
        self.name = name
        self.steps = steps
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
                try database.setUserVersion(version + 1)
            }
            version += 1
        }
    }
}
