// Tickets: customers open, reply, close and reopen; staff see every customer's.
import Engine
import Pages
import Procedures
import SupportCentre
import Wire

extension WebHandler {
    func addTickets() {
        page("/tickets") { request throws(Failure) in
            let query = try request.query()
            var call = ListTickets()
            call.state = query.text("state").flatMap(TicketState.init)
            call.search = query.text("search") ?? ""
            call.customer = query.text("customer")
            call.page = Page(after: query.text("after"), limit: 20)
            (call.priority, call.assignee) = (query.text("priority").flatMap(TicketPriority.init), query.text("assignee"))
            (call.category, call.tag) = (query.text("category"), query.text("tag"))
            call.order = query.text("order").flatMap(TicketOrder.init)
            let answer = try await request.ask(call)
            return request.html(TicketListPage.html(request.frame("Tickets", .tickets, request.viewer(answer.person)), answer, call, now: .now))
        }
        page("/tickets/new") { request throws(Failure) in
            request.html(TicketPages.new(request.frame("Open a ticket", .tickets, try await request.viewer())))
        }
        form("/tickets/new") { request, form throws(Failure) in
            var call = OpenTicket()
            call.title = form.text("title") ?? ""
            call.body = form.text("body") ?? ""
            call.priority = form["priority"].flatMap(TicketPriority.init)
            do throws(Failure) {
                let ticket = try await request.ask(call)
                return request.redirect("/tickets/\(ticket.number)", notice: .ticketOpened)
            } catch {
                guard error.belongsToForm else { throw error }
                return request.html(TicketPages.new(request.frame("Open a ticket", .tickets, try await request.viewer()), entered: Entered(form, error)), status: error.status)
            }
        }
        page("/tickets/{number}") { request throws(Failure) in try await Self.showTicket(request, .nothing, status: 200) }
        form("/tickets/{number}/replies") { request, form throws(Failure) in
            var call = ReplyToTicket()
            call.number = try Self.number(request)
            call.body = form.text("body") ?? ""
            call.close = form["close"] == nil ? nil : true
            if form["as"] == "note" { call.internal = true }
            if form["as"] == "resolved" { call.state = .resolved }
            do throws(Failure) {
                _ = try await request.ask(call)
                return request.redirect("/tickets/\(call.number)", notice: call.internal == true ? .noteKept : call.close == true ? .ticketClosed : .replySent)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.showTicket(request, Entered(form, error), status: error.status)
            }
        }
        form("/tickets/{number}/state") { request, form throws(Failure) in
            var call = ChangeTicket()
            call.number = try Self.number(request)
            call.state = form["state"] == "open" ? .open : .closed
            _ = try await request.ask(call)
            return request.redirect("/tickets/\(call.number)", notice: call.state == .open ? .ticketReopened : .ticketClosed)
        }
        form("/tickets/{number}/change") { request, form throws(Failure) in
            var call = ChangeTicket()
            do throws(Failure) {
                call.number = try Self.number(request)
                call.state = form["state"].flatMap(TicketState.init)
                // Noon, so that it is that day in every zone of ours.
                call.until = call.state == .pending ? form.text("until").flatMap { CalendarDate(iso8601: $0) }.map { $0.midnight.adding(.seconds(43_200)) } : nil
                call.reason = call.state == .onHold ? form.text("reason") : nil
                (call.priority, call.category, call.assignee) = (form["priority"].flatMap(TicketPriority.init), form.text("category") ?? "", form["assignee"] ?? "")
                (call.tags, call.setTags) = ([form.text("tags") ?? ""], true)
                _ = try await request.ask(call)
                return request.redirect("/tickets/\(call.number)", notice: .ticketChanged)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.showTicket(request, Entered(form, error), status: error.status)
            }
        }
    }

    private static func number(_ request: WebRequest) throws(Failure) -> Int {
        guard let number = Int(request.parameter("number")), number > 0 else { throw .notFound("ticket") }
        return number
    }

    private static func showTicket(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        var call = ShowTicket()
        call.number = try number(request)
        let thread = try await request.ask(call)
        return request.html(TicketPages.show(request.frame("#\(thread.ticket.number) \(thread.ticket.title)", .tickets, request.viewer(thread.person)), thread, now: .now, entered: entered), status: status)
    }
}
