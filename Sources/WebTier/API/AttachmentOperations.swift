// Operations of the API: files of tickets.
import Procedures
import Wire

extension APIRoute {
    static func attachments() -> [APIRoute] {
        [
            APIRoute(.get, "/tickets/{number}/attachments", tag: "Tickets", "The files of a ticket.", answer: RecordSchema.of(Listing<Attachment>.self)) { api throws(Failure) in
                var call = ShowTicket()
                call.number = try api.number("number", of: "ticket")
                return APIAnswer(Listing(try await api.call(call).attachments))
            },
            APIRoute(
                .post, "/tickets/{number}/attachments", tag: "Tickets", "Attaches a file of up to 10 MB, sent as the body; what it is is told by its content.",
                query: [Parameter(name: "name", what: "What it is called."), Parameter(name: "reply", what: "The id of a reply of your own that it belongs to.")],
                body: .bytes, status: 201, answer: RecordSchema.of(Attachment.self)
            ) { api throws(Failure) in
                let number = try api.number("number", of: "ticket")
                try api.expect(type: "application/octet-stream")
                var taken = 0
                let file = try await api.attachments(of: number).send(api.query.text("name") ?? "file", reply: api.query.text("reply")) { () async throws(Failure) in
                    let bytes = try await api.nextBytes()
                    taken += bytes?.count ?? 0
                    guard taken <= Attachment.largest else { throw .tooLargeFile }
                    return bytes
                }
                return APIAnswer(file, location: "/tickets/\(number)/attachments/\(file.id)")
            },
            APIRoute(
                .get, "/tickets/{number}/attachments/{id}", tag: "Tickets", "A file itself, for keeping: never to be shown or run.", answer: ["type": "string", "format": "binary"],
                answerType: "application/octet-stream"
            ) { api throws(Failure) in
                try await api.attachments(of: try api.number("number", of: "ticket")).answer(api.parameter("id"), inline: false, to: api.request.exchange)
                return .nothing
            },
            APIRoute(.delete, "/tickets/{number}/attachments/{id}", tag: "Tickets", "Takes a file away for good: by support, or by who sent it.", status: 204) { api throws(Failure) in
                var call = RemoveAttachment()
                (call.number, call.id) = (try api.number("number", of: "ticket"), api.parameter("id"))
                _ = try await api.call(call)
                return .nothing
            },
        ]
    }
}

extension Failure {
    static let tooLargeFile = Failure(
        whose: .client, retry: .never, status: 413, code: "file-too-large", reason: "A file may have \(Attachment.largest >> 20) MB.", hint: "Send a smaller one, or several.",
        fields: [.init(field: "file", reason: "A file may have \(Attachment.largest >> 20) MB.", hint: "Send a smaller one, or several.")])
}
