// Answers that are kept for as long as nobody commits anything: figures beside lists that are counted again and again.

/// What one handle that only reads has found, all of one state of the file.
struct Remembered {
    private static let most = 64
    private var version = -1
    private var answers: [String: Any] = [:]

    func answer<T>(_ key: String, at version: Int) -> T? { version == self.version ? answers[key] as? T : nil }

    mutating func keep<T>(_ answer: T, as key: String, at version: Int) {
        if version != self.version || answers.count >= Self.most { answers.removeAll(keepingCapacity: true) }
        self.version = version
        answers[key] = answer
    }
}

extension Database {
    /// What `find` answers, or answered last time under the same key if nothing in the file was changed since. On a handle that writes it
    /// is always found anew.
    ///
    /// Every commit of another handle changes `PRAGMA data_version`. It is read first: what is found after a further commit is newer than
    /// it claims to be, and found once more by the next who asks.
    package func unchanged<T>(_ key: @autoclosure () -> String, _ find: () throws -> T) throws -> T {
        guard onlyReads, let version = try int("PRAGMA data_version") else { return try find() }
        let key = key()
        if let known: T = remembered.answer(key, at: version) { return known }
        let found = try find()
        remembered.keep(found, as: key, at: version)
        return found
    }
}
