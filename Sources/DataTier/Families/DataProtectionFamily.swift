// A subject's rights: everything that is kept of them as one answer, and its erasure.
import Control
import Procedures
import Storage
import Wire

enum DataProtectionFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(TakeOutSubject.self) { try await takeOut($0, $1, $2) }
        table.add(EraseSubject.self) { try await erase($0, $1, $2) }
    }

    private static func takeOut(_ asked: TakeOutSubject, _ call: Call, _ room: DataRoom) async throws -> SubjectFile {
        let (_, customer) = try call.customer()
        let (audit, now) = (call.audit, call.now)
        // Never kept for repeats: it would be a second copy of everything.
        return try await room.writeSecret(customer.file) { database in
            guard let (row, subject) = try SubjectRows.find(asked.id, in: database) else { throw Failure.notFound("subject") }
            var file = SubjectFile()
            (file.organisation, file.asOf, file.subject) = (customer.displayName, now, subject)
            file.assessments = try AssessmentRows.list(of: row, after: nil, limit: 100_000, in: database)
            var filter = AuditFilter()
            filter.object = AuditObject.subject(subject.id).text
            let entries = try AuditRows.list(filter, before: .max, limit: AuditRows.looked, in: database).items
            file.history = entries.map { entry in
                var event = SubjectEvent()
                (event.at, event.what, event.changes) = (entry.at, entry.what, entry.changes)
                return event
            }
            try audit.note("took a subject's data out", .subject(subject.id), in: database)
            return file
        }
    }

    private static func erase(_ asked: EraseSubject, _ call: Call, _ room: DataRoom) async throws -> EraseSubject.Answer {
        let (_, customer) = try call.customer()
        let (audit, reference) = (call.audit, FieldCheck.trimmed(asked.reference))
        let answer = try await room.write(call, customer.file) { database in
            guard let (_, subject) = try SubjectRows.find(asked.id, in: database) else { throw Failure.notFound("subject") }
            guard subject.reference == reference else {
                throw Failure.unacceptable([.init(field: "reference", reason: "This is not the reference of the subject.", hint: "Type it exactly as it stands above.")])
            }
            return try SubjectErasure.run(asked.id, audit, in: database) ?? EraseSubject.Answer()
        }
        room.store.traces.note(customer.name)
        try await SubjectErasure.remember(customer, room)
        return answer
    }
}
