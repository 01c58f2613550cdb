// What follows from a step of a change, in the transaction it is taken in: its vote, its time, its history, who is told.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

/// Somebody doing something to a change.
struct ChangeAct: Sendable {
    let caller: Caller
    let home: ChangeHome
    let now: Timestamp
    let board: BoardOptions

    private static let boardName = "The advisory board"

    // MARK: Steps

    /// Takes a step, if the rules let this caller take it.
    func move(_ row: inout ChangeRow, _ request: ChangeRequest, in database: Database) throws {
        let votes = try row.votes(in: database).map(\.vote)
        let line = try ChangeLifecycle.judge(request, of: row.facts(votes: votes, at: now), by: row.parties(of: caller), at: now)
        try take(line, &row, request, by: caller.name, staff: caller.isStaff, in: database)
    }

    /// After a vote: the board's step, if the votes have come to one.
    func decide(_ row: inout ChangeRow, in database: Database) throws {
        let facts = row.facts(votes: try row.votes(in: database).map(\.vote), at: now)
        guard facts.board == .approved || facts.board == .rejected else { return }
        let request = ChangeRequest(facts.board == .approved ? .approve : .reject)
        let line = try ChangeLifecycle.judge(request, of: facts, by: [.board], at: now)
        try take(line, &row, request, by: Self.boardName, staff: true, in: database)
    }

    private func take(_ line: ChangeTransition, _ row: inout ChangeRow, _ request: ChangeRequest, by who: String, staff: Bool, in database: Database) throws {
        row.change.state = line.to
        row.isMoved = row.isMoved || line.to == .scheduled || line.from == .scheduled
        switch line.step {
        case .submit:
            row.submitted = row.submitted ?? now.milliseconds
            if row.change.kind == .emergency { row.board = newBoard(of: row) }
        case .assess: row.board = newBoard(of: row)
        case .extend:
            let ends = newBoard(of: row).ends
            row.board?.ends = ends
        case .revise:
            row.round += 1
            row.board = nil
        case .schedule, .reschedule:
            (row.change.starts, row.change.ends) = (request.window?.starts, request.window?.ends)
        case .implement, .backOut:
            // The work is done: the calendar need not keep the rest of its time.
            if line.from == .scheduled, let ends = row.change.ends, now < ends { row.change.ends = now }
        case .approve, .reject, .cancel, .review, .close: break
        }
        try row.note(line.step.rawValue, by: who, staff: staff, request.note, at: now, in: database)
        if home.customer != nil {
            try WebhookRows.tell(.changeMoved, [
                ("change", .integer(Int64(row.change.number))), ("step", .string(line.step.rawValue)), ("state", .string(line.to.rawValue)), ("by", .string(staff ? "support" : "customer")),
                ("address", .string("/api/v1/changes/\(row.change.number)")),
            ], at: now, in: database)
        }
        if let news = news(of: line.step, row) { try tell(row, news.subject, news.text + (request.note.isEmpty ? "" : "\n\n\(who): \(request.note)"), in: database) }
    }

    private func newBoard(of row: ChangeRow) -> AdvisoryBoard {
        AdvisoryBoard(for: row.change.kind, risk: row.change.risk ?? .veryHigh, options: board, opened: now)
    }

    // MARK: What everybody concerned learns

    /// In the audit, and for Fitech's own in the index beside it; a customer's database is followed afterwards.
    func finish(_ row: ChangeRow, _ audit: Audit, in database: Database) throws {
        try audit.note("worked on a change", .change(row.change.number), detail: row.change.state.rawValue, in: database)
        if row.isMoved { try ChangeWindows.write(row.change, place: home.place, at: now, in: database) }
        guard home.customer == nil else { return }
        try ChangeIndex.followOwn(row.change.number, in: database)
        if row.isMoved { try ChangeWindows.draft(row.change, in: database) }
    }

    private func news(of step: ChangeStep, _ row: ChangeRow) -> (subject: String, text: String)? {
        let when = row.change.starts.map { starts in
            // The clock of whoever schedules it; everybody else goes by UTC, and the page shows their own.
            "\(LocalTime.text(starts, in: caller.zone).replacing("T", with: " ")) in \(caller.zone) (\(starts.iso8601))"
        } ?? ""
        switch step {
        case .approve: return ("approved", "Your change was approved. It gets a date next.")
        case .reject: return ("rejected", "Your change was not approved. It can be revised and submitted again; the reasons are with support.")
        case .schedule: return ("scheduled", "Your change is scheduled: \(when).")
        case .reschedule: return ("moved", "Your change was moved to \(when).")
        case .implement: return ("carried out", "Your change was carried out.")
        case .backOut: return ("taken back", "Your change was taken back: everything is as it was before.")
        case .revise: return ("sent back", "Your change was sent back to be revised.")
        case .cancel: return ("cancelled", "Your change was cancelled.")
        case .submit, .assess, .extend, .review, .close: return nil
        }
    }

    /// Mails whoever raised a change of a customer, unless it is them who did this.
    func tell(_ row: ChangeRow, _ subject: String, _ text: String, in database: Database) throws {
        guard let customer = home.customer, row.person != caller.id, let person = try PersonRow.find(row.person, in: database) else { return }
        try Mail.write(to: person.email, subject: "[Change \(row.change.number)] \(row.change.title): \(subject)", body: """
            Hello \(person.name),

            this is about your change \(row.change.number), "\(row.change.title)". \(text)

            Sign in to the portal to read it all.
            """, place: customer.name, now: now, in: database)
    }
}
