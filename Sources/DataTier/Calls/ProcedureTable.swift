// Every procedure this node serves, by name, with the code that answers it.
import Procedures
import Storage
import Wire

/// Immutable once made; shared by all loops.
struct ProcedureTable: Sendable {
    struct Entry: Sendable {
        let access: Access
        let kind: ProcedureKind
        /// Which tokens with areas may call it; nil for none.
        let area: TokenArea?
        /// It says who asks and nothing else.
        let tellsWho: Bool
        /// Decodes the arguments, answers, encodes.
        let run: @Sendable (DataRoom, Call, _ jsonIn: Bool, _ jsonOut: Bool) async throws -> [UInt8]
        /// For lists: writes all pages into a spool, as `ItemFrames`.
        var walk: (@Sendable (DataRoom, Call, SpoolFile) async throws -> Void)?
    }

    private(set) var entries: [String: Entry] = [:]

    /// Adds a procedure. A name given twice is a mistake of ours.
    mutating func add<P: Procedure>(_ type: P.Type, _ answer: @escaping @Sendable (P, Call, DataRoom) async throws -> P.Answer) { addOne(type, answer) }

    private mutating func addOne<P: Procedure>(_ type: P.Type, _ answer: @escaping @Sendable (P, Call, DataRoom) async throws -> P.Answer) {
        precondition(entries[P.name] == nil, "two procedures are called \(P.name)")
        entries[P.name] = Entry(access: P.access, kind: P.kind, area: TokenArea.of(procedure: P.name), tellsWho: P.self == WhoAmI.self) { room, call, jsonIn, jsonOut in
            let asked: P = jsonIn ? try JSONCodec.decode(from: call.body.isEmpty ? Array("{}".utf8) : call.body) : try CompactCodec.decode(from: call.body)
            let answer = try await answer(asked, call, room)
            return jsonOut ? JSONCodec.encode(answer) : CompactCodec.encode(answer)
        }
    }

    /// Adds a list, which can also be had whole.
    mutating func add<P: ListProcedure>(_ type: P.Type, _ answer: @escaping @Sendable (P, Call, DataRoom) async throws -> P.Answer) {
        addOne(type, answer)
        entries[P.name]!.walk = { room, call, spool in
            var asked: P = try CompactCodec.decode(from: call.body)
            asked.page = Page(limit: 200)
            while true {
                let part = try await answer(asked, call, room)
                try spool.append(part.items)
                guard let next = part.next else { return }
                asked.page.after = next
                // Other requests of this loop get their turn.
                await Task.yield()
            }
        }
    }

    /// Everything a data node answers.
    static let all: ProcedureTable = {
        var table = ProcedureTable()
        SessionFamily.add(to: &table)
        LinkFamily.add(to: &table)
        HomeFamily.add(to: &table)
        TicketFamily.add(to: &table)
        TicketChangeFamily.add(to: &table)
        TicketLinks.add(to: &table)
        TicketsTogether.add(to: &table)
        TicketWatchers.add(to: &table)
        AttachmentFamily.add(to: &table)
        RatingFamily.add(to: &table)
        SupportPlans.add(to: &table)
        CannedReplyFamily.add(to: &table)
        CustomerDeskFamily.add(to: &table)
        TicketViewFamily.add(to: &table)
        ChangeFamily.add(to: &table)
        AnnouncementFamily.add(to: &table)
        PeopleFamily.add(to: &table)
        MemberFamily.add(to: &table)
        AccountFamily.add(to: &table)
        TwoStepFamily.add(to: &table)
        PasskeyFamily.add(to: &table)
        SubjectFamily.add(to: &table)
        DataProtectionFamily.add(to: &table)
        AssessmentFamily.add(to: &table)
        ImportFamily.add(to: &table)
        EffectFamily.add(to: &table)
        ExportFamily.add(to: &table)
        AuditFamily.add(to: &table)
        SearchFamily.add(to: &table)
        CommunityFamily.add(to: &table)
        WebhookFamily.add(to: &table)
        BrandingFamily.add(to: &table)
        TicketLooking.add(to: &table)
        BinFamily.add(to: &table)
        BackgroundWorkFamily.add(to: &table)
        return table
    }()
}

