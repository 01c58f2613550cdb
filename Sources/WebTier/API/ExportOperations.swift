// Operations of the API: everything of a customer in one file.
import Procedures
import Wire

/// A link that downloads an export without a session.
struct ExportLink: Record {
    var url = ""
    var expires = Timestamp()
    init() {}
    mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("url", &url)
        try visit.field("expires", &expires)
    }
}

extension APIRoute {
    private static let whose = Parameter(name: "customer", what: "For operations staff, who must name one; others leave it out.")

    static func exports() -> [APIRoute] {
        [
            APIRoute(.get, "/exports", tag: "Exports", "The exports of everything, newest first; for administrators.", query: paging + [whose], answer: RecordSchema.of(Listing<Export>.self)) { api throws(Failure) in
                var call = ListExports()
                (call.page, call.customer) = (try api.page(), api.query.text("customer"))
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(
                .post, "/exports", tag: "Exports", "Asks for everything in one file: from the newest restore point, or with `fresh` from one that is made first. One at a time.",
                body: .json(schema(AskExport.self, without: ["origin"])), status: 201, answer: RecordSchema.of(Export.self)
            ) { api throws(Failure) in
                let export = try await api.call(try await api.read(AskExport.self, path: [("origin", .string(api.request.origin))]))
                return APIAnswer(export, location: "/exports/\(export.id)")
            },
            APIRoute(.get, "/exports/schedule", tag: "Exports", "When exports come by themselves, and where they are sent.", query: [whose], answer: RecordSchema.of(ExportSchedule.self)) { api throws(Failure) in
                var call = ShowExportSchedule()
                call.customer = api.query.text("customer")
                return APIAnswer(try await api.call(call))
            },
            APIRoute(
                .put, "/exports/schedule", tag: "Exports", "Sets when exports come by themselves, on the clock of `zone` or the caller's own; with `address` and `host_key` they are sent there by SFTP, signed in with the answer's `public_key`.",
                body: .json(schema(ScheduleExports.self, without: ["origin"])), answer: RecordSchema.of(ExportSchedule.self)
            ) { api throws(Failure) in
                APIAnswer(try await api.call(try await api.read(ScheduleExports.self, path: [("origin", .string(api.request.origin))])))
            },
            APIRoute(.delete, "/exports/schedule", tag: "Exports", "Ends the schedule; exports that are there stay.", query: [whose], status: 204) { api throws(Failure) in
                var call = UnscheduleExports()
                call.customer = api.query.text("customer")
                _ = try await api.call(call)
                return .nothing
            },
            APIRoute(.get, "/exports/{id}", tag: "Exports", "One export, and how far it is.", query: [whose], answer: RecordSchema.of(Export.self)) { api throws(Failure) in
                var call = ShowExport()
                (call.id, call.customer) = (api.parameter("id"), api.query.text("customer"))
                return APIAnswer(try await api.call(call))
            },
            APIRoute(.delete, "/exports/{id}", tag: "Exports", "Stops it, or removes its file and links.", query: [whose], answer: RecordSchema.of(Export.self)) { api throws(Failure) in
                var call = ExpireExport()
                (call.id, call.customer) = (api.parameter("id"), api.query.text("customer"))
                return APIAnswer(try await api.call(call))
            },
            APIRoute(.post, "/exports/{id}/links", tag: "Exports", "Makes a link that downloads it without a session; shown once.", query: [whose], status: 201, answer: RecordSchema.of(ExportLink.self)) { api throws(Failure) in
                var call = LinkExport()
                (call.id, call.customer) = (api.parameter("id"), api.query.text("customer"))
                let made = try await api.call(call)
                var link = ExportLink()
                (link.url, link.expires) = (api.request.origin + made.path, made.expires)
                return APIAnswer(link, location: "/exports/\(call.id)")
            },
            APIRoute(
                .get, "/exports/{id}/file", tag: "Exports", "Downloads it; `Range` with `If-Range` goes on where a download broke off.", query: [whose],
                answer: ["type": "string", "contentMediaType": "application/x-tar"], answerType: "application/x-tar"
            ) { api throws(Failure) in
                var call = OpenExport()
                (call.id, call.customer, call.range) = (api.parameter("id"), api.query.text("customer"), api.request.rangeField)
                let file = try await api.call(call)
                try await api.request.send(file)
                return .nothing
            },
        ]
    }
}
