// Imports of subjects from CSV: read on a thread of its own, taken in by one transaction, with every line accounted for.
import Assessments
import Control
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum ImportFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(RunImport.self) { asked, call, room in
            let (caller, customer) = try call.customer()
            return try await run(asked.bytes, asked.fileName, asked.bad, by: caller.name, customer, call, room)
        }
        table.add(ImportForCustomer.self) { asked, call, room in
            guard let customer = room.store.customer(asked.customer) else {
                throw Failure.unacceptable([.init(field: "customer", reason: "There is no customer named \(asked.customer).", hint: "Add it first with fitech-ctl customer add.")])
            }
            return try await run(asked.bytes, asked.fileName, asked.bad, by: "operations", customer, call, room)
        }
        table.add(ShowImport.self) { try await show($0, $1, $2) }
        table.add(ListImports.self) { try await list($0, $1, $2) }
    }

    /// Lines of a report that are kept; the counts are always whole.
    private static let linesKept = 5000

    private static func run(_ bytes: [UInt8], _ fileName: String, _ bad: Procedures.BadRows, by person: String, _ customer: CustomerEntry, _ call: Call, _ room: DataRoom) async throws -> ImportReport {
        guard !bytes.isEmpty else {
            throw Failure.unacceptable([.init(field: "file", reason: "The file is empty.", hint: "Choose a CSV file whose first line names the columns.")])
        }
        if let kept: ImportReport = try await room.kept(call, customer.file) { return kept }
        let (now, audit) = (call.now, call.audit)
        let plan = try await room.store.work.run {
            SubjectImport.read(bytes: bytes, bad: bad == .skip ? .skip : .refuse, today: now.date)
        }
        let name = String(FieldCheck.trimmed(fileName).prefix(200))
        defer { room.store.effects.note(customer.name) }
        do {
            return try await room.write(call, customer.file) { database in
                let report = try ImportRows.take(plan, bad: bad, fileName: name, by: person, now: now, in: database)
                try ImportRows.keep(report, by: person, lines: linesKept, in: database)
                try audit.note("imported subjects", .import(report.id), detail: "\(report.accepted) lines in, \(report.refused) refused", in: database)
                try tell(report, now, in: database)
                return report
            }
        } catch let refused as ImportRows.Refused {
            // What had been taken in is undone; the report of why is kept all the same.
            return try await room.write(call, customer.file) { database in
                try ImportRows.keep(refused.report, by: person, lines: linesKept, in: database)
                try audit.note("refused an import", .import(refused.report.id), detail: "\(refused.report.refused) bad lines", in: database)
                try tell(refused.report, now, in: database)
                return refused.report
            }
        }
    }

    /// One word for all its lines, not one for each.
    private static func tell(_ report: ImportReport, _ now: Timestamp, in database: Database) throws {
        try WebhookRows.tell(.importEnded, [
            ("import", .string(report.id)), ("accepted", .integer(Int64(report.accepted))), ("refused", .integer(Int64(report.refused))), ("address", .string("/api/v1/imports/\(report.id)")),
        ], at: now, in: database)
    }

    private static func show(_ asked: ShowImport, _ call: Call, _ room: DataRoom) async throws -> ImportReport {
        let (_, customer) = try call.customer()
        guard let report = try await room.read(customer.file, { try ImportRows.find(asked.id, in: $0) }) else { throw Failure.notFound("import") }
        return report
    }

    private static func list(_ asked: ListImports, _ call: Call, _ room: DataRoom) async throws -> ListImports.Answer {
        let (_, customer) = try call.customer()
        let page = try PageCut(asked.page)
        var answer = ListImports.Answer()
        answer.items = try await room.read(customer.file) { try ImportRows.list(after: page.after, limit: page.limit + 1, in: $0) }
        if answer.items.count > page.limit {
            answer.items.removeLast()
            answer.next = answer.items.last?.id
        }
        return answer
    }
}
