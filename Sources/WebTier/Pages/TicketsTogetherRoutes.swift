// Changing several tickets of the queue in one go.
import Engine
import Pages
import ProcedureClient
import Procedures
import SupportCentre
import Wire

extension WebHandler {
    func addTicketsTogether() {
        form("/tickets/changes") { request, form throws(Failure) in
            var call = ChangeTickets()
            call.tickets = form.all("ticket").compactMap { Int($0) }.map { TicketPick($0) }
            (call.state, call.priority) = (form.text("to_state").flatMap(TicketState.init), form.text("to_priority").flatMap(TicketPriority.init))
            call.assignee = form.text("to_assignee").map { $0 == "none" ? "" : $0 }
            // Noon, so that it is that day in every zone of ours.
            call.until = call.state == .pending ? form.text("to_until").flatMap { CalendarDate(iso8601: $0) }.map { $0.midnight.adding(.seconds(43_200)) } : nil
            call.reason = call.state == .onHold ? form.text("to_reason") : nil
            (call.addTags, call.removeTags) = ([form.text("to_add_tags") ?? ""], [form.text("to_remove_tags") ?? ""])
            call.origin = request.origin
            do throws(Failure) {
                let answer = try await request.ask(call)
                return request.html(TicketBulkPages.result(request.frame("What became of them", .tickets, request.viewer(answer.person)), answer, back: LocalPath.safe(form["back"] ?? "/tickets")))
            } catch {
                guard error.belongsToForm else { throw error }
                let views = try await request.ask(ListTicketViews())
                return request.html(TicketBulkPages.again(request.frame("Change several tickets", .tickets, request.viewer(views.person)), views.staff, entered: Entered(form, error)), status: error.status)
            }
        }
    }
}
