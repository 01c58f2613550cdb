// Customers for support to look at: the list from the directory alone, one from its own database besides.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

enum CustomerDeskFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListDeskCustomers.self) { try await list($0, $1, $2) }
        table.add(ShowDeskCustomer.self) { try await show($0, $1, $2) }
    }

    /// A row with the name, the display name and the day, and two counts that end at 100.
    private static func customer(_ row: Row) -> DeskCustomer {
        var customer = DeskCustomer()
        (customer.name, customer.displayName, customer.created) = (row.text(0), row.text(1), Timestamp(milliseconds: row.int64(2)))
        (customer.active, customer.late) = (row.int(3), row.int(4))
        return customer
    }

    private static func list(_ asked: ListDeskCustomers, _ call: Call, _ room: DataRoom) async throws -> ListDeskCustomers.Answer {
        let caller = try call.signedIn(), cut = try PageCut(asked.page), now = call.now
        let search = FieldCheck.trimmed(String(asked.search.prefix(100))).lowercased()
        if let after = cut.after, CustomerName.problem(after) != nil { throw PageCut.wrongCursor }
        var answer = ListDeskCustomers.Answer()
        answer.items = try await room.read(room.store.directory) { database in
            try database.query("""
                SELECT c.name, c.display_name, c.created,
                    (SELECT count(*) FROM (SELECT 1 FROM ticket t WHERE t.customer = c.name AND t.active = 1 LIMIT 100)),
                    (SELECT count(*) FROM (SELECT 1 FROM ticket t WHERE t.customer = c.name AND t.active = 1 AND t.due < ?1 LIMIT 100))
                FROM customer c WHERE c.name > ?2 AND (?3 = '' OR instr(c.name, ?3) > 0 OR instr(lower(c.display_name), ?3) > 0) ORDER BY c.name LIMIT ?4
                """, now.milliseconds, cut.after ?? "", search, cut.limit + 1, row: customer)
        }
        if answer.items.count > cut.limit {
            answer.items.removeLast()
            answer.next = answer.items.last?.name
        }
        answer.person = caller.person
        return answer
    }

    private static func show(_ asked: ShowDeskCustomer, _ call: Call, _ room: DataRoom) async throws -> ShowDeskCustomer.Answer {
        let caller = try call.signedIn(), now = call.now
        guard let entry = room.store.customer(asked.customer) else { throw Failure.notFound("customer") }
        var due = ListTickets(), answer = ShowDeskCustomer.Answer()
        (due.order, due.customer, due.page.limit) = (.due, entry.name, 10)
        let query = try TicketQuery(due, caller), reader = TicketRows.Reader(isStaff: true, now: now)
        let found = try await room.read(room.store.directory) { database -> DeskCustomer? in
            let tickets = try TicketRows.dueIndexed(query, customer: entry.name, reader, in: database)
            (answer.tickets, answer.moreTickets) = (tickets.prefix(10).map(\.ticket), tickets.count > 10)
            answer.changes = try ChangeLists.index(customer: entry.name, phase: nil, state: nil, search: "", before: .max, limit: 5, in: database)
            return try database.first("""
                SELECT c.name, c.display_name, c.created,
                    (SELECT count(*) FROM (SELECT 1 FROM ticket t WHERE t.customer = c.name AND t.active = 1 LIMIT 100)),
                    (SELECT count(*) FROM (SELECT 1 FROM ticket t WHERE t.customer = c.name AND t.active = 1 AND t.due < ?1 LIMIT 100))
                FROM customer c WHERE c.name = ?2
                """, now.milliseconds, entry.name, row: customer)
        }
        guard let found else { throw Failure.notFound("customer") }
        let support = room.store.options.support
        var plan = support.standard
        try await room.read(entry.file) { database in
            answer.people = try PersonRole.allCases.filter { !$0.isStaff }.map { role in
                var one = RoleCount()
                one.role = role
                one.count = try database.int("SELECT count(*) FROM (SELECT 1 FROM person WHERE role = ? LIMIT 1000)", role.rawValue) ?? 0
                return one
            }
            answer.suspended = try database.int("SELECT count(*) FROM (SELECT 1 FROM person WHERE suspended IS NOT NULL LIMIT 1000)") ?? 0
            (answer.plan.plan, plan) = try SupportPlans.chosen(support, in: database)
            answer.exports = try ExportRows.list(of: entry.name, after: nil, limit: 3, now: now, in: database).map { export in
                var one = DeskExport()
                (one.state, one.asked, one.askedBy, one.finished, one.bytes) = (export.state, export.asked, export.askedBy, export.finished, export.bytes)
                return one
            }
            answer.bytes = (try database.int("PRAGMA page_count") ?? 0) * (try database.int("PRAGMA page_size") ?? 0)
        }
        (answer.plan.hours, answer.plan.targets) = (plan.calendar.text, plan.targetsText)
        answer.hours = SupportDesk(plan.calendar, telephone: support.telephone, now: now)
        answer.restorePoint = room.store.exports.restorePoint(of: entry.name, since: found.created)
        (answer.customer, answer.person) = (found, caller.person)
        return answer
    }
}
