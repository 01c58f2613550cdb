// The one place where it is decided whether a call may go on: which node asks, for whom, and what that person may do.
import Control
import Digests
import Procedures
import Storage
import Wire

extension DataRoom {
    /// Checks a procedure's access rule. Gives the signed-in person, nil for procedures that need none.
    func admit(_ entry: ProcedureTable.Entry, certificate: Access.Certificate, token: String?, now: Timestamp) async throws -> Caller? {
        let access = entry.access
        guard access.certificates.contains(certificate) else {
            throw Failure.forbidden("A \(certificate.rawValue) node may not call this procedure.", hint: "Ask through the tier it belongs to.")
        }
        if access.who == .anyone { return nil }
        guard let token, !token.isEmpty else { throw Failure.signedOut() }
        let caller = try await resolve(token, now: now)
        if case .roles(let roles) = access.who, !roles.contains(caller.role) {
            throw Failure.forbidden("A person with the role \(caller.role.rawValue) may not do this.", hint: Self.remedy(roles))
        }
        if let step = caller.step, !access.during.contains(step) { throw Self.unfinished(step) }
        if caller.byToken { try checkToken(caller, entry, certificate) } else if access.fresh != nil { try checkFresh(caller, now) }
        return caller
    }

    /// What an API token may do of what its person may.
    private func checkToken(_ caller: Caller, _ entry: ProcedureTable.Entry, _ certificate: Access.Certificate) throws(Failure) {
        if caller.readsOnly, entry.kind == .write {
            throw Failure.forbidden("This token may only read.", hint: "Make one that may write too: on the page Your account, or with fitech-ctl token create EMAIL --scope all.")
        }
        if entry.access.fresh == .peopleOnly {
            throw Failure(
                whose: .client, retry: .never, status: 403, code: "session-needed", reason: "This takes a person who has just proved who they are, not an API token.",
                hint: "Sign in to the portal and do it there.")
        }
        guard let scope = caller.scope else { return }
        // Whoever the token belongs to, any token may ask; a reporting node asks it before it answers a report.
        let isReport = certificate == .reporting
        if entry.tellsWho, !isReport { return }
        let area = isReport ? TokenArea.reports : entry.area
        guard scope.allows(area, entry.kind) else {
            let wanted = area.map { "\($0.rawValue):\(entry.kind == .write ? "write" : "read")" }
            throw Failure(
                whose: .client, retry: .never, status: 403, code: "token-scope", reason: wanted.map { "This token lacks \($0)." } ?? "This token is for \(scope.text) alone.",
                hint: "Make a token with a wider scope on the page Your account.")
        }
    }

    private func checkFresh(_ caller: Caller, _ now: Timestamp) throws(Failure) {
        guard !caller.isFresh(store.options.confirmLife, now) else { return }
        throw Failure(
            whose: .client, retry: .never, status: 403, code: "confirm-identity", reason: "Before this, prove once more that it is you.",
            hint: "Send your password, or a code where you use two-step sign-in, to /api/v1/me/confirmation; then try again.")
    }

    private static func unfinished(_ step: SignInStep) -> Failure {
        switch step {
        case .code:
            Failure(
                whose: .client, retry: .never, status: 403, code: "give-code", reason: "Signing in is not finished: it takes a code too.",
                hint: "Send the code of your authenticator app, or a recovery code, to /api/v1/sign-in/code.")
        case .enrolment:
            Failure(
                whose: .client, retry: .never, status: 403, code: "set-up-two-step", reason: "Your organisation wants two-step sign-in of everybody, and you have not set it up.",
                hint: "Sign in to the portal; it leads you through.")
        }
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
                SELECT p.id, p.email, p.name, p.role, p.units, p.zone, p.last_seen, s.kind, s.scope, s.used, s.areas, s.proved, s.step, s.created,
                    p.acknowledged, b.colour, b.logo
                FROM session s JOIN person p ON p.id = s.person LEFT JOIN branding b ON b.one = 1
                WHERE s.hash = ? AND s.expires > ? AND (s.used > ? OR s.kind = 'token') AND p.suspended IS NULL
                """, hash, now.milliseconds, idle) { row -> (Caller, Int64, Bool)? in
                guard let role = PersonRole(rawValue: row.text(3)) else { return nil }
                var caller = Caller(
                    id: row.text(0), email: row.text(1), name: row.text(2), role: role,
                    units: UnitPreference(rawValue: row.text(4)) ?? .metric, zone: row.text(5),
                    lastSeen: row.optionalInt64(6).map(Timestamp.init(milliseconds:)), home: home, hash: hash,
                    byToken: row.text(7) == "token", readsOnly: row.text(8) == "read",
                    // Areas or a step nobody knows, of a newer release, allow nothing.
                    scope: row.optionalText(10).map { TokenScope($0) ?? TokenScope() }, proved: row.optionalInt64(11).map(Timestamp.init(milliseconds:)),
                    step: row.optionalText(12).map { SignInStep(rawValue: $0) ?? .code })
                var branding = Branding()
                (branding.colour, branding.logo) = (row.optionalText(15), row.optionalText(16))
                if !branding.isPlain { caller.branding = branding }
                caller.announcements = store.shown.banners(customer: caller.customer?.name, role: role, acknowledged: row.text(14), at: now)
                return (caller, row.int64(9), row.int64(9) == row.int64(13))
            }
        }
        guard let found, let (caller, used, unused) = found else { throw expired }
        // A row of the wrong kind of home would cross the wall between staff and customers.
        guard caller.isStaff == (place == "staff") else { throw expired }
        // The first use of a token is kept at once: a token that seems unused is thrown away too lightly.
        if now.milliseconds - used > 300_000 || (caller.byToken && unused && now.milliseconds > used) { touch(file, hash, caller.id, now) }
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
