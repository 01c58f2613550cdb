// Operations of the API: the audit log.
import Procedures
import Wire

extension APIRoute {
    static func audit() -> [APIRoute] {
        let day: JSON = ["type": "string", "format": "date"]
        return [
            APIRoute(
                .get, "/audit", tag: "Organisation", "The audit log, newest first: the customer's own; for staff the directory's or a named customer's.",
                query: paging + [
                    Parameter(name: "customer", what: "For staff: this customer's log."), Parameter(name: "who", what: "An e-mail address, or `actor` of an entry."),
                    Parameter(name: "what", what: "One kind of thing done."), Parameter(name: "object", what: "One thing, like `subject/ID`."),
                    Parameter(name: "search", what: "Words of the details. A page may then hold fewer items than there are: go on while `next` is there."),
                    Parameter(name: "from", what: "First day (UTC).", schema: day), Parameter(name: "to", what: "Last day (UTC).", schema: day),
                ], answer: RecordSchema.of(Listing<AuditEntry>.self)
            ) { api throws(Failure) in
                var call = try WebHandler.audit(api.query)
                call.page = try api.page()
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            }
        ]
    }
}
