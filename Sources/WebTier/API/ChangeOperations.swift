// Operations of the API: requests for change.
import Control
import Engine
import Procedures
import SupportCentre
import Wire

extension APIRoute {
    static func changes() -> [APIRoute] {
        func words<E: RawRepresentable<String> & CaseIterable>(_ name: String, _ what: String, _: E.Type) -> Parameter {
            Parameter(name: name, what: what, schema: ["type": "string", "enum": .array(E.allCases.map { .string($0.rawValue) })])
        }
        let filters = [
            words("phase", "Where it stands: being decided, planned, reviewed, over.", ChangePhase.self), words("state", "One state only.", ChangeState.self),
            Parameter(name: "search", what: "Words of the title."), Parameter(name: "customer", what: "For staff: one customer only."),
        ]
        let month = Parameter(name: "month", what: "A month like 2026-11; the current one when left out.", schema: ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"])
        return [
            APIRoute(
                .get, "/changes", tag: "Changes", "The requests for change, newest first; staff see every customer's and Fitech's own.", query: paging + filters,
                answer: RecordSchema.of(Listing<Change>.self)
            ) { api throws(Failure) in
                var call = ListChanges()
                (call.page, call.phase, call.state) = (try api.page(), try api.word("phase"), try api.word("state"))
                (call.search, call.customer) = (api.query.text("search") ?? "", api.query.text("customer"))
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(
                .post, "/changes", tag: "Changes", "Raises a change as a draft; with `submit` it is submitted at once.", body: .json(schema(RaiseChange.self)), status: 201,
                answer: RecordSchema.of(Change.self)
            ) { api throws(Failure) in
                let change = try await api.call(try await api.read(RaiseChange.self))
                return APIAnswer(change, location: "/changes/\(change.number)")
            },
            APIRoute(
                .get, "/change-calendar", tag: "Changes", "A month of planned changes and what gets in each other's way.", query: [month],
                answer: RecordSchema.of(Listing<PlannedWork>.self)
            ) { api throws(Failure) in
                var call = ShowChangeCalendar()
                call.month = api.query.text("month")
                return APIAnswer(Listing(try await api.call(call).items))
            },
            APIRoute(.get, "/changes/{number}", tag: "Changes", "One change.", answer: RecordSchema.of(Change.self)) { api throws(Failure) in
                APIAnswer(try await view(api).change)
            },
            APIRoute(
                .patch, "/changes/{number}", tag: "Changes", "Writes what is given of a change's content. What was voted on is not written any more.",
                body: .json(schema(EditChange.self, without: ["number"])), answer: RecordSchema.of(Change.self)
            ) { api throws(Failure) in APIAnswer(try await api.call(try await api.read(EditChange.self, path: try path(api)))) },
            APIRoute(.get, "/changes/{number}/events", tag: "Changes", "What happened to a change, oldest first.", answer: RecordSchema.of(Listing<ChangeEvent>.self)) { api throws(Failure) in
                APIAnswer(Listing(try await view(api).events))
            },
            APIRoute(
                .post, "/changes/{number}/steps", tag: "Changes", "Moves a change on by one step; 409 says which steps are possible, 422 what is missing.",
                body: .json(schema(MoveChange.self, without: ["number"])), answer: RecordSchema.of(Change.self)
            ) { api throws(Failure) in APIAnswer(try await api.call(try await api.read(MoveChange.self, path: try path(api)))) },
            APIRoute(.get, "/changes/{number}/votes", tag: "Changes", "The votes of the current round, in the order they were given; for staff.", answer: RecordSchema.of(Listing<ChangeVote>.self)) { api throws(Failure) in
                let view = try await view(api)
                guard view.person.role.isStaff else { throw .forbidden("Votes are seen by staff alone.", hint: "The state of the change says what they came to.") }
                return APIAnswer(Listing(view.board?.votes ?? []))
            },
            APIRoute(
                .post, "/changes/{number}/votes", tag: "Changes", "Votes on a change that somebody else raised; for support.", body: .json(schema(VoteOnChange.self, without: ["number"])),
                status: 201, answer: RecordSchema.of(Change.self)
            ) { api throws(Failure) in
                let change = try await api.call(try await api.read(VoteOnChange.self, path: try path(api)))
                return APIAnswer(change, location: "/changes/\(change.number)/votes")
            },
            APIRoute(
                .put, "/changes/{number}/quote", tag: "Changes", "Offers the customer what it costs; without an amount the offer is withdrawn. For support.",
                body: .json(schema(QuoteChange.self, without: ["number"])), answer: RecordSchema.of(Change.self)
            ) { api throws(Failure) in APIAnswer(try await api.call(try await api.read(QuoteChange.self, path: try path(api)))) },
            APIRoute(
                .post, "/changes/{number}/quote/answer", tag: "Changes", "Accepts or declines the quote; for the customer's administrators.",
                body: .json(schema(AnswerQuote.self, without: ["number"])), answer: RecordSchema.of(Change.self)
            ) { api throws(Failure) in APIAnswer(try await api.call(try await api.read(AnswerQuote.self, path: try path(api)))) },
        ]
    }

    private static func path(_ api: APIRequest) throws(Failure) -> [(String, JSON)] { [("number", .integer(Int64(try api.number("number", of: "change"))))] }

    private static func view(_ api: APIRequest) async throws(Failure) -> ChangeView {
        var call = ShowChange()
        call.number = try api.number("number", of: "change")
        return try await api.call(call)
    }
}
