// The search page: one call, what the box says in the address, so that a search can be kept and sent.
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addSearch() {
        page("/search") { request throws(Failure) in
            let query = try request.query()
            var call = SearchPortal()
            (call.query, call.kind, call.customer) = (query["q"] ?? "", query.text("kind").flatMap(SearchKind.init), query.text("customer"))
            call.overview = call.kind == nil ? true : nil
            call.page = Page(after: call.kind == nil ? nil : query.text("after"), limit: call.kind == nil ? 5 : 20)
            let answer = try await request.ask(call)
            var frame = request.frame("Search", nil, request.viewer(answer.person))
            frame.searched = call.query
            return request.html(SearchPage.html(frame, answer, call))
        }
    }
}
