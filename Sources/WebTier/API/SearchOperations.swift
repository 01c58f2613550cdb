// The search of the API.
import Engine
import Procedures
import Wire

extension APIRoute {
    static func search() -> [APIRoute] {
        let parameters = [
            Parameter(name: "q", what: "Words, \"phrases\" and -exclusions; the last word may be the beginning of one. A number finds its ticket and change. At most 200 characters and 12 terms are read."),
            Parameter(name: "kind", what: "One kind only.", schema: ["type": "string", "enum": .array(SearchKind.allCases.map { .string($0.rawValue) })]),
            Parameter(name: "customer", what: "For staff: one customer only."),
        ]
        return [
            APIRoute(
                .get, "/search", tag: "Search",
                "Everything the caller's lists show that has these words, kind by kind: of the newest 2,000 those with all of them in the title first, then the others, then all older ones, each newest first. For staff also notes among staff.",
                query: paging + parameters, answer: RecordSchema.of(Listing<SearchHit>.self)
            ) { api throws(Failure) in
                var call = SearchPortal()
                (call.page, call.kind) = (try api.page(), try api.word("kind"))
                (call.query, call.customer) = (api.query["q"] ?? "", api.query.text("customer"))
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            }
        ]
    }
}
