// Which plan a customer's tickets live by, and how it changes under tickets that are open.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

enum SupportPlans {
    static func add(to table: inout ProcedureTable) {
        table.add(SetSupportPlan.self) { try await set($0, $1, $2) }
    }

    /// The name of the plan is a choice of operations, its text what tickets are promised; both are kept with the customer, so that a
    /// restored database means what it meant.
    private static let name = "support-plan", text = "support-plan-text"

    /// The text new tickets are opened under; kept at the first, so that a later change of the configuration is seen as one.
    static func current(_ options: Configuration.Support, in database: Database) throws -> String {
        if let kept = try database.first("SELECT value FROM setting WHERE name = ?", text, row: { $0.text(0) }) { return kept }
        let standard = options.standard.text
        try database.execute("INSERT INTO setting (name, value) VALUES (?, ?)", text, standard)
        return standard
    }

    private static func set(_ asked: SetSupportPlan, _ call: Call, _ room: DataRoom) async throws -> SupportPlanFacts {
        guard let customer = room.store.customer(asked.customer) else { throw Failure.notFound("customer") }
        let support = room.store.options.support
        guard let plan = support.plan(asked.plan) else {
            let known = (["standard"] + support.plans.keys.sorted()).joined(separator: ", ")
            throw Failure.unacceptable([.init(field: "plan", reason: "There is no support plan \"\(asked.plan)\".", hint: "Use one of: \(known); the configuration names them (support.plans).")])
        }
        let (now, audit, hand) = (call.now, call.audit, try TicketHand(call.signedIn()))
        let facts = try await room.write(call, customer.file) { database in
            try database.execute("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, asked.plan)
            try apply(plan, support, by: hand, now: now, in: database)
            try audit.note("set the support plan", .customer(asked.customer), detail: asked.plan, in: database)
            var facts = SupportPlanFacts()
            (facts.plan, facts.hours, facts.targets) = (asked.plan, plan.calendar.text, plan.targetsText)
            return facts
        }
        await room.followTickets(of: customer)
        return facts
    }

    /// The plan a customer is on, by the name operations chose and as its tickets were promised.
    static func chosen(_ options: Configuration.Support, in database: Database) throws -> (name: String, plan: SupportPlan) {
        let chosen = try database.first("SELECT value FROM setting WHERE name = ?", name, row: { $0.text(0) }) ?? "standard"
        let kept = try database.first("SELECT value FROM setting WHERE name = ?", text, row: { $0.text(0) }).flatMap(TicketEvents.plan)
        return (chosen, kept ?? options.plan(chosen) ?? options.standard)
    }

    /// Keeps the plan and lets every active ticket go on by it.
    private static func apply(_ plan: SupportPlan, _ support: Configuration.Support, by hand: TicketHand, now: Timestamp, in database: Database) throws {
        try database.execute("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", text, plan.text)
        for number in try database.query("SELECT number FROM ticket WHERE active = 1", row: { $0.int(0) }) {
            try TicketEvents.append(.plan, "", plan.text, to: number, by: hand, internal: true, at: now, in: database)
            try TicketEvents.settle(number, standard: support.standard, policy: support.policy, in: database)
        }
    }

    /// After a start: what the configuration says by now reaches the customer's tickets, and clocks nobody has worked out are.
    static func follow(_ customer: CustomerEntry, now: Timestamp, in store: DataStore) async throws {
        let support = store.options.support
        try await store.write(customer.file) { database in
            let chosen = try database.first("SELECT value FROM setting WHERE name = ?", name, row: { $0.text(0) }) ?? "standard"
            let kept = try database.first("SELECT value FROM setting WHERE name = ?", text, row: { $0.text(0) })
            // A plan that was taken out of the configuration goes on as it was promised.
            if let plan = support.plan(chosen), let kept, kept != plan.text { try apply(plan, support, by: .time, now: now, in: database) }
            for number in try database.query("SELECT number FROM ticket WHERE clocked = 0", row: { $0.int(0) }) {
                try TicketEvents.settle(number, standard: support.standard, policy: support.policy, in: database)
            }
        }
    }
}
