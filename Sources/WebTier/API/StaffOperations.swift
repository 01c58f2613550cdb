// Operations of the API for support's own work: canned replies, views of the queue.
import Control
import Engine
import Procedures
import SupportCentre
import Wire

extension APIRoute {
    static let version = Parameter(name: "version", what: "The version that was looked at; when it is another by now, nothing is changed.", schema: ["type": "integer"])

    static func cannedReplies() -> [APIRoute] {
        [
            APIRoute(.get, "/canned-replies", tag: "Support desk", "For support: the canned replies by category and title, each with the beginning of its text.", query: paging, answer: RecordSchema.of(Listing<CannedReply>.self)) { api throws(Failure) in
                var call = ListCannedReplies()
                call.page = try api.page()
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(.post, "/canned-replies", tag: "Support desk", "Writes a canned reply. Placeholders are \(ReplyPlaceholder.allCases.map(\.text).joined(separator: ", ")).", body: .json(schema(SaveCannedReply.self, without: ["id", "version"])), status: 201, answer: RecordSchema.of(CannedReply.self)) { api throws(Failure) in
                let reply = try await api.call(try await api.read(SaveCannedReply.self))
                return APIAnswer(reply, location: "/canned-replies/\(reply.id)")
            },
            APIRoute(.get, "/canned-replies/{id}", tag: "Support desk", "One canned reply, whole.", answer: RecordSchema.of(CannedReply.self)) { api throws(Failure) in
                var call = ShowCannedReply()
                call.id = api.parameter("id")
                return APIAnswer(try await api.call(call).reply)
            },
            APIRoute(.put, "/canned-replies/{id}", tag: "Support desk", "Writes a canned reply anew.", body: .json(schema(SaveCannedReply.self, without: ["id"])), answer: RecordSchema.of(CannedReply.self)) { api throws(Failure) in
                APIAnswer(try await api.call(try await api.read(SaveCannedReply.self, path: [("id", .string(api.parameter("id")))])))
            },
            APIRoute(.delete, "/canned-replies/{id}", tag: "Support desk", "Removes a canned reply.", query: [version], status: 204) { api throws(Failure) in
                var call = RemoveCannedReply()
                (call.id, call.version) = (api.parameter("id"), try seen(api))
                _ = try await api.call(call)
                return .nothing
            },
            APIRoute(.get, "/tickets/{number}/canned-replies/{id}", tag: "Support desk", "A canned reply with a ticket's facts in place of its placeholders.", answer: RecordSchema.of(FillCannedReply.Answer.self)) { api throws(Failure) in
                var call = FillCannedReply()
                (call.number, call.id) = (try api.number("number", of: "ticket"), api.parameter("id"))
                return APIAnswer(try await api.call(call))
            },
        ]
    }

    static func ticketViews() -> [APIRoute] {
        [
            APIRoute(.get, "/tickets/{number}/watchers", tag: "Support desk", "For staff: who watches a ticket, the longest first.", answer: RecordSchema.of(Listing<Assignee>.self)) { api throws(Failure) in
                var call = ShowTicket()
                call.number = try api.number("number", of: "ticket")
                let thread = try await api.call(call)
                guard thread.person.role.isStaff else { throw .forbidden("Only staff see who of staff watches a ticket.", hint: "The ticket says who has it.") }
                return APIAnswer(Listing(thread.watchers))
            },
            APIRoute(.put, "/tickets/{number}/watch", tag: "Support desk", "Watches a ticket: a mail when the customer writes and when somebody is given it.", answer: RecordSchema.of(WatchTicket.Answer.self)) { api throws(Failure) in
                APIAnswer(try await api.call(try watch(api, true)))
            },
            APIRoute(.delete, "/tickets/{number}/watch", tag: "Support desk", "Watches a ticket no longer.", answer: RecordSchema.of(WatchTicket.Answer.self)) { api throws(Failure) in
                APIAnswer(try await api.call(try watch(api, false)))
            },
            APIRoute(
                .post, "/tickets/changes", tag: "Support desk", "For support: changes several tickets, each judged as when it is changed alone, and answers for each what became of it.",
                body: .json(schema(ChangeTickets.self, without: ["origin"], optional: ["add_tags", "remove_tags"])), answer: RecordSchema.of(Listing<TicketOutcome>.self)
            ) { api throws(Failure) in
                let call = try await api.read(ChangeTickets.self, path: [("origin", .string(api.request.origin))]) { members in
                    for name in ["add_tags", "remove_tags"] where !members.contains(where: { $0.0 == name }) { members.append((name, .array([]))) }
                }
                return APIAnswer(Listing(try await api.call(call).items))
            },
            APIRoute(.get, "/ticket-views", tag: "Support desk", "For support: the caller's views of the queue and the shared ones, by name. `/tickets?view=` shows through one.", answer: RecordSchema.of(Listing<TicketView>.self)) { api throws(Failure) in
                APIAnswer(Listing(try await api.call(ListTicketViews()).items))
            },
            APIRoute(.post, "/ticket-views", tag: "Support desk", "Keeps a view of the queue.", body: .json(schema(SaveTicketView.self, without: ["id", "version"])), status: 201, answer: RecordSchema.of(TicketView.self)) { api throws(Failure) in
                let view = try await api.call(try await api.read(SaveTicketView.self))
                return APIAnswer(view, location: "/ticket-views/\(view.id)")
            },
            APIRoute(.get, "/ticket-views/{id}", tag: "Support desk", "One view.", answer: RecordSchema.of(TicketView.self)) { api throws(Failure) in
                guard let view = try await api.call(ListTicketViews()).items.first(where: { $0.id == api.parameter("id") }) else { throw .notFound("view") }
                return APIAnswer(view)
            },
            APIRoute(.put, "/ticket-views/{id}", tag: "Support desk", "Changes a view.", body: .json(schema(SaveTicketView.self, without: ["id"])), answer: RecordSchema.of(TicketView.self)) { api throws(Failure) in
                APIAnswer(try await api.call(try await api.read(SaveTicketView.self, path: [("id", .string(api.parameter("id")))])))
            },
            APIRoute(.delete, "/ticket-views/{id}", tag: "Support desk", "Removes a view.", query: [version], status: 204) { api throws(Failure) in
                var call = RemoveTicketView()
                (call.id, call.version) = (api.parameter("id"), try seen(api))
                _ = try await api.call(call)
                return .nothing
            },
        ]
    }

    static func customers() -> [APIRoute] {
        [
            APIRoute(
                .get, "/customers", tag: "Support desk", "For support: the customers by short name, with the tickets that wait.",
                query: paging + [Parameter(name: "search", what: "Part of the short name or of the name.")], answer: RecordSchema.of(Listing<DeskCustomer>.self)
            ) { api throws(Failure) in
                var call = ListDeskCustomers()
                (call.page, call.search) = (try api.page(), api.query.text("search") ?? "")
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(.get, "/customers/{name}", tag: "Support desk", "For support: one customer, with its people by role, its plan and hours, what is due, changes, exports, the last restore point and the size of its database.", answer: RecordSchema.of(ShowDeskCustomer.Answer.self)) { api throws(Failure) in
                var call = ShowDeskCustomer()
                call.customer = api.parameter("name")
                return APIAnswer(try await api.call(call))
            },
        ]
    }

    private static func watch(_ api: APIRequest, _ watch: Bool) throws(Failure) -> WatchTicket {
        var call = WatchTicket()
        (call.number, call.watch) = (try api.number("number", of: "ticket"), watch)
        return call
    }

    /// The query's `version`.
    static func seen(_ api: APIRequest) throws(Failure) -> Int? {
        guard let text = api.query.text("version") else { return nil }
        guard let version = Int(text) else {
            throw .invalid("version=\(text) is no version.", hint: "Send the version of the answer that was looked at, or leave it out.", code: "malformed-parameter", fields: [.init(field: "version", reason: "It is not a whole number.", hint: "Send one, or leave it out.")])
        }
        return version
    }
}
