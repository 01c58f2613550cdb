// The recycle bin of support, and what puts tickets and posts into it.
import Engine
import Pages
import ProcedureClient
import Procedures
import SupportCentre
import Wire

extension WebHandler {
    func addBin() {
        page("/bin") { request throws(Failure) in
            let query = try request.query()
            var call = ListBin()
            (call.only, call.page) = (query.text("only").flatMap(BinKind.init), Page(after: query.text("after"), limit: 50))
            let answer = try await request.ask(call)
            return request.html(BinPage.html(request.frame("Recycle bin", .tickets, request.viewer(answer.person)), answer, only: call.only, after: call.page.after, now: .now))
        }
        form("/bin/{id}/restore") { request, _ throws(Failure) in
            var call = RestoreFromBin()
            call.id = request.parameter("id")
            let item = try await request.ask(call)
            return request.redirect(Self.place(of: item), notice: .broughtBack)
        }
        form("/bin/{id}/remove") { request, _ throws(Failure) in
            var call = RemoveFromBin()
            call.id = request.parameter("id")
            _ = try await request.ask(call)
            return request.redirect("/bin", notice: .removedForGood)
        }
        form("/tickets/{number}/delete") { request, form throws(Failure) in
            guard let number = Int(request.parameter("number")) else { throw .notFound("ticket") }
            var call = DeleteTicket()
            (call.number, call.reason, call.version) = (number, form["delete_reason"] ?? "", form["version"].flatMap { Int($0) })
            do throws(Failure) {
                _ = try await request.ask(call)
                return request.redirect("/tickets", notice: .ticketDeleted)
            } catch {
                guard error.belongsToForm else { throw error }
                // The field has another name on the page, where others are called "reason" too.
                var problem = error
                for index in problem.fields.indices where problem.fields[index].field == "reason" { problem.fields[index].field = "delete_reason" }
                return try await Self.showTicket(request, Entered(form, problem), status: error.status)
            }
        }
        form("/community/{number}/delete") { request, form throws(Failure) in
            guard let number = Int(request.parameter("number")) else { throw .notFound("post") }
            var call = DeletePost()
            (call.number, call.version) = (number, form["version"].flatMap { Int($0) })
            _ = try await request.ask(call)
            return request.redirect("/community", notice: .postDeleted)
        }
    }

    private static func place(of item: BinItem) -> String {
        switch item.kind {
        case .ticket: "/tickets/\(item.key)"
        case .post: "/community/\(item.key)"
        case .cannedReply: "/canned-replies/\(item.key)"
        case .ticketView: "/ticket-views"
        }
    }
}
