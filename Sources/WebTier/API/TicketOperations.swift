// Operations of the API: tickets, people, the corporate report.
import Procedures
import SupportCentre
import Wire

extension APIRoute {
    static func tickets() -> [APIRoute] {
        func words<E: RawRepresentable<String> & CaseIterable>(_ name: String, _ what: String, _: E.Type) -> Parameter {
            Parameter(name: name, what: what, schema: ["type": "string", "enum": .array(E.allCases.map { .string($0.rawValue) })])
        }
        let filters = [
            words("state", "One state only.", TicketState.self), Parameter(name: "search", what: "Words of the title."), Parameter(name: "customer", what: "For staff: one customer only."),
            words("order", "`newest` first, or active tickets by what is `due` first.", TicketOrder.self), words("priority", "One priority only.", TicketPriority.self),
            Parameter(name: "category", what: "One category only."), Parameter(name: "assignee", what: "For staff: an e-mail, `me`, or `none` for those that are nobody's."), Parameter(name: "tag", what: "For staff: one tag only."),
            Parameter(name: "view", what: "For staff: the id of a view whose filter stands where nothing else is asked."),
        ]
        return [
            APIRoute(
                .get, "/tickets", tag: "Tickets", "The tickets, newest first, in every state unless filtered; staff see every customer's.",
                query: paging + filters, answer: RecordSchema.of(Listing<Ticket>.self), whole: .tickets
            ) { api throws(Failure) in
                var call = ListTickets()
                (call.page, call.state, call.priority) = (try api.page(), try api.word("state"), try api.word("priority"))
                (call.search, call.customer, call.view) = (api.query.text("search") ?? "", api.query.text("customer"), api.query.text("view"))
                call.order = try api.word("order") ?? (call.view == nil ? .newest : nil)
                (call.category, call.assignee, call.tag) = (api.query.text("category"), api.query.text("assignee"), api.query.text("tag"))
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(.post, "/tickets", tag: "Tickets", "Opens a ticket.", body: .json(schema(OpenTicket.self)), status: 201, answer: RecordSchema.of(Ticket.self)) { api throws(Failure) in
                let ticket = try await api.call(try await api.read(OpenTicket.self))
                return APIAnswer(ticket, location: "/tickets/\(ticket.number)")
            },
            APIRoute(.get, "/tickets/{number}", tag: "Tickets", "One ticket.", answer: RecordSchema.of(Ticket.self)) { api throws(Failure) in
                APIAnswer(try await thread(api).ticket)
            },
            APIRoute(.patch, "/tickets/{number}", tag: "Tickets", "Changes what is given: closes a ticket, reopens it with state `open`; staff also set the other states, priority, category, assignee and tags.", body: .json(schema(ChangeTicket.self, without: ["number", "origin"], optional: ["tags"])), answer: RecordSchema.of(Ticket.self)) { api throws(Failure) in
                let number = try api.number("number", of: "ticket")
                let path: [(String, JSON)] = [("number", .integer(Int64(number))), ("origin", .string(api.request.origin))]
                // Tags that are sent are meant; those left out stay.
                return APIAnswer(try await api.call(try await api.read(ChangeTicket.self, path: path) { members in
                    if !members.contains(where: { $0.0 == "tags" }) { members.append(("tags", .array([]))) }
                    else if !members.contains(where: { $0.0 == "set_tags" }) { members.append(("set_tags", true)) }
                }))
            },
            APIRoute(.get, "/tickets/{number}/replies", tag: "Tickets", "The replies to a ticket, oldest first.", answer: RecordSchema.of(Listing<Reply>.self)) { api throws(Failure) in
                APIAnswer(Listing(try await thread(api).replies))
            },
            APIRoute(.get, "/tickets/{number}/events", tag: "Tickets", "What happened to a ticket, oldest first.", answer: RecordSchema.of(Listing<TicketEventEntry>.self)) { api throws(Failure) in
                APIAnswer(Listing(try await thread(api).events))
            },
            APIRoute(.get, "/tickets/{number}/ratings", tag: "Tickets", "What the customer said of how a ticket was dealt with, the latest first.", answer: RecordSchema.of(Listing<TicketRating>.self)) { api throws(Failure) in
                APIAnswer(Listing(try await thread(api).ratings))
            },
            APIRoute(
                .get, "/tickets/{number}/links", tag: "Tickets", "The tickets beside a ticket: merged into it, linked, split.", answer: RecordSchema.of(Listing<TicketLink>.self)
            ) { api throws(Failure) in
                APIAnswer(Listing(try await thread(api).links))
            },
            APIRoute(
                .post, "/tickets/{number}/links", tag: "Tickets", "Links two tickets of one customer, or takes the link away; for staff.", body: .json(schema(LinkTicket.self, without: ["number"])), status: 204
            ) { api throws(Failure) in
                _ = try await api.call(try await api.read(LinkTicket.self, path: [("number", .integer(Int64(try api.number("number", of: "ticket"))))]))
                return .nothing
            },
            APIRoute(
                .post, "/tickets/{number}/merge", tag: "Tickets", "Merges a ticket into another, which is answered; both numbers stay. For staff.",
                body: .json(schema(MergeTicket.self, without: ["number"])), answer: RecordSchema.of(Ticket.self)
            ) { api throws(Failure) in
                APIAnswer(try await api.call(try await api.read(MergeTicket.self, path: [("number", .integer(Int64(try api.number("number", of: "ticket"))))])))
            },
            APIRoute(.delete, "/tickets/{number}/merge", tag: "Tickets", "Undoes a merge; for staff.", answer: RecordSchema.of(Ticket.self)) { api throws(Failure) in
                var call = UndoMerge()
                call.number = try api.number("number", of: "ticket")
                return APIAnswer(try await api.call(call))
            },
            APIRoute(
                .post, "/tickets/{number}/split", tag: "Tickets", "Makes a new ticket of some of a ticket's replies; for staff.",
                body: .json(schema(SplitTicket.self, without: ["number"])), status: 201, answer: RecordSchema.of(Ticket.self)
            ) { api throws(Failure) in
                let ticket = try await api.call(try await api.read(SplitTicket.self, path: [("number", .integer(Int64(try api.number("number", of: "ticket"))))]))
                return APIAnswer(ticket, location: "/tickets/\(ticket.number)")
            },
            APIRoute(
                .put, "/tickets/{number}/draft", tag: "Tickets", "Keeps what the caller is writing on a ticket; an empty body throws it away.",
                body: .json(schema(SaveDraft.self, without: ["number"])), status: 204
            ) { api throws(Failure) in
                _ = try await api.call(try await api.read(SaveDraft.self, path: [("number", .integer(Int64(try api.number("number", of: "ticket"))))]))
                return .nothing
            },
            APIRoute(.get, "/support", tag: "Support", "The support desk: its telephone, its hours, open or closed now.", signedIn: false, answer: RecordSchema.of(SupportDesk.self)) { api throws(Failure) in
                APIAnswer(api.request.handler.supportDesk)
            },
            APIRoute(
                .put, "/customers/{name}/plan", tag: "Support", "Puts a customer on a support plan of the configuration; for operations. The clocks of active tickets go on by it.",
                body: .json(schema(SetSupportPlan.self, without: ["customer"])), answer: RecordSchema.of(SupportPlanFacts.self)
            ) { api throws(Failure) in
                APIAnswer(try await api.call(try await api.read(SetSupportPlan.self, path: [("customer", .string(api.parameter("name")))])))
            },
            APIRoute(
                .post, "/tickets/{number}/replies", tag: "Tickets", "Replies to a ticket; support's reply makes it answered, a customer's open again.",
                body: .json(schema(ReplyToTicket.self, without: ["number", "origin"])), status: 201, answer: RecordSchema.of(Reply.self)
            ) { api throws(Failure) in
                let number = try api.number("number", of: "ticket")
                let reply = try await api.call(try await api.read(ReplyToTicket.self, path: [("number", .integer(Int64(number))), ("origin", .string(api.request.origin))]))
                return APIAnswer(reply, location: "/tickets/\(number)/replies")
            },
        ]
    }

    private static func thread(_ api: APIRequest) async throws(Failure) -> TicketThread {
        var call = ShowTicket()
        call.number = try api.number("number", of: "ticket")
        return try await api.call(call)
    }

    static func organisation() -> [APIRoute] {
        let day: JSON = ["type": "string", "format": "date"]
        return [
            APIRoute(
                .get, "/reports/corporate", tag: "Organisation", "The anonymous corporate report, from the newest restore point.",
                query: [Parameter(name: "from", what: "First day.", schema: day), Parameter(name: "to", what: "Last day.", schema: day)], answer: RecordSchema.of(CorporateReport.self)
            ) { api throws(Failure) in
                guard let token = api.token else { throw .signedOut() }
                return APIAnswer(try await WebHandler.report(api.request, session: token, api.query))
            },
        ]
    }
}
