// Tickets: customers open, reply, close and reopen; staff see every customer's.
import Control
import Engine
import Nodes
import Pages
import Procedures
import SupportCentre
import Wire

extension WebHandler {
    func addTickets() {
        page("/tickets") { [unowned self] request throws(Failure) in
            let query = try request.query()
            var call = ListTickets()
            call.state = query.text("state").flatMap(TicketState.init)
            call.search = query.text("search") ?? ""
            call.customer = query.text("customer")
            call.page = Page(after: query.text("after"), limit: 20)
            (call.priority, call.assignee) = (query.text("priority").flatMap(TicketPriority.init), query.text("assignee"))
            (call.category, call.tag) = (query.text("category"), query.text("tag"))
            (call.order, call.view) = (query.text("order").flatMap(TicketOrder.init), query.text("view"))
            let answer = try await request.ask(call)
            return request.html(TicketListPage.html(request.frame("Tickets", .tickets, request.viewer(answer.person)), answer, call, desk: supportDesk, now: .now))
        }
        page("/tickets/new") { [unowned self] request throws(Failure) in
            let follows = try request.query().text("follows").flatMap { Int($0) }
            return request.html(TicketPages.new(request.frame("Open a ticket", .tickets, try await request.viewer()), desk: supportDesk, now: .now, follows: follows))
        }
        form("/tickets/new", limits: Self.fileLimits, bodyLimit: Self.messageBytes) { [unowned self] request, form throws(Failure) in
            var call = OpenTicket()
            call.title = form.text("title") ?? ""
            call.body = form.text("body") ?? ""
            call.priority = form["priority"].flatMap(TicketPriority.init)
            do throws(Failure) {
                if let follows = form.text("follows"), !follows.isEmpty { call.follows = try Self.other("follows", follows) }
                let ticket = try await request.ask(call)
                try await Self.send(form.files, to: ticket.number, reply: nil, request)
                return request.redirect("/tickets/\(ticket.number)", notice: .ticketOpened)
            } catch {
                guard error.belongsToForm else { throw error }
                return request.html(TicketPages.new(request.frame("Open a ticket", .tickets, try await request.viewer()), desk: supportDesk, now: .now, entered: Entered(form, error)), status: error.status)
            }
        }
        page("/tickets/{number}") { request throws(Failure) in try await Self.showTicket(request, .nothing, status: 200) }
        form("/tickets/{number}/replies", limits: Self.fileLimits, bodyLimit: Self.messageBytes) { request, form throws(Failure) in
            var call = ReplyToTicket()
            call.number = try Self.number(request)
            call.body = form.text("body") ?? ""
            call.close = form["close"] == nil ? nil : true
            if form["as"] == "draft" { return try await Self.saveDraft(request, form) }
            (call.seen, call.origin) = (form["seen"], request.origin)
            if form["as"] == "note" { call.internal = true }
            if form["as"] == "resolved" { call.state = .resolved }
            do throws(Failure) {
                if form["as"] == "insert" {
                    let typed = try await Self.inserted(request, form, into: call.number)
                    return try await Self.showTicket(request, Entered(typed), status: 200, chosenFiles: form.files.count)
                }
                let reply = try await request.ask(call)
                try await Self.send(form.files, to: call.number, reply: reply.id, request)
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
                (call.number, call.origin) = (try Self.number(request), request.origin)
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

    /// The desk as it is now. Worked out once a minute: desks open and close on the minute.
    var supportDesk: SupportDesk {
        let now = Timestamp.now, minute = now.milliseconds / 60_000
        if let deskOfMinute, deskOfMinute.minute == minute { return deskOfMinute.desk }
        let support = node.configuration.support
        let desk = SupportDesk(support.standard.calendar, telephone: support.telephone, now: now)
        deskOfMinute = (minute, desk)
        return desk
    }

    func addTicketConversations() {
        form("/tickets/{number}/draft") { request, form throws(Failure) in try await Self.saveDraft(request, form) }
        form("/tickets/{number}/merge") { request, form throws(Failure) in
            try await Self.onTicket(request, form) { number throws(Failure) in
                var call = MergeTicket()
                (call.number, call.into) = (number, try Self.other("into", form["into"]))
                _ = try await request.ask(call)
                return request.redirect("/tickets/\(call.into)", notice: .ticketsMerged)
            }
        }
        form("/tickets/{number}/undo-merge") { request, form throws(Failure) in
            try await Self.onTicket(request, form) { number throws(Failure) in
                var call = UndoMerge()
                call.number = number
                _ = try await request.ask(call)
                return request.redirect("/tickets/\(number)", notice: .mergeUndone)
            }
        }
        form("/tickets/{number}/links") { request, form throws(Failure) in
            try await Self.onTicket(request, form) { number throws(Failure) in
                var call = LinkTicket()
                (call.number, call.other) = (number, try Self.other("other", form["other"]))
                if form["remove"] != nil { call.remove = true }
                _ = try await request.ask(call)
                return request.redirect("/tickets/\(number)", notice: .ticketChanged)
            }
        }
        form("/tickets/{number}/mine") { request, form throws(Failure) in
            try await Self.onTicket(request, form) { number throws(Failure) in
                var call = ChangeTicket()
                (call.number, call.assignee, call.origin) = (number, "me", request.origin)
                _ = try await request.ask(call)
                return request.redirect(form["back"].map { LocalPath.safe($0) } ?? "/tickets/\(number)", notice: .ticketMine)
            }
        }
        form("/tickets/{number}/watch") { request, form throws(Failure) in
            try await Self.onTicket(request, form) { number throws(Failure) in
                var call = WatchTicket()
                (call.number, call.watch) = (number, form["watch"] != "no")
                _ = try await request.ask(call)
                return request.redirect("/tickets/\(number)", notice: call.watch ? .ticketWatched : .ticketUnwatched)
            }
        }
        page("/tickets/{number}/split") { request throws(Failure) in try await Self.split(request, .nothing, status: 200) }
        form("/tickets/{number}/split") { request, form throws(Failure) in
            var call = SplitTicket()
            (call.number, call.title) = (try Self.number(request), form.text("title") ?? "")
            call.replies = form.fields.filter { $0.name == "reply" }.map(\.value)
            do throws(Failure) {
                let ticket = try await request.ask(call)
                return request.redirect("/tickets/\(ticket.number)", notice: .ticketSplit)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.split(request, Entered(form, error), status: error.status)
            }
        }
    }

    /// A form on a ticket's page that, refused, shows that page again with what is wrong.
    private static func onTicket(_ request: WebRequest, _ form: Form, _ work: (Int) async throws(Failure) -> HTTPResponse) async throws(Failure) -> HTTPResponse {
        do throws(Failure) { return try await work(try number(request)) } catch {
            guard error.belongsToForm else { throw error }
            return try await showTicket(request, Entered(form, error), status: error.status)
        }
    }

    private static func other(_ field: String, _ text: String?) throws(Failure) -> Int {
        guard let number = Int((text ?? "").filter { $0 != "#" && $0 != " " }), number > 0 else {
            throw .unacceptable([.init(field: field, reason: "This is no number of a ticket.", hint: "Write it like 1234.")])
        }
        return number
    }

    /// By the script while somebody writes (answered without a page), or by the button.
    private static func saveDraft(_ request: WebRequest, _ form: Form) async throws(Failure) -> HTTPResponse {
        var call = SaveDraft()
        (call.number, call.body) = (try number(request), form.text("body") ?? "")
        _ = try await request.ask(call)
        return form["quiet"] == nil ? request.redirect("/tickets/\(call.number)", notice: .draftKept) : HTTPResponse(status: .noContent)
    }

    private static func split(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        var call = ShowTicket()
        call.number = try number(request)
        let thread = try await request.ask(call)
        guard thread.person.role.isStaff else { throw .forbidden("Only support splits tickets.", hint: "Ask for it in a reply.") }
        return request.html(TicketSplitPage.html(request.frame("Split #\(call.number)", .tickets, request.viewer(thread.person)), thread, entered: entered), status: status)
    }

    static func number(_ request: WebRequest) throws(Failure) -> Int {
        guard let number = Int(request.parameter("number")), number > 0 else { throw .notFound("ticket") }
        return number
    }

    /// - Parameter chosenFiles: how many files came with a form that is shown again; browsers do not let a page choose them anew.
    static func showTicket(_ request: WebRequest, _ entered: Entered, status: Int, chosenFiles: Int = 0) async throws(Failure) -> HTTPResponse {
        var call = ShowTicket()
        call.number = try number(request)
        let thread = try await request.ask(call)
        // The number of a merged ticket leads to where its conversation goes on; staff who want it itself ask so.
        if status == 200, entered.form.fields.isEmpty, let other = thread.ticket.mergedInto, try request.query()["as"] != "itself", thread.person.role != .subject { return request.redirect("/tickets/\(other)") }
        var frame = request.frame("#\(thread.ticket.number) \(thread.ticket.title)", .tickets, request.viewer(thread.person))
        if chosenFiles > 0 { frame.notice = Notice(.fair, "The text is in your answer. Please choose your files once more.") }
        return request.html(TicketPages.show(frame, thread, now: .now, entered: entered), status: status)
    }
}
