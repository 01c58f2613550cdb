// What commands ask of the data tier: customers, people, tokens by procedure; restore points, restore and promotion of its nodes.
import Control
import Digests
import Engine
import Logging
import Procedures
import Wire

extension Supervisor {
    /// How long a primary that restarts is waited for.
    private static let patience = Duration.seconds(8)

    /// Calls a procedure on the primary as operations. A write carries a replay id, so that a repeat takes effect once.
    func call<P: Procedure>(_ procedure: P, session: String? = nil, timeout: Duration = .seconds(60)) async throws(Failure) -> P.Answer {
        var fields = P.kind == .write ? [(ProcedureField.replay, RandomBytes.token(bytes: 16))] : []
        if let session { fields.append((ProcedureField.session, session)) }
        let body = CompactCodec.encode(procedure)
        let deadline = ContinuousClock.now.advanced(by: Self.patience)
        while true {
            let failure: Failure
            do throws(Failure) {
                guard !fleet.nodes(of: .data).isEmpty else {
                    throw .conflict("This fleet has no data node: it is a plain load balancer.", hint: "Use a configuration of an edition, such as Config/portal.yaml.", code: "no-data-tier")
                }
                guard let primary = fleet.primary?.name else {
                    throw .unavailable("No data node is primary.", whose: .ours, hint: "Promote one: fitech-ctl promote NODE.")
                }
                guard fleet.primary?.state != .stopped else {
                    throw .conflict("\(primary), the primary, is held down.", hint: "Start it (fitech-ctl start \(primary)) or promote the backup.", code: "primary-stopped")
                }
                let response = try await caller.send(
                    .post, "/procedures/\(P.name)", to: primary, body: body, type: CompactCodec.mediaType,
                    fields: fields + [("Accept", CompactCodec.mediaType)], timeout: timeout)
                if response.status.code == 200 { return try CompactCodec.decode(P.Answer.self, from: response.body) }
                _ = try NodeCaller.json(response, from: primary)
                throw .fault("\(primary) gave an answer nobody knows.")
            } catch {
                failure = error
            }
            // What reached nothing, or says itself that it may be sent again, is tried while the primary restarts.
            guard failure.retry != .never || failure.code == "node-lost", ContinuousClock.now < deadline, !isStopping else { throw failure }
            await loop.sleep(.milliseconds(50))
        }
    }

    private func jsonOf(_ record: some Record) throws(Failure) -> JSON {
        do { return try JSON.parse(JSONCodec.encode(record)) } catch { throw .fault("An answer could not be written as JSON.") }
    }

    // MARK: Customers and people

    func addCustomer(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only("name", "display_name")
        var procedure = AddCustomer()
        procedure.customer = try arguments.text("name")
        procedure.displayName = try arguments.optionalText("display_name")
        return try jsonOf(try await call(procedure))
    }

    func listCustomers(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only()
        return try jsonOf(try await call(ListCustomers()))
    }

    /// The file is the body (`text/csv`); `bad` says what becomes of bad rows.
    func importForCustomer(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("name", "file_name", "bad")
        var procedure = ImportForCustomer()
        procedure.customer = try arguments.text("name")
        procedure.fileName = try arguments.optionalText("file_name") ?? "subjects.csv"
        let bad = try arguments.optionalText("bad") ?? "refuse"
        guard let choice = BadRows(rawValue: bad) else {
            throw .invalid("`\(bad)` is nothing that can be done with bad rows.", hint: "Use skip (leave them out) or refuse (import nothing).", code: "wrong-argument")
        }
        procedure.bad = choice
        guard !arguments.bytes.isEmpty else { throw .invalid("There is no file.", hint: "Send it as the body, type text/csv.", code: "missing-file") }
        procedure.bytes = arguments.bytes
        progress(0.1, "importing \(arguments.bytes.count) bytes")
        return try jsonOf(try await call(procedure, timeout: .seconds(600)))
    }

    func addUser(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only("email", "name", "customer", "staff", "role", "password")
        var procedure = AddPerson()
        procedure.email = try arguments.text("email")
        guard Syntax.email(procedure.email) != nil else { throw .invalid("`\(procedure.email)` is not an e-mail address.", hint: "Write it as name@example.com.", code: "wrong-email") }
        procedure.name = try arguments.optionalText("name") ?? String(procedure.email.prefix { $0 != "@" })
        let word = try arguments.text("role")
        guard let role = PersonRole(rawValue: word) else {
            throw .invalid("`\(word)` is not a role.", hint: "Use one of " + PersonRole.allCases.map(\.rawValue).joined(separator: ", ") + ".", code: "wrong-role")
        }
        procedure.role = role
        let staff = try arguments.flag("staff")
        procedure.customer = try arguments.optionalText("customer")
        guard staff == (procedure.customer == nil) else { throw .invalid("A person belongs to a customer or to staff.", hint: "Use either --customer NAME or --staff.", code: "customer-or-staff") }
        guard staff == role.isStaff else {
            let roles = PersonRole.allCases.filter { $0.isStaff == staff }.map(\.rawValue).joined(separator: ", ")
            throw .invalid("\(word) is not a role of \(staff ? "staff" : "a customer's people").", hint: "Use one of \(roles).", code: "wrong-role")
        }
        procedure.password = try arguments.optionalText("password")
        procedure.origin = publicURL
        var json = try jsonOf(try await call(procedure))
        // The whole link, ready to be sent: people cannot be asked to put it together.
        if case .object(let members) = json, let path = json["invitation"]?.string, path.hasPrefix("/"), let publicURL {
            json = .object(members.map { $0.0 == "invitation" ? ($0.0, .string(publicURL + path)) : $0 })
        }
        return json
    }

    /// For who has lost phone and recovery codes, and has no administrator to ask.
    func resetTwoStep(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only("email")
        var procedure = ResetTwoStepOf()
        procedure.email = try arguments.text("email")
        return try jsonOf(try await call(procedure))
    }

    func createToken(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only("email", "scope")
        var procedure = CreateToken()
        procedure.email = try arguments.text("email")
        if let scope = try arguments.optionalText("scope") { procedure.scope = scope }
        return try jsonOf(try await call(procedure))
    }

    /// `log`: a customer's name or `directory`; without it all.
    func verifyAudit(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("log")
        var procedure = VerifyAudit()
        procedure.log = try arguments.optionalText("log")
        progress(0.1, "reading the audit log")
        return try jsonOf(try await call(procedure, timeout: .seconds(3600)))
    }
}
