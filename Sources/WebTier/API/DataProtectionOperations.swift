// Operations of the API: a subject's rights.
import Procedures
import Wire

extension APIRoute {
    static func dataProtection() -> [APIRoute] {
        [
            APIRoute(.post, "/subjects/{id}/file", tag: "Subjects", "Everything that is kept of a subject, for the subject (UK GDPR articles 15 and 20); for administrators, noted in the audit.", answer: RecordSchema.of(SubjectFile.self)) { api throws(Failure) in
                var call = TakeOutSubject()
                call.id = api.parameter("id")
                return APIAnswer(try await api.call(call))
            },
            APIRoute(
                .post, "/subjects/{id}/erasure", tag: "Subjects", "Erases a subject for good (article 17); by an administrator's session that has just proved who it is.",
                body: .json(schema(EraseSubject.self, without: ["id"])), answer: RecordSchema.of(EraseSubject.Answer.self)
            ) { api throws(Failure) in APIAnswer(try await api.call(try await api.read(EraseSubject.self, path: [("id", .string(api.parameter("id")))]))) },
        ]
    }
}
