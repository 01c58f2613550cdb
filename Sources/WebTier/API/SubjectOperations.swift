// Operations of the API: subjects and their assessments.
import Procedures
import Wire

extension APIRoute {
    static func subjects() -> [APIRoute] {
        [
            APIRoute(
                .get, "/subjects", tag: "Subjects", "The subjects, by reference.",
                query: paging + [Parameter(name: "search", what: "The beginning of words of the name, or of the reference."), Parameter(name: "group", what: "One group only.")],
                answer: RecordSchema.of(Listing<Subject>.self), whole: .subjects
            ) { api throws(Failure) in
                var call = ListSubjects()
                (call.page, call.search, call.group) = (try api.page(), api.query.text("search") ?? "", api.query.text("group"))
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(.post, "/subjects", tag: "Subjects", "Adds a subject.", body: .json(schema(AddSubject.self)), status: 201, answer: RecordSchema.of(Subject.self)) { api throws(Failure) in
                let subject = try await api.call(try await api.read(AddSubject.self))
                return APIAnswer(subject, location: "/subjects/\(subject.id)")
            },
            APIRoute(.get, "/subjects/{id}", tag: "Subjects", "One subject.", answer: RecordSchema.of(Subject.self)) { api throws(Failure) in
                var call = ShowSubject()
                call.id = api.parameter("id")
                return APIAnswer(try await api.call(call).subject)
            },
            APIRoute(.put, "/subjects/{id}", tag: "Subjects", "Replaces what is known of a subject.", body: .json(schema(UpdateSubject.self, without: ["id"])), answer: RecordSchema.of(Subject.self)) { api throws(Failure) in
                APIAnswer(try await api.call(try await api.read(UpdateSubject.self, path: [("id", .string(api.parameter("id")))])))
            },
            APIRoute(.get, "/subjects/{id}/assessments", tag: "Assessments", "A subject's assessments, newest first, each value with its category, colour and source.", query: paging, answer: RecordSchema.of(Listing<Assessment>.self)) { api throws(Failure) in
                var call = ListAssessments()
                (call.subject, call.page) = (api.parameter("id"), try api.page())
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(.get, "/assessments", tag: "Assessments", "Every subject's assessments, newest first.", query: paging, answer: RecordSchema.of(Listing<SubjectAssessment>.self), whole: .assessments) { api throws(Failure) in
                var call = ListEveryAssessment()
                call.page = try api.page()
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(
                .post, "/subjects/{id}/assessments", tag: "Assessments", "Saves an assessment; derives and classifies what can be. A value without a unit is in the stored unit of its measure.",
                body: .json(schema(AddAssessment.self, without: ["subject"])), status: 201, answer: RecordSchema.of(Assessment.self)
            ) { api throws(Failure) in
                let id = api.parameter("id")
                let saved = try await api.call(try await api.read(AddAssessment.self, path: [("subject", .string(id))]))
                return APIAnswer(saved, location: "/subjects/\(id)/assessments/\(saved.id)")
            },
            APIRoute(.get, "/subjects/{id}/assessments/{assessment}", tag: "Assessments", "One assessment.", answer: RecordSchema.of(Assessment.self)) { api throws(Failure) in
                var call = ListAssessments()
                (call.subject, call.page) = (api.parameter("id"), Page(limit: 200))
                while true {
                    let answer = try await api.call(call)
                    if let found = answer.items.first(where: { $0.id == api.parameter("assessment") }) { return APIAnswer(found) }
                    guard let next = answer.next else { throw .notFound("assessment") }
                    call.page.after = next
                }
            },
        ]
    }

    static func imports() -> [APIRoute] {
        let bad = Parameter(name: "bad", what: "What to do with faulty lines: leave them out, or take in nothing.", schema: ["type": "string", "enum": ["skip", "refuse"], "default": "refuse"])
        let kind = Parameter(name: "kind", what: "What the file holds.", schema: ["type": "string", "enum": ["subjects"], "default": "subjects"])
        return [
            APIRoute(.get, "/imports", tag: "Imports", "The imports, newest first, without their lines.", query: paging, answer: RecordSchema.of(Listing<ImportReport>.self), whole: .imports) { api throws(Failure) in
                var call = ListImports()
                call.page = try api.page()
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(.post, "/imports", tag: "Imports", "Imports subjects from CSV and reports line by line.", query: [kind, bad], body: .csv, status: 201, answer: RecordSchema.of(ImportReport.self)) { api throws(Failure) in
                enum Kind: String, CaseIterable { case subjects }
                _ = try api.word("kind", as: Kind.self)
                var call = RunImport()
                call.bad = try api.word("bad") ?? .refuse
                call.fileName = "import.csv"
                call.bytes = try await api.body(type: "text/csv", limit: WebHandler.importBytes)
                let report = try await api.call(call)
                return APIAnswer(report, location: "/imports/\(report.id)")
            },
            APIRoute(.get, "/imports/{id}", tag: "Imports", "One import's report.", answer: RecordSchema.of(ImportReport.self)) { api throws(Failure) in
                var call = ShowImport()
                call.id = api.parameter("id")
                return APIAnswer(try await api.call(call))
            },
        ]
    }
}
