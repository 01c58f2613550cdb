// Looking at a ticket that may change any moment.
import Procedures
import Storage
import Wire

enum TicketLooking {
    static func add(to table: inout ProcedureTable) {
        table.add(LookAtTicket.self) { try await look($0, $1, $2) }
    }

    private static func look(_ asked: LookAtTicket, _ call: Call, _ room: DataRoom) async throws -> LookAtTicket.Answer {
        let caller = try call.signedIn()
        let customer = try await TicketFamily.customer(of: asked.number, caller, room)
        let (owner, staff, now) = (TicketFamily.owner(caller), caller.isStaff, call.now)
        let found = try await room.read(customer.file) { database -> LookAtTicket.Answer? in
            let version = try database.int("SELECT revision FROM ticket WHERE number = ? AND (? IS NULL OR person = ?)", asked.number, owner, owner)
            guard let version else { return nil }
            var answer = LookAtTicket.Answer()
            answer.version = version
            answer.lastReply = try database.first("SELECT id FROM reply WHERE ticket = ? AND (internal = 0 OR ?) ORDER BY row DESC LIMIT 1", asked.number, staff) { $0.text(0) } ?? ""
            if staff { answer.writing = try TicketDrafts.writing(asked.number, beside: caller.id, now: now, in: database) }
            return answer
        }
        guard var answer = found else { throw Failure.notFound("ticket") }
        guard staff else { return answer }
        let presence = room.store.presence
        let isNews = asked.leaves == true ? presence.leave(asked.number, caller.id) : presence.note(asked.number, caller.id, caller.name, at: now)
        if isNews { room.store.happenings.tell(["ticket/\(asked.number)"]) }
        answer.here = presence.others(asked.number, beside: caller.id, at: now)
        return answer
    }
}
