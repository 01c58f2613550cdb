// Saved views of the queue: the pages to keep them.
import Engine
import Pages
import ProcedureClient
import Procedures
import SupportCentre
import Wire

extension WebHandler {
    func addTicketViews() {
        page("/ticket-views") { request throws(Failure) in
            let answer = try await request.ask(ListTicketViews())
            return request.html(TicketViewPages.list(request.frame("Views", .tickets, request.viewer(answer.person)), answer))
        }
        page("/ticket-views/new") { request throws(Failure) in
            let filter = Self.filter(try request.query()), answer = try await request.ask(ListTicketViews())
            return request.html(TicketViewPages.form(request.frame("Make a view", .tickets, request.viewer(answer.person)), nil, filter, staff: answer.staff))
        }
        form("/ticket-views/new") { request, form throws(Failure) in try await Self.saveView(request, form, nil) }
        page("/ticket-views/{id}") { request throws(Failure) in try await Self.showView(request, .nothing, status: 200) }
        form("/ticket-views/{id}") { request, form throws(Failure) in try await Self.saveView(request, form, request.parameter("id")) }
        form("/ticket-views/{id}/remove") { request, form throws(Failure) in
            var call = RemoveTicketView()
            (call.id, call.version) = (request.parameter("id"), form["version"].flatMap { Int($0) })
            _ = try await request.ask(call)
            return request.redirect("/ticket-views", notice: .viewRemoved)
        }
    }

    /// A filter as its fields say; a word nobody knows narrows nothing.
    static func filter(_ form: Form) -> TicketFilter {
        var filter = TicketFilter()
        (filter.state, filter.priority) = (form.text("state").flatMap(TicketState.init), form.text("priority").flatMap(TicketPriority.init))
        (filter.category, filter.tag, filter.customer) = (form.text("category"), form.text("tag"), form.text("customer"))
        (filter.assignee, filter.search, filter.order) = (form.text("assignee"), form.text("search"), form.text("order").flatMap(TicketOrder.init))
        return filter
    }

    private static func showView(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let answer = try await request.ask(ListTicketViews())
        guard let view = answer.items.first(where: { $0.id == request.parameter("id") }) else { throw .notFound("view") }
        return request.html(TicketViewPages.form(request.frame(view.name, .tickets, request.viewer(answer.person)), view, view.filter, staff: answer.staff, entered: entered), status: status)
    }

    private static func saveView(_ request: WebRequest, _ form: Form, _ id: String?) async throws(Failure) -> HTTPResponse {
        var call = SaveTicketView()
        (call.id, call.name, call.shared) = (id, form.text("name") ?? "", form["shared"] != nil)
        (call.filter, call.version) = (filter(form), form["version"].flatMap { Int($0) })
        do throws(Failure) {
            let view = try await request.ask(call)
            return request.redirect("/tickets?view=\(PercentCoding.encode(view.id))", notice: .viewSaved)
        } catch {
            guard error.belongsToForm else { throw error }
            if id != nil { return try await showView(request, Entered(form, error), status: error.status) }
            let answer = try await request.ask(ListTicketViews())
            return request.html(
                TicketViewPages.form(request.frame("Make a view", .tickets, request.viewer(answer.person)), nil, filter(form), staff: answer.staff, entered: Entered(form, error)), status: error.status)
        }
    }
}
