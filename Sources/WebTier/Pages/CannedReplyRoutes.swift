// Canned replies: support's pages to keep them, and one put into an answer.
import Engine
import Pages
import ProcedureClient
import Procedures
import SupportCentre
import Wire

extension WebHandler {
    func addCannedReplies() {
        page("/canned-replies") { request throws(Failure) in
            var call = ListCannedReplies()
            call.page = Page(after: try request.query().text("after"), limit: 50)
            let answer = try await request.ask(call)
            return request.html(CannedReplyPages.list(request.frame("Canned replies", .tickets, request.viewer(answer.person)), answer, after: call.page.after))
        }
        page("/canned-replies/new") { request throws(Failure) in
            // Asked for the list, so that whoever may not keep them is told before writing.
            let answer = try await request.ask(ListCannedReplies())
            return request.html(CannedReplyPages.form(request.frame("Write a canned reply", .tickets, request.viewer(answer.person)), nil))
        }
        form("/canned-replies/new") { request, form throws(Failure) in try await Self.saveCannedReply(request, form, nil) }
        page("/canned-replies/{id}") { request throws(Failure) in try await Self.showCannedReply(request, .nothing, status: 200) }
        form("/canned-replies/{id}") { request, form throws(Failure) in try await Self.saveCannedReply(request, form, request.parameter("id")) }
        form("/canned-replies/{id}/remove") { request, form throws(Failure) in
            var call = RemoveCannedReply()
            (call.id, call.version) = (request.parameter("id"), form["version"].flatMap { Int($0) })
            do throws(Failure) {
                _ = try await request.ask(call)
                return request.redirect("/canned-replies", notice: .cannedReplyRemoved)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.showCannedReply(request, Entered(Form(), error), status: error.status)
            }
        }
        // What the script puts into the field.
        page("/tickets/{number}/canned/{id}") { request throws(Failure) in
            guard let number = Int(request.parameter("number")) else { throw .notFound("ticket") }
            return .bytes(Array(try await Self.filled(request, request.parameter("id"), number).utf8), type: "text/plain; charset=utf-8")
        }
    }

    private static func filled(_ request: WebRequest, _ id: String, _ number: Int) async throws(Failure) -> String {
        var call = FillCannedReply()
        (call.id, call.number) = (id, number)
        return try await request.ask(call).text
    }

    /// What was typed into the form of an answer, with the chosen text behind it. Nothing is sent or kept by this.
    static func inserted(_ request: WebRequest, _ form: Form, into number: Int) async throws(Failure) -> Form {
        guard let id = form.text("canned") else { throw .unacceptable([.init(field: "canned", reason: "No canned reply is chosen.", hint: "Choose one, then press Insert.")]) }
        let text: String
        do throws(Failure) { text = try await filled(request, id, number) } catch {
            // What was typed must not end on a page of errors.
            guard error.status == 404 else { throw error }
            throw .unacceptable([.init(field: "canned", reason: "This canned reply is not there any more.", hint: "Choose another.")])
        }
        let body = CannedText.append(text, to: form["body"] ?? "")
        return Form(fields: form.fields.filter { $0.name != "body" && $0.name != "canned" } + [.init(name: "body", value: body)])
    }

    private static func showCannedReply(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        var call = ShowCannedReply()
        call.id = request.parameter("id")
        let answer = try await request.ask(call)
        return request.html(CannedReplyPages.form(request.frame(answer.reply.title, .tickets, request.viewer(answer.person)), answer.reply, entered: entered), status: status)
    }

    private static func saveCannedReply(_ request: WebRequest, _ form: Form, _ id: String?) async throws(Failure) -> HTTPResponse {
        var call = SaveCannedReply()
        (call.id, call.title, call.body) = (id, form.text("title") ?? "", form["body"] ?? "")
        (call.category, call.version) = (form.text("category"), form["version"].flatMap { Int($0) })
        do throws(Failure) {
            _ = try await request.ask(call)
            return request.redirect("/canned-replies", notice: .cannedReplySaved)
        } catch {
            guard error.belongsToForm else { throw error }
            if id != nil { return try await showCannedReply(request, Entered(form, error), status: error.status) }
            return request.html(CannedReplyPages.form(request.frame("Write a canned reply", .tickets, try await request.viewer()), nil, entered: Entered(form, error)), status: error.status)
        }
    }
}
