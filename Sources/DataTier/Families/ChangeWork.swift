// Working on changes: raising, writing, moving on, voting, quoting. The rules are SupportCentre's; here they meet rows and people.
import Control
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum ChangeWork {
    static func add(to table: inout ProcedureTable) {
        table.add(RaiseChange.self) { try await raise($0, $1, $2) }
        table.add(EditChange.self) { try await edit($0, $1, $2) }
        table.add(MoveChange.self) { try await move($0, $1, $2) }
        table.add(VoteOnChange.self) { try await vote($0, $1, $2) }
        table.add(QuoteChange.self) { try await quote($0, $1, $2) }
        table.add(AnswerQuote.self) { try await answerQuote($0, $1, $2) }
    }

    /// One write to one change: found in its home, changed, its history and the index brought along.
    private static func change(
        _ number: Int, _ call: Call, _ room: DataRoom, _ body: @escaping @Sendable (inout ChangeRow, ChangeAct, Database) throws -> Void
    ) async throws -> Change {
        let caller = try call.signedIn()
        let home = try await ChangeFamily.home(of: number, caller, room)
        let act = ChangeAct(caller: caller, home: home, now: call.now, board: room.store.options.board)
        let audit = call.audit
        let change = try await room.write(call, home.file(in: room.store)) { database in
            guard var row = try ChangeRow.find(number, of: home.customer, in: database) else { throw Failure.notFound("change") }
            try body(&row, act, database)
            try row.save(at: act.now, in: database)
            try act.finish(row, audit, in: database)
            return row.change
        }
        await room.followChanges(of: home)
        return change
    }

    // MARK: Raising and writing

    /// What a change is made of, checked.
    private struct Content: Sendable {
        var title: String?, kind: ChangeKind?, reason: String?, impact: ChangeImpact?, likelihood: ChangeLikelihood?
        var plan: String?, backOut: String?, evidence: String?, parts: [String]?

        init(title: String?, reason: String?, plan: String?, backOut: String?, evidence: String?, parts: String?, _ check: inout FieldCheck) {
            self.title = title.map { check.text("title", $0, "The title", limit: 200) }
            self.reason = reason.map { check.text("reason", $0, "The reason", limit: 20_000, required: false) }
            self.plan = plan.map { check.text("plan", $0, "The plan", limit: 20_000, required: false) }
            self.backOut = backOut.map { check.text("back_out", $0, "The way back", limit: 20_000, required: false) }
            self.evidence = evidence.map { check.text("evidence", $0, "The evidence", limit: 20_000, required: false) }
            guard let parts else { return }
            let words = parts.split { $0 == " " || $0 == "," || $0 == "\n" || $0 == "\r" }.map(String.init)
            for word in words where ServicePart(rawValue: word) == nil {
                check.refuse("parts", "\"\(word.prefix(40))\" is no part of the service.", "Use some of: \(ServicePart.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            self.parts = ServicePart.allCases.map(\.rawValue).filter(words.contains)
        }

        /// Writes what differs. What may not be written any more is refused, all of it at once.
        func write(to row: inout ChangeRow, allowed: Set<ChangeContent>) throws(Failure) {
            var check = FieldCheck()
            func set<T: Equatable>(_ path: WritableKeyPath<Change, T>, _ value: T?, _ field: String, _ content: ChangeContent) {
                guard let value, value != row.change[keyPath: path] else { return }
                guard allowed.contains(content) else { return check.refuse(field, "This is not to be written any more.", "What was decided on stays as it was; revise the change to write it anew.") }
                row.change[keyPath: path] = value
            }
            set(\.title, title, "title", .reason)
            set(\.kind, kind, "kind", .reason)
            set(\.reason, reason, "reason", .reason)
            set(\.impact, impact.map(Optional.some), "impact", .risk)
            set(\.likelihood, likelihood.map(Optional.some), "likelihood", .risk)
            set(\.plan, plan, "plan", .plan)
            set(\.backOut, backOut, "back_out", .backOut)
            set(\.evidence, evidence, "evidence", .evidence)
            set(\.parts, parts, "parts", .plan)
            row.change.risk = nil
            if let impact = row.change.impact, let likelihood = row.change.likelihood { row.change.risk = ChangeRisk(impact, likelihood) }
            try check.finish()
        }
    }

    private static func checkKind(_ kind: ChangeKind?, _ caller: Caller, _ check: inout FieldCheck) {
        guard kind == .standard, !caller.isStaff else { return }
        check.refuse("kind", "Only support calls a change standard.", "Use normal, or emergency when it cannot wait.")
    }

    private static func raise(_ asked: RaiseChange, _ call: Call, _ room: DataRoom) async throws -> Change {
        let caller = try call.signedIn(), store = room.store
        var check = FieldCheck()
        var content = Content(title: asked.title, reason: asked.reason, plan: asked.plan, backOut: asked.backOut, evidence: asked.evidence, parts: asked.parts, &check)
        (content.kind, content.impact, content.likelihood) = (asked.kind, asked.impact, asked.likelihood)
        checkKind(asked.kind, caller, &check)
        var home = caller.customer.map(ChangeHome.customer) ?? .directory
        if let name = asked.customer, name != caller.customer?.name {
            if caller.isStaff, let entry = store.customer(name) {
                home = .customer(entry)
            } else {
                check.refuse("customer", caller.isStaff ? "There is no customer named \(name.prefix(40))." : "You raise changes of your own organisation.", caller.isStaff ? "Use the short name, such as clinic, or leave it out for everybody." : "Leave it out.")
            }
        }
        try check.finish()
        let number = try await store.write(store.directory) { database -> Int in
            let next = try database.int("SELECT next FROM counter WHERE name = 'change'") ?? 101
            try database.execute("UPDATE counter SET next = ? WHERE name = 'change'", next + 1)
            return next
        }
        let act = ChangeAct(caller: caller, home: home, now: call.now, board: store.options.board)
        let (audit, place, written) = (call.audit, home, content)
        let change = try await room.write(call, home.file(in: store)) { database in
            var change = Change()
            (change.number, change.raisedBy, change.byStaff, change.raised) = (number, caller.name, caller.isStaff, act.now)
            (change.customer, change.customerDisplayName) = (place.customer?.name, place.customer?.displayName ?? "")
            var row = ChangeRow(change: change, person: caller.id, submitted: nil, round: 1, board: nil)
            try written.write(to: &row, allowed: Set(ChangeContent.allCases))
            try row.insert(at: act.now, in: database)
            try row.note("raise", by: caller.name, staff: caller.isStaff, "", at: act.now, in: database)
            if asked.submit == true { try act.move(&row, ChangeRequest(.submit), in: database) }
            try row.save(at: act.now, in: database)
            try act.finish(row, audit, in: database)
            return row.change
        }
        await room.followChanges(of: home)
        return change
    }

    private static func edit(_ asked: EditChange, _ call: Call, _ room: DataRoom) async throws -> Change {
        let caller = try call.signedIn()
        var check = FieldCheck()
        var content = Content(title: asked.title, reason: asked.reason, plan: asked.plan, backOut: asked.backOut, evidence: asked.evidence, parts: asked.parts, &check)
        (content.kind, content.impact, content.likelihood) = (asked.kind, asked.impact, asked.likelihood)
        checkKind(asked.kind, caller, &check)
        try check.finish()
        let written = content
        return try await change(asked.number, call, room) { row, act, database in
            try row.check(version: asked.version)
            let hasVotes = try !row.votes(in: database).isEmpty
            let parties = row.parties(of: caller)
            guard parties.contains(.staff) || parties.contains(.owner) && row.change.state == .draft else {
                throw Failure.forbidden(
                    parties.contains(.owner) ? "A change that was submitted is written by support alone." : "Only who raised a change, an administrator or support writes it.",
                    hint: parties.contains(.owner) ? "Revise it: then it is a draft again." : "Ask who raised it.")
            }
            // An emergency is voted on from the moment it is submitted: its board follows from what it is.
            if row.change.state != .draft, let kind = written.kind, kind != row.change.kind, row.board != nil || kind == .emergency {
                throw Failure.unacceptable([.init(field: "kind", reason: "An emergency is made one before it is submitted, and stays one.", hint: "Revise the change, then choose its kind.")])
            }
            try written.write(to: &row, allowed: ChangeLifecycle.editable(in: row.change.state, hasVotes: hasVotes))
            try row.note("edit", by: caller.name, staff: caller.isStaff, "", at: act.now, in: database)
        }
    }

    // MARK: Moving on

    private static func move(_ asked: MoveChange, _ call: Call, _ room: DataRoom) async throws -> Change {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let note = check.text("note", asked.note ?? "", "The note", limit: 5000, required: false)
        let starts = check.moment("starts", asked.starts, in: caller.zone), ends = check.moment("ends", asked.ends, in: caller.zone)
        try check.finish()
        let window = starts.flatMap { starts in ends.map { ChangeWindow(starts: starts, ends: $0) } }
        let wanted = ChangeRequest(asked.step, note: note, window: window)
        return try await change(asked.number, call, room) { row, act, database in
            try row.check(version: asked.version)
            try act.move(&row, wanted, in: database)
        }
    }

    private static func vote(_ asked: VoteOnChange, _ call: Call, _ room: DataRoom) async throws -> Change {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let comment = check.text("comment", asked.comment ?? "", "The comment", limit: 5000, required: false)
        if asked.choice == .reject, comment.isEmpty { check.refuse("comment", "A rejection says why.", "Write what would have to be different.") }
        try check.finish()
        return try await change(asked.number, call, room) { row, act, database in
            try ChangeLifecycle.checkVote(of: row.facts(votes: try row.votes(in: database).map(\.vote), at: act.now), at: act.now)
            guard let board = row.board else { throw Failure.conflict("Nobody has been asked to vote on this change.", hint: "Assess it first.", code: "change-state") }
            try board.check(voter: caller.id, raisedBy: row.person, at: act.now)
            try database.execute(
                "INSERT INTO change_vote (change, round, person, who, choice, comment, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row.change.number, row.round, caller.id, caller.name, asked.choice.rawValue, comment, act.now.milliseconds)
            try act.decide(&row, in: database)
        }
    }

    // MARK: Quotes

    private static func quote(_ asked: QuoteChange, _ call: Call, _ room: DataRoom) async throws -> Change {
        let caller = try call.signedIn()
        if let amount = asked.amount, !(1...1_000_000_000).contains(amount) {
            throw Failure.unacceptable([.init(field: "amount", reason: "The amount must be between 1 penny and 10 million.", hint: "Give it in pence or cents; leave it out to withdraw the offer.")])
        }
        return try await change(asked.number, call, room) { row, act, database in
            guard row.change.customer != nil else { throw Failure.conflict("A change of Fitech's own costs no customer anything.", hint: "Only a customer's change has a quote.", code: "no-customer") }
            guard [.submitted, .assessed, .approved].contains(row.change.state) else {
                throw Failure.conflict("A change that is \(row.change.state.rawValue) is not quoted.", hint: "Quote it after it was submitted and before it is scheduled.", code: "change-state")
            }
            let text: String
            if let amount = asked.amount {
                var quote = ChangeQuote()
                (quote.amount, quote.currency) = (amount, asked.currency ?? .gbp)
                row.change.quote = quote
                text = quote.text
                try act.tell(row, "A quote for your change", "Carrying it out costs \(text). It is scheduled once an administrator of yours has accepted the quote in the portal.", in: database)
            } else {
                row.change.quote = nil
                text = ""
            }
            try row.note(asked.amount == nil ? "withdraw-quote" : "quote", by: caller.name, staff: true, text, at: act.now, in: database)
        }
    }

    private static func answerQuote(_ asked: AnswerQuote, _ call: Call, _ room: DataRoom) async throws -> Change {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let note = check.text("note", asked.note ?? "", "The note", limit: 5000, required: false)
        try check.finish()
        return try await change(asked.number, call, room) { row, act, database in
            guard row.change.quote?.state == .offered, ChangePhase(row.change.state) != .over else {
                throw Failure.conflict("There is no quote to answer.", hint: "Look at the change again: it may have been withdrawn or answered.", code: "no-quote")
            }
            row.change.quote?.state = asked.accept ? .accepted : .declined
            try row.note(asked.accept ? "accept-quote" : "decline-quote", by: caller.name, staff: false, note, at: act.now, in: database)
        }
    }
}

extension ChangeQuote {
    /// `GBP 1,250.00`
    var text: String {
        var pounds = Array(String(amount / 100))
        var at = pounds.count - 3
        while at > 0 {
            pounds.insert(",", at: at)
            at -= 3
        }
        return "\(currency.rawValue) \(String(pounds)).\(amount % 100 < 10 ? "0" : "")\(amount % 100)"
    }
}
