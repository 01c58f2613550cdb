// Customers as staff look at them.
import Engine
import Pages
import ProcedureClient
import Procedures
import Wire

extension WebHandler {
    func addCustomers() {
        page("/customers") { request throws(Failure) in
            let query = try request.query()
            var call = ListDeskCustomers()
            (call.search, call.page) = (query.text("search") ?? "", Page(after: query.text("after"), limit: 20))
            let answer = try await request.ask(call)
            return request.html(CustomerPages.list(request.frame("Customers", .customers, request.viewer(answer.person)), answer, call))
        }
        page("/customers/{name}") { request throws(Failure) in
            var call = ShowDeskCustomer()
            call.customer = request.parameter("name")
            let answer = try await request.ask(call)
            return request.html(CustomerPages.show(request.frame(answer.customer.displayName, .customers, request.viewer(answer.person)), answer, now: .now))
        }
    }
}
