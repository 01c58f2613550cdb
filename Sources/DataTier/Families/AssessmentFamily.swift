// Assessments: entered in any unit a measure offers, checked, classified and saved in the unit of the catalogue.
import Assessments
import Control
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum AssessmentFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListAssessments.self) { try await list($0, $1, $2) }
        table.add(ListEveryAssessment.self) { try await listEvery($0, $1, $2) }
        table.add(AddAssessment.self) { try await add($0, $1, $2) }
    }

    private static func list(_ asked: ListAssessments, _ call: Call, _ room: DataRoom) async throws -> ListAssessments.Answer {
        let (_, customer) = try call.customer()
        let page = try PageCut(asked.page)
        var answer = ListAssessments.Answer()
        answer.items = try await room.read(customer.file) { database in
            guard let (row, _) = try SubjectRows.find(asked.subject, in: database) else { throw Failure.notFound("subject") }
            return try AssessmentRows.list(of: row, after: page.after, limit: page.limit + 1, in: database)
        }
        if answer.items.count > page.limit {
            answer.items.removeLast()
            answer.next = answer.items.last?.id
        }
        return answer
    }

    private static func listEvery(_ asked: ListEveryAssessment, _ call: Call, _ room: DataRoom) async throws -> ListEveryAssessment.Answer {
        let (_, customer) = try call.customer()
        let page = try PageCut(asked.page)
        var answer = ListEveryAssessment.Answer()
        answer.items = try await room.read(customer.file) { try AssessmentRows.listEvery(after: page.after, limit: page.limit + 1, in: $0) }
        if answer.items.count > page.limit {
            answer.items.removeLast()
            answer.next = answer.items.last?.assessment.id
        }
        return answer
    }

    private static func add(_ asked: AddAssessment, _ call: Call, _ room: DataRoom) async throws -> Assessment {
        let (caller, customer) = try call.customer()
        let (now, audit) = (call.now, call.audit)
        var check = FieldCheck()
        let note = check.text("note", asked.note ?? "", "The note", limit: 10_000, required: false)
        let readings = readings(asked.measures, &check)
        let taken = asked.taken ?? now
        if taken.milliseconds > now.milliseconds + 86_400_000 {
            check.refuse("taken", "\(taken.iso8601) lies in the future.", "Check the date of the assessment.")
        }
        if taken.date.year < 1900 { check.refuse("taken", "\(taken.iso8601) is before 1900.", "Check the date of the assessment.") }
        if let age = asked.age, !(0...130).contains(age) { check.refuse("age", "An age of \(age) is not possible.", "Give completed years.") }
        try check.finish()
        let saved = try await room.write(call, customer.file) { database in
            guard let (row, subject) = try SubjectRows.find(asked.subject, in: database) else { throw Failure.notFound("subject") }
            if let born = subject.born, taken.date < born {
                throw Failure.unacceptable([.init(field: "taken", reason: "\(taken.date.iso8601) is before the subject was born (\(born.iso8601)).", hint: "Check the date of the assessment, or the date of birth.")])
            }
            let draft = AssessmentRows.Draft(taken: taken, age: subject.born == nil ? asked.age : nil, note: note, assessor: caller.name, readings: readings)
            try AssessmentRows.insert(draft, of: row, subject, now: now, in: database)
            try audit.note("added an assessment", .subject(subject.id), detail: "assessment \(draft.id)", in: database)
            try WebhookRows.tell(.assessmentSaved, [
                ("assessment", .string(draft.id)), ("subject", .string(subject.id)), ("address", .string("/api/v1/subjects/\(subject.id)/assessments/\(draft.id)")),
            ], at: now, in: database)
            return try AssessmentRows.find(draft.id, in: database) ?? Assessment()
        }
        room.store.effects.note(customer.name)
        return saved
    }

    /// The entries in stored units; every wrong one is named.
    private static func readings(_ entries: [MeasureEntry], _ check: inout FieldCheck) -> [Reading] {
        var readings: [Reading] = []
        var seen: Set<String> = []
        if entries.isEmpty { check.refuse("measures", "There is no measure.", "Give at least one, like {\"code\": \"weight\", \"value\": 72.5}.") }
        if entries.count > 200 { check.refuse("measures", "There are \(entries.count) measures.", "Give at most 200 at once.") }
        for entry in entries.prefix(200) {
            let field = "measures.\(entry.code)"
            guard entry.code.utf8.count <= 80, let measure = Measure.named(entry.code) else {
                check.refuse(field, "\"\(entry.code.prefix(80))\" is no measure.", "Known are: \(Measure.catalogue.map(\.code).joined(separator: ", ")), and custom.NAME.")
                continue
            }
            guard seen.insert(measure.code).inserted else {
                check.refuse(field, "\(measure.name) is given twice.", "Give each measure once.")
                continue
            }
            let named = entry.unit.flatMap { $0.isEmpty ? nil : $0 }
            let unit = named == nil ? measure.unit : named.flatMap(Unit.init(text:))
            guard let unit, let stored = measure.stored(entry.value, from: unit) else {
                check.refuse(field, "\"\(named ?? "")\" is no unit for \(measure.name).", "Use \(measure.offered.map(\.symbol).joined(separator: " or ")).")
                continue
            }
            if let problem = measure.problem(with: stored, in: unit) {
                check.refuse(field, problem.reason, problem.hint)
                continue
            }
            readings.append(Reading(measure.code, stored))
        }
        return readings
    }
}
