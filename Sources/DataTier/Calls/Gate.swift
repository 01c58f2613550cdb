// The one place where it is decided whether a call may go on: which node asks, for whom, and what that person may do.
import Control
import Digests
import Procedures
import Storage
import Wire

extension DataRoom {
    /// Checks a procedure's access rule. Gives the signed-in person, nil for procedures that need none.
    func admit(_ access: Access, _ kind: ProcedureKind, certificate: Access.Certificate, token: String?, now: Timestamp) async throws -> Caller? {
        guard access.certificates.contains(certificate) else {
            throw Failure.forbidden("A \(certificate.rawValue) node may not call this procedure.", hint: "Ask through the tier it belongs to.")
        }
        if access.who == .anyone { return nil }
        guard let token, !token.isEmpty else { throw Failure.signedOut() }
        let caller = try await resolve(token, now: now)
        if case .roles(let roles) = access.who, !roles.contains(caller.role) {
            throw Failure.forbidden("A person with the role \(caller.role.rawValue) may not do this.", hint: Self.remedy(roles))
        }
        if caller.readsOnly, kind == .write {
            throw Failure.forbidden("This token may only read.", hint: "Make one with fitech-ctl token create EMAIL --scope all.")
        }
        return caller
    }

    private static func remedy(_ roles: Set<PersonRole>) -> String {
        "It takes one of: \(roles.map(\.rawValue).sorted().joined(separator: ", "))."
    }

    /// The person behind a token; 401 for one that is unknown, expired or idle too long (the three look alike).
    func resolve(_ token: String, now: Timestamp) async throws -> Caller {
        let expired = Failure(whose: .client, retry: .never, status: 401, code: "session-expired", reason: "Your session has ended.", hint: "Sign in again, or send a valid bearer token.")
        guard let place = Token.place(of: token) else { throw expired }
        let home: Caller.Home
        let file: DatabaseFile
        if place == "staff" {
            (home, file) = (.staff, store.directory)
        } else if let entry = store.customer(place) {
            (home, file) = (.customer(entry), entry.file)
        } else {
            throw expired
        }
        let hash = Digest.sha256(token)
        let idle = now.milliseconds - store.options.sessionIdle.milliseconds
        let found = try await read(file) { database in
            try database.first("""
                SELECT p.id, p.email, p.name, p.role, p.units, p.zone, p.last_seen, s.kind, s.scope, s.used
                FROM session s JOIN person p ON p.id = s.person
                WHERE s.hash = ? AND s.expires > ? AND (s.used > ? OR s.kind = 'token')
                """, hash, now.milliseconds, idle) { row -> (Caller, Int64)? in
                guard let role = PersonRole(rawValue: row.text(3)) else { return nil }
                return (Caller(
                    id: row.text(0), email: row.text(1), name: row.text(2), role: role,
                    units: UnitPreference(rawValue: row.text(4)) ?? .metric, zone: row.text(5),
                    lastSeen: row.optionalInt64(6).map(Timestamp.init(milliseconds:)), home: home, hash: hash,
                    byToken: row.text(7) == "token", readsOnly: row.text(8) == "read"), row.int64(9))
            }
        }
        guard let found, let (caller, used) = found else { throw expired }
        // A row of the wrong kind of home would cross the wall between staff and customers.
        guard caller.isStaff == (place == "staff") else { throw expired }
        if now.milliseconds - used > 300_000 { touch(file, hash, caller.id, now) }
        return caller
    }

    /// Moves the idle limit on, at most every five minutes, without making the request wait for it.
    private func touch(_ file: DatabaseFile, _ hash: [UInt8], _ person: String, _ now: Timestamp) {
        guard store.role.mayWrite else { return }
        Task.detached {
            // If it fails the next request tries again.
            _ = try? await file.write { database in
                try database.execute("UPDATE session SET used = ? WHERE hash = ?", now.milliseconds, hash)
                try database.execute("UPDATE person SET last_seen = ? WHERE id = ?", now.milliseconds, person)
            }
        }
    }
}
