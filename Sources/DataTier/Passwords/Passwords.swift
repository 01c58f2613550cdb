// Passwords are made and checked on two threads of their own, never on a loop or a writer.
import Digests
import Storage
import Wire

extension DataStore {
    /// Checked against when there is nobody to check, so that an unknown e-mail takes as long as a wrong password.
    private static let nobody = "$scrypt$ln=17,r=8,p=1$MuXc1veniGYU72wzs72Gkw$0SibhERNz6LBpwlvrUnKjXbXLSbbECO2VIXAUY9r+KI"

    /// Whether the password is right; always false, and as slow, without a stored hash. Refuses when too many wait.
    func verify(_ password: String, against stored: String?) async throws -> Bool {
        let right = try await passwords.run { PasswordHash.verify(password, against: stored ?? Self.nobody) }
        return right && stored != nil
    }

    func hash(_ password: String) async throws -> String {
        let cost = options.passwordCost
        return try await passwords.run { PasswordHash.make(password, cost: cost) }
    }

    /// What is wrong with a new password, if anything.
    func problem(ofNew password: String, field: String = "password") -> Failure.FieldProblem? {
        let count = password.count
        if count < options.passwordMinimum {
            return .init(field: field, reason: "The password has \(count) characters.", hint: "Use at least \(options.passwordMinimum); a few words in a row are easy to remember.")
        }
        if password.utf8.count > 1024 {
            return .init(field: field, reason: "The password is longer than 1024 bytes.", hint: "Use a shorter one.")
        }
        if Set(password).count < 4 {
            return .init(field: field, reason: "The password repeats the same few characters.", hint: "Use a few different words in a row.")
        }
        return nil
    }
}
