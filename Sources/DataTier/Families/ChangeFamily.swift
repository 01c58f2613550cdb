// Reading changes: lists, one change with its history and vote, the calendar.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

/// The one database a change is in.
enum ChangeHome: Sendable {
    /// Fitech's own.
    case directory
    case customer(CustomerEntry)

    var customer: CustomerEntry? { if case .customer(let entry) = self { entry } else { nil } }
    /// The key that stands before the dot in ids of effects.
    var place: String { customer?.name ?? "staff" }
    func file(in store: DataStore) -> DatabaseFile { customer?.file ?? store.directory }
}

enum ChangeFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListChanges.self) { try await list($0, $1, $2) }
        table.add(ShowChange.self) { try await show($0, $1, $2) }
        table.add(ShowChangeCalendar.self) { try await calendar($0, $1, $2) }
        ChangeWork.add(to: &table)
    }

    /// Where a change is: a customer's people have only their own database, staff are told by the index.
    static func home(of number: Int, _ caller: Caller, _ room: DataRoom) async throws -> ChangeHome {
        if let customer = caller.customer { return .customer(customer) }
        let found = try await room.read(room.store.directory) { try $0.first("SELECT customer FROM change_index WHERE number = ?", number) { $0.optionalText(0) } }
        guard let found else { throw Failure.notFound("change") }
        guard let name = found else { return .directory }
        guard let entry = room.store.customer(name) else { throw Failure.notFound("change") }
        return .customer(entry)
    }

    private static func list(_ asked: ListChanges, _ call: Call, _ room: DataRoom) async throws -> ListChanges.Answer {
        let caller = try call.signedIn()
        let page = try PageCut(asked.page)
        let before = try page.number(or: .max)
        let search = FieldCheck.trimmed(String(asked.search.prefix(100)))
        var answer = ListChanges.Answer()
        let counts: (deciding: Int, planned: Int, reviewing: Int)
        if let customer = caller.customer {
            (answer.items, counts) = try await room.read(customer.file) { database in
                (try ChangeLists.own(customer, phase: asked.phase, state: asked.state, search: search, before: before, limit: page.limit + 1, in: database),
                 try ChangeLists.counts(own: true, customer: nil, in: database))
            }
        } else {
            (answer.items, counts) = try await room.read(room.store.directory) { database in
                (try ChangeLists.index(customer: asked.customer, phase: asked.phase, state: asked.state, search: search, before: before, limit: page.limit + 1, in: database),
                 try ChangeLists.counts(own: false, customer: asked.customer, in: database))
            }
        }
        (answer.deciding, answer.planned, answer.reviewing) = counts
        if answer.items.count > page.limit {
            answer.items.removeLast()
            answer.next = answer.items.last.map { String($0.number) }
        }
        answer.person = caller.person
        return answer
    }

    private static func show(_ asked: ShowChange, _ call: Call, _ room: DataRoom) async throws -> ChangeView {
        let caller = try call.signedIn(), now = call.now
        let home = try await home(of: asked.number, caller, room)
        var view = ChangeView()
        view.person = caller.person
        let found = try await room.read(home.file(in: room.store)) { database -> ChangeView? in
            guard let row = try ChangeRow.find(asked.number, of: home.customer, in: database) else { return nil }
            view.change = row.change
            view.events = try events(of: asked.number, in: database)
            let votes = try row.votes(in: database), facts = row.facts(votes: votes.map(\.vote), at: now), parties = row.parties(of: caller)
            view.steps = ChangeLifecycle.steps(from: facts, by: parties).map(\.rawValue)
            if caller.isStaff || row.change.state == .draft && parties.contains(.owner) {
                view.editable = ChangeLifecycle.editable(in: row.change.state, hasVotes: !votes.isEmpty).map(\.rawValue).sorted()
            }
            if caller.isStaff { view.board = board(row, votes, facts, caller, at: now) }
            view.mayAnswerQuote = caller.role == .administrator && row.change.quote?.state == .offered && ChangePhase(row.change.state) != .over
            return view
        }
        guard var view = found else { throw Failure.notFound("change") }
        if let starts = view.change.starts, let ends = view.change.ends, !view.change.state.isFinal {
            var works = try await planned(in: ChangeWindow(starts: starts, ends: ends), caller, room)
            // It stands in its way only as long as it is planned itself.
            guard let own = works.firstIndex(where: { $0.number == asked.number }) else { return view }
            let mine = works.remove(at: own).planned
            view.clashes = works.filter { $0.planned.clashes(with: mine) }.map { disclosed($0, to: caller) }
        }
        return view
    }

    private static func events(of number: Int, in database: Database) throws -> [ChangeEvent] {
        try database.query("SELECT at, who, by_staff, what, state, note FROM change_event WHERE change = ? ORDER BY row LIMIT 500", number) { row in
            var event = ChangeEvent()
            event.at = Timestamp(milliseconds: row.int64(0))
            event.who = row.text(1)
            event.byStaff = row.bool(2)
            event.what = row.text(3)
            event.state = ChangeState(rawValue: row.text(4)) ?? .draft
            event.note = row.text(5)
            return event
        }
    }

    private static func board(_ row: ChangeRow, _ votes: [(vote: BoardVote, shown: ChangeVote)], _ facts: ChangeFacts, _ caller: Caller, at now: Timestamp) -> ChangeBoard? {
        guard let rules = row.board, let outcome = facts.board else { return nil }
        var board = ChangeBoard()
        (board.quorum, board.rule, board.ends, board.votes) = (rules.quorum, rules.rule, rules.ends, votes.map(\.shown))
        switch outcome {
        case .open(let missing): (board.outcome, board.missing) = (.open, missing)
        case .approved: board.outcome = .approved
        case .rejected: board.outcome = .rejected
        case .lapsed: board.outcome = .lapsed
        }
        do throws(Failure) {
            try ChangeLifecycle.checkVote(of: facts, at: now)
            try rules.check(voter: caller.id, raisedBy: row.person, at: now)
            board.mayVote = caller.role == .support || caller.role == .operations
        } catch {}
        return board
    }

    // MARK: The calendar

    /// Everything planned in a stretch of time that may be in the way of the caller's, with its numbers.
    private static func planned(in stretch: ChangeWindow, _ caller: Caller, _ room: DataRoom) async throws -> [PlannedWork] {
        let fitech = try await room.read(room.store.directory) { try ChangeLists.plannedIndex(onlyOwn: caller.customer != nil, in: stretch, in: $0) }
        guard let customer = caller.customer else { return fitech }
        let own = try await room.read(customer.file) { try ChangeLists.planned(customer, in: stretch, in: $0) }
        return (own + fitech).sorted { ($0.starts, $0.number ?? 0) < ($1.starts, $1.number ?? 0) }
    }

    /// A customer learns when Fitech works for everybody and on what, not the words staff use among themselves.
    private static func disclosed(_ work: PlannedWork, to caller: Caller) -> PlannedWork {
        guard caller.customer != nil, work.customer == nil else { return work }
        var work = work
        (work.number, work.title) = (nil, "Planned maintenance by Fitech")
        return work
    }

    private static func calendar(_ asked: ShowChangeCalendar, _ call: Call, _ room: DataRoom) async throws -> ShowChangeCalendar.Answer {
        let caller = try call.signedIn()
        let current = MonthGrid(of: LocalTime.reading(call.now, in: caller.zone).day)
        guard let month = asked.month.map({ MonthGrid($0) }) ?? current else {
            throw Failure.unacceptable([.init(field: "month", reason: "This is no month.", hint: "Write it like \(current.text).")])
        }
        // A day more at either end: the reader's days begin up to fourteen hours before or after those of UTC.
        let days = month.days
        let stretch = ChangeWindow(
            starts: CalendarDate(daysSince1970: days.lowerBound - 1).midnight, ends: CalendarDate(daysSince1970: days.upperBound + 1).midnight)
        let works = try await planned(in: stretch, caller, room)
        let clashes = ChangeCalendar.clashes(among: works.map(\.planned))
        var answer = ShowChangeCalendar.Answer()
        answer.month = month.text
        answer.items = works.map { work in
            var shown = disclosed(work, to: caller)
            shown.clashes = clashes[work.number ?? 0] != nil
            return shown
        }
        answer.person = caller.person
        return answer
    }
}
