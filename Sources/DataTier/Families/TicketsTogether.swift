// Several tickets changed in one call: one transaction each, one after the other, and a word on every one.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

enum TicketsTogether {
    static func add(to table: inout ProcedureTable) {
        table.add(ChangeTickets.self) { try await change($0, $1, $2) }
    }

    private static func change(_ asked: ChangeTickets, _ call: Call, _ room: DataRoom) async throws -> ChangeTickets.Answer {
        let caller = try call.signedIn()
        var numbers: [Int] = []
        for pick in asked.tickets where !numbers.contains(pick.number) { numbers.append(pick.number) }
        let wanted = try await check(asked, numbers, caller, room)
        var answer = ChangeTickets.Answer(), followed: [String: CustomerEntry] = [:]
        answer.person = caller.person
        for number in numbers {
            // Each has a replay id of its own, made of the call's: a repeat finds what became of those that were done.
            let one = Call(
                certificate: call.certificate, caller: caller, procedure: ChangeTickets.name, now: call.now, requestID: call.requestID,
                replay: call.replay.map { "\($0)-\(number)" }, body: call.body)
            do {
                let customer = try await TicketFamily.customer(of: number, caller, room)
                followed[customer.name] = customer
                answer.items.append(try await TicketChangeFamily.carryOut(wanted, on: number, of: customer, origin: asked.origin, one, room) { ticket, done in
                    var outcome = TicketOutcome()
                    (outcome.number, outcome.title, outcome.changes, outcome.kind) = (number, ticket.title, done, done.isEmpty ? .unchanged : .changed)
                    return outcome
                })
            } catch {
                answer.items.append(try await refused(number, error, call, room))
            }
        }
        for customer in followed.values { await room.followTickets(of: customer) }
        return answer
    }

    /// What is told of a ticket that stays as it was. What may be tried again as a whole is thrown: the repeat goes on where this ended.
    private static func refused(_ number: Int, _ error: any Error, _ call: Call, _ room: DataRoom) async throws -> TicketOutcome {
        let request = CallRequest(procedure: ChangeTickets.name, certificate: call.certificate, requestID: call.requestID, body: [])
        let found = try await room.read(room.store.directory) { try $0.first("SELECT title, customer FROM ticket WHERE number = ?", number) { ($0.text(0), $0.text(1)) } }
        let failure = room.store.failure(error, customer: found?.1, request: request)
        if failure.retry != .never, failure.whose != .client { throw failure }
        var outcome = TicketOutcome()
        (outcome.number, outcome.title, outcome.kind, outcome.reason, outcome.hint) = (number, found?.0 ?? "", .refused, failure.reason, failure.hint)
        return outcome
    }

    /// What is wrong with the question itself is refused before any ticket is looked at.
    private static func check(_ asked: ChangeTickets, _ numbers: [Int], _ caller: Caller, _ room: DataRoom) async throws -> TicketChangeFamily.Wanted {
        var one = ChangeTicket(), check = FieldCheck()
        (one.state, one.until, one.reason, one.priority, one.assignee) = (asked.state, asked.until, asked.reason, asked.priority, asked.assignee)
        let most = room.store.options.ticketsAtOnce
        if numbers.isEmpty { check.refuse("tickets", "No ticket is chosen.", "Choose at least one.") }
        if numbers.count > most { check.refuse("tickets", "These are \(numbers.count) tickets.", "Choose at most \(most) at once.") }
        if asked.state == .pending, asked.until == nil { check.refuse("until", "It is not said until when they wait.", "Give the day on which they shall be taken up again.") }
        if asked.state == .onHold, FieldCheck.trimmed(asked.reason ?? "").isEmpty { check.refuse("reason", "What they wait for is missing.", "Say it in a few words: customers read them.") }
        let (added, removed) = (TicketChangeFamily.tags(asked.addTags, "add_tags", &check), TicketChangeFamily.tags(asked.removeTags, "remove_tags", &check))
        let both = Set(added).intersection(removed).sorted()
        if !both.isEmpty { check.refuse("remove_tags", "\(both.joined(separator: ", ")) cannot be both added and taken away.", "Leave it in one of the two.") }
        if asked.state == nil, asked.priority == nil, asked.assignee == nil, added.isEmpty, removed.isEmpty {
            check.refuse("state", "It is not said what shall be changed.", "Choose a state, a priority, a person or tags.")
        }
        var wanted = try await TicketChangeFamily.check(one, caller, room, &check)
        (wanted.addTags, wanted.removeTags) = (added, removed)
        return wanted
    }
}
