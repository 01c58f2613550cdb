// The first page after signing in: a customer's figures, or for staff those over all customers.
import Control
import Procedures
import Storage
import Wire

enum HomeFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ShowHome.self) { try await show($0, $1, $2) }
    }

    private static func show(_ asked: ShowHome, _ call: Call, _ room: DataRoom) async throws -> ShowHome.Answer {
        let caller = try call.signedIn()
        var answer = ShowHome.Answer()
        answer.person = caller.person
        guard let customer = caller.customer else { return try await staff(answer, caller, call.now, room) }
        let reader = TicketRows.Reader(isStaff: false, now: call.now)
        var asked = ListTickets()
        asked.page.limit = 5
        let recent = try TicketQuery(asked, caller)
        if caller.role == .subject {
            return try await room.read(customer.file) { database in
                answer.openTickets = try TicketRows.counts(owner: caller.id, customer: nil, in: database).open
                answer.recentTickets = Array(try TicketRows.newest(recent, customer, owner: caller.id, reader, in: database).prefix(5).map(\.ticket))
                return answer
            }
        }
        return try await room.read(customer.file) { database in
            answer.subjects = try database.int("SELECT count(*) FROM subject") ?? 0
            answer.assessments = try database.int("SELECT count(*) FROM assessment") ?? 0
            answer.openTickets = try TicketRows.counts(owner: nil, customer: nil, in: database).open
            answer.recentTickets = Array(try TicketRows.newest(recent, customer, owner: nil, reader, in: database).prefix(5).map(\.ticket))
            answer.recentAssessments = try database.query("""
                SELECT s.id, s.reference, s.name, a.taken, (SELECT count(*) FROM measure m WHERE m.assessment = a.row)
                FROM assessment a JOIN subject s ON s.row = a.subject ORDER BY a.taken DESC, a.row DESC LIMIT 8
                """) { row in
                var recent = RecentAssessment()
                recent.subject = row.text(0)
                recent.reference = row.text(1)
                recent.name = row.text(2)
                recent.taken = Timestamp(milliseconds: row.int64(3))
                recent.measures = row.int(4)
                return recent
            }
            return answer
        }
    }

    private static func staff(_ begun: ShowHome.Answer, _ caller: Caller, _ now: Timestamp, _ room: DataRoom) async throws -> ShowHome.Answer {
        var answer = begun, asked = ListTickets()
        (asked.order, asked.page.limit) = (.due, 8)
        let queue = try TicketQuery(asked, caller), reader = TicketRows.Reader(isStaff: true, now: now)
        return try await room.read(room.store.directory) { database in
            answer.openTickets = try TicketRows.counts(owner: nil, customer: nil, in: database).open
            answer.recentTickets = Array(try TicketRows.dueIndexed(queue, customer: nil, reader, in: database).prefix(8).map(\.ticket))
            return answer
        }
    }
}