/// What a call is made of before anybody looked at it.
struct CallRequest: Sendable {
    var procedure: String
    var certificate: Access.Certificate
    var token: String?
    var replay: String?
    var requestID: String?
    /// It is a request of the API.
    var counts = false
    /// The body is JSON, else the compact codec.
    var jsonIn = false
    /// The answer is to be JSON.
    var jsonOut = false
    var body: [UInt8]
}

extension DataRoom {
    /// Serves one call from beginning to end.
    func answer(_ request: CallRequest, now: Timestamp = .now) async throws(Failure) -> (bytes: [UInt8], replayed: Bool, allowance: Allowance?) {
        guard let entry = ProcedureTable.all.entries[request.procedure] else {
            throw .notFound("procedure", hint: "Known are: \(ProcedureTable.all.entries.keys.sorted().joined(separator: ", ")).")
        }
        var caller: Caller?
        do {
            try store.role.checkServes()
            try store.checkDirectory()
            caller = try await admit(entry, certificate: request.certificate, token: request.token, now: now)
            let allowance = try store.count(request, caller, now)
            if entry.kind == .write { try store.role.checkMayWrite() }
            let call = Call(
                certificate: request.certificate, caller: caller, procedure: request.procedure, now: now,
                requestID: request.requestID, replay: request.replay, body: request.body)
            guard entry.kind == .write, let key = Replay(call)?.key else { return (try await entry.run(self, call, request.jsonIn, request.jsonOut), false, allowance) }
            await store.repeats.enter(key)
            defer { store.repeats.leave(key) }
            let bytes = try await entry.run(self, call, request.jsonIn, request.jsonOut)
            return (bytes, call.replayed, allowance)
        } catch {
            // A node that stepped down meanwhile has put its files away: what looked like nobody's session or a missing
            // database is a question for its successor.
            try store.role.checkServes()
            throw store.failure(error, customer: caller?.customer?.name ?? request.token.flatMap(Token.place(of:)), request: request)
        }
    }
}

extension DataStore {
    /// Counts a request of the API, where they are counted: by person, whatever token or session they come by.
    func count(_ request: CallRequest, _ caller: Caller?, _ now: Timestamp) throws(Failure) -> Allowance? {
        guard request.counts, let limit = options.apiRequestsPerMinute, let caller else { return nil }
        let use = apiLimits.use("\(caller.place)/\(caller.id)", limit: limit, now: now)
        guard use.isWithin else {
            var failure = Failure.tooMany("You have made \(limit) requests within a minute.", after: use.seconds)
            failure.code = Allowance.spent
            throw failure
        }
        return Allowance(limit: limit, left: use.left, seconds: use.seconds)
    }

    /// Any error as the failure its caller gets; what is ours is logged here, once.
    func failure(_ error: any Error, customer: String?, request: CallRequest) -> Failure {
        switch error {
        case let failure as Failure: return failure
        case let overloaded as BlockingThreads.Overloaded: return overloaded.failure
        case let storage as StorageError:
            log.report(storage, request)
            var failure = storage.failure
            if storage.kind == .corrupt || storage.kind == .unopenable {
                let name = self.customer(customer ?? "") == nil ? nil : customer
                failure.reason = name.map { "The database of customer \($0) is damaged or missing." } ?? "The directory of this portal is damaged or missing."
                failure.hint = "Operations bring it back with: fitech-ctl restore\(name.map { " --customer " + $0 } ?? "") --at latest --in-place"
            }
            return failure
        default:
            log.report(error, request)
            return .fault("The procedure \(request.procedure) failed.")
        }
    }
}
