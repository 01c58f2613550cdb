// Operations of the API: deleting tickets and posts, and the recycle bin of support.
import Engine
import Procedures
import SupportCentre
import Wire

extension APIRoute {
    static func bin() -> [APIRoute] {
        [
            APIRoute(
                .delete, "/tickets/{number}", tag: "Recycle bin", "For support: moves a ticket with all that belongs to it into the recycle bin. One that is merged stays (409).",
                query: [Parameter(name: "reason", what: "Why; the customer reads it."), version], answer: RecordSchema.of(BinItem.self)
            ) { api throws(Failure) in
                var call = DeleteTicket()
                (call.number, call.reason, call.version) = (try api.number("number", of: "ticket"), api.query.text("reason") ?? "", try seen(api))
                return APIAnswer(try await api.call(call))
            },
            APIRoute(.delete, "/posts/{number}", tag: "Recycle bin", "For support: moves a post with its comments into the recycle bin.", query: [version], answer: RecordSchema.of(BinItem.self)) { api throws(Failure) in
                var call = DeletePost()
                (call.number, call.version) = (try api.number("number", of: "post"), try seen(api))
                return APIAnswer(try await api.call(call))
            },
            APIRoute(
                .get, "/bin", tag: "Recycle bin", "For support: what was deleted and can be brought back, the latest first.",
                query: paging + [Parameter(name: "only", what: "One kind only.", schema: ["type": "string", "enum": .array(BinKind.allCases.map { .string($0.rawValue) })])],
                answer: RecordSchema.of(Listing<BinItem>.self), whole: .bin
            ) { api throws(Failure) in
                var call = ListBin()
                (call.page, call.only) = (try api.page(), try api.word("only"))
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(.post, "/bin/{id}/restore", tag: "Recycle bin", "Brings something back as it was.", answer: RecordSchema.of(BinItem.self)) { api throws(Failure) in
                var call = RestoreFromBin()
                call.id = api.parameter("id")
                return APIAnswer(try await api.call(call))
            },
            APIRoute(.delete, "/bin/{id}", tag: "Recycle bin", "For operations staff: removes something for good.", status: 204) { api throws(Failure) in
                var call = RemoveFromBin()
                call.id = api.parameter("id")
                _ = try await api.call(call)
                return .nothing
            },
        ]
    }
}
