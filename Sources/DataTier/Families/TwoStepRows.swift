// What is kept of two-step sign-in: the app's secret, the newest code that was taken, recovery codes as hashes.
import Digests
import Procedures
import Storage
import Wire

enum TwoStepRows {
    static let setting = "two-step"

    /// Whether everybody in this database must use it.
    static func isRequired(in database: Database) throws -> Bool {
        try database.first("SELECT value FROM setting WHERE name = ?", setting) { $0.text(0) } == "required"
    }

    static func isOn(_ person: String, in database: Database) throws -> Bool {
        try database.int("SELECT 1 FROM two_step WHERE person = ? AND confirmed IS NOT NULL", person) != nil
    }

    static func state(of person: String, in database: Database) throws -> TwoStepState {
        var state = TwoStepState()
        let confirmed = try database.first("SELECT confirmed FROM two_step WHERE person = ? AND confirmed IS NOT NULL", person) { $0.int64(0) }
        state.since = confirmed.map(Timestamp.init(milliseconds:))
        state.on = state.since != nil
        state.recoveryCodes = try database.int("SELECT count(*) FROM recovery_code WHERE person = ?", person) ?? 0
        state.required = try isRequired(in: database)
        return state
    }

    /// What has to follow the password.
    static func step(of person: String, in database: Database) throws -> SignInStep? {
        if try isOn(person, in: database) { return .code }
        return try isRequired(in: database) ? .enrolment : nil
    }

    /// How a code was good.
    enum Taken: Sendable { case app, recovery }

    /// Takes a code of the app or a recovery code and uses it up; nil for a wrong one. In the transaction of what it allows.
    static func take(_ typed: String, of person: String, _ now: Timestamp, in database: Database) throws -> Taken? {
        let code = typed.filter { $0 != " " && $0 != "-" }
        guard code.utf8.count == 6 else { return try takeRecovery(code, of: person, in: database) ? .recovery : nil }
        guard let kept = try database.first("SELECT secret, last FROM two_step WHERE person = ? AND confirmed IS NOT NULL", person, row: { ($0.bytes(0), $0.int64(1)) }),
            let step = TimeCode.accept(code, secret: kept.0, now: TimeCode.step(ofMilliseconds: now.milliseconds), last: kept.1)
        else { return nil }
        try database.execute("UPDATE two_step SET last = ? WHERE person = ?", step, person)
        return .app
    }

    private static func takeRecovery(_ code: String, of person: String, in database: Database) throws -> Bool {
        guard let bytes = Base32.decode(code), bytes.count == RecoveryCode.bytes else { return false }
        return try database.execute("DELETE FROM recovery_code WHERE hash = ? AND person = ?", RecoveryCode.hash(bytes, of: person), person) == 1
    }

    /// New recovery codes in place of all before.
    static func renewCodes(of person: String, in database: Database) throws -> [String] {
        try database.execute("DELETE FROM recovery_code WHERE person = ?", person)
        return try (0..<RecoveryCode.count).map { _ in
            let bytes = RandomBytes.make(RecoveryCode.bytes)
            try database.execute("INSERT INTO recovery_code (hash, person) VALUES (?, ?)", RecoveryCode.hash(bytes, of: person), person)
            return RecoveryCode.text(bytes)
        }
    }

    static func remove(of person: String, in database: Database) throws {
        try database.execute("DELETE FROM two_step WHERE person = ?", person)
        try database.execute("DELETE FROM recovery_code WHERE person = ?", person)
    }
}

/// A recovery code: 80 random bits, so a fast hash is enough, written `ABCD-EFGH-JKLM-NPQR`.
enum RecoveryCode {
    static let bytes = 10
    static let count = 10

    static func hash(_ bytes: [UInt8], of person: String) -> [UInt8] { Digest.sha256(Array("recovery \(person) ".utf8) + bytes) }

    static func text(_ bytes: [UInt8]) -> String {
        let letters = Array(Base32.encode(bytes).lowercased())
        return stride(from: 0, to: letters.count, by: 4).map { String(letters[$0..<min($0 + 4, letters.count)]) }.joined(separator: "-")
    }
}
