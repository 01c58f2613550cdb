// Subjects: listed and searched by keyset, shown with their history, added and edited.
import Control
import Digests
import Procedures
import Storage
import Wire

enum SubjectFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListSubjects.self) { try await list($0, $1, $2) }
        table.add(ShowSubject.self) { try await show($0, $1, $2) }
        table.add(AddSubject.self) { try await add($0, $1, $2) }
        table.add(UpdateSubject.self) { try await update($0, $1, $2) }
    }

    private static func list(_ asked: ListSubjects, _ call: Call, _ room: DataRoom) async throws -> ListSubjects.Answer {
        let (caller, customer) = try call.customer()
        let page = try PageCut(asked.page)
        let words = Search.words(String(asked.search.prefix(200)))
        var answer = ListSubjects.Answer()
        try await room.read(customer.file) { database in
            answer.items = try SubjectRows.list(words: words, group: asked.group, after: page.after, limit: page.limit + 1, in: database)
            answer.count = try SubjectRows.count(words: words, group: asked.group, in: database)
            answer.groups = try SubjectRows.groups(in: database)
        }
        if answer.items.count > page.limit {
            answer.items.removeLast()
            answer.next = answer.items.last?.id
        }
        answer.person = caller.person
        return answer
    }

    private static func show(_ asked: ShowSubject, _ call: Call, _ room: DataRoom) async throws -> ShowSubject.Answer {
        let (caller, customer) = try call.customer()
        var answer = ShowSubject.Answer()
        answer.person = caller.person
        return try await room.read(customer.file) { database in
            guard let (row, subject) = try SubjectRows.find(asked.id, in: database) else { throw Failure.notFound("subject") }
            answer.subject = subject
            answer.assessments = try AssessmentRows.list(of: row, after: nil, limit: 20, in: database)
            answer.trends = try AssessmentRows.trends(of: row, in: database)
            return answer
        }
    }

    private static func checked(_ check: inout FieldCheck, reference: String, name: String?, born: CalendarDate?, group: String?, now: Timestamp) -> (reference: String, name: String, group: String?) {
        let reference = check.text("reference", reference, "The reference", limit: 80)
        let name = check.text("name", name ?? "", "The name", limit: 200, required: false)
        let group = check.text("group", group ?? "", "The group", limit: 80, required: false)
        if let born {
            if born > now.date { check.refuse("born", "The date of birth \(born.iso8601) lies in the future.", "Check the year.") }
            if born.year < 1900 { check.refuse("born", "The date of birth \(born.iso8601) is before 1900.", "Check the year.") }
        }
        return (reference, name, group.isEmpty ? nil : group)
    }

    private static func taken(_ reference: String) -> Failure {
        .conflict("There is a subject with the reference \(reference) already.", hint: "References are unique within a customer; use another.", code: "reference-taken")
    }

    private static func add(_ asked: AddSubject, _ call: Call, _ room: DataRoom) async throws -> Subject {
        let (_, customer) = try call.customer()
        let (now, audit) = (call.now, call.audit)
        var check = FieldCheck()
        let (reference, name, group) = checked(&check, reference: asked.reference, name: asked.name, born: asked.born, group: asked.group, now: now)
        try check.finish()
        return try await room.write(call, customer.file) { database in
            var subject = Subject()
            subject.id = Identifier.make()
            subject.reference = reference
            subject.name = name
            subject.sex = asked.sex ?? .unknown
            subject.born = asked.born
            subject.group = group
            subject.created = now
            guard try SubjectRows.row(ofReference: reference, in: database) == nil else { throw taken(reference) }
            try SubjectRows.insert(subject, in: database)
            try audit.note("added a subject", .subject(subject.id), SubjectRows.changes(from: Subject(), to: subject), in: database)
            return subject
        }
    }

    private static func update(_ asked: UpdateSubject, _ call: Call, _ room: DataRoom) async throws -> Subject {
        let (_, customer) = try call.customer()
        let (now, audit) = (call.now, call.audit)
        var check = FieldCheck()
        let fields = checked(&check, reference: asked.reference, name: asked.name, born: asked.born, group: asked.group, now: now)
        try check.finish()
        return try await room.write(call, customer.file) { database in
            guard let (row, before) = try SubjectRows.find(asked.id, in: database) else { throw Failure.notFound("subject") }
            if let other = try SubjectRows.row(ofReference: fields.reference, in: database), other != row { throw taken(fields.reference) }
            var subject = before
            subject.reference = fields.reference
            if asked.name != nil { subject.name = fields.name }
            if let sex = asked.sex { subject.sex = sex }
            if let born = asked.born { subject.born = born }
            if asked.group != nil { subject.group = fields.group }
            try SubjectRows.replace(row, subject, in: database)
            if subject.sex != before.sex || subject.born != before.born {
                try AssessmentRows.classifyAgain(row, subject, in: database)
            }
            try audit.note("changed a subject", .subject(subject.id), SubjectRows.changes(from: before, to: subject), in: database)
            return subject
        }
    }
}
