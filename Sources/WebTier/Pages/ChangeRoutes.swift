// Requests for change: raised, written, voted on, quoted, moved on; and their calendar.
import Control
import Engine
import Pages
import Procedures
import SupportCentre
import Wire

extension WebHandler {
    func addChanges() {
        page("/changes") { request throws(Failure) in
            let query = try request.query()
            var call = ListChanges()
            call.phase = query.text("phase").flatMap(ChangePhase.init)
            call.search = query.text("search") ?? ""
            call.customer = query.text("customer")
            call.page = Page(after: query.text("after"), limit: 20)
            let answer = try await request.ask(call)
            return request.html(ChangeListPage.html(request.frame("Changes", .changes, request.viewer(answer.person)), answer, call))
        }
        page("/changes/calendar") { request throws(Failure) in
            var call = ShowChangeCalendar()
            call.month = try request.query().text("month")
            let answer = try await request.ask(call)
            return request.html(ChangeCalendarPage.html(request.frame("Calendar of changes", .changes, request.viewer(answer.person)), answer))
        }
        page("/changes/new") { request throws(Failure) in
            request.html(ChangeFormPage.new(request.frame("Raise a change", .changes, try await request.viewer())))
        }
        form("/changes/new") { request, form throws(Failure) in
            var call = RaiseChange()
            (call.title, call.reason, call.plan, call.backOut) = (form.text("title") ?? "", form["reason"], form["plan"], form["back_out"])
            (call.kind, call.impact, call.likelihood) = (form["kind"].flatMap(ChangeKind.init), form["impact"].flatMap(ChangeImpact.init), form["likelihood"].flatMap(ChangeLikelihood.init))
            (call.evidence, call.parts, call.customer) = (form["evidence"], Self.parts(form), form.text("customer"))
            call.submit = form["submit"] == nil ? nil : true
            do throws(Failure) {
                let change = try await request.ask(call)
                return request.redirect("/changes/\(change.number)", notice: call.submit == true ? .changeSubmitted : .changeSaved)
            } catch {
                guard error.belongsToForm else { throw error }
                return request.html(ChangeFormPage.new(request.frame("Raise a change", .changes, try await request.viewer()), entered: Entered(form, error)), status: error.status)
            }
        }
        page("/changes/{number}") { request throws(Failure) in try await Self.showChange(request, .nothing, status: 200) }
        page("/changes/{number}/edit") { request throws(Failure) in try await Self.editChange(request, .nothing, status: 200) }
        form("/changes/{number}/edit") { request, form throws(Failure) in
            var call = EditChange()
            call.number = try Self.change(request)
            call.version = form["version"].flatMap { Int($0) }
            (call.title, call.reason, call.plan, call.backOut, call.evidence) = (form["title"], form["reason"], form["plan"], form["back_out"], form["evidence"])
            (call.kind, call.impact, call.likelihood) = (form["kind"].flatMap(ChangeKind.init), form["impact"].flatMap(ChangeImpact.init), form["likelihood"].flatMap(ChangeLikelihood.init))
            // Boxes that are not ticked are not sent: only the form that has them says anything about them.
            if form["plan"] != nil { call.parts = Self.parts(form) }
            do throws(Failure) {
                _ = try await request.ask(call)
                return request.redirect("/changes/\(call.number)", notice: .changeSaved)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.editChange(request, Entered(form, error), status: error.status)
            }
        }
        changeForm("steps") { request, form, number throws(Failure) in
            guard let step = form["step"].flatMap(ChangeStep.init) else { throw .invalid("The form names no step.", hint: "Use one of its buttons.") }
            var call = MoveChange()
            (call.number, call.step, call.note, call.starts, call.ends) = (number, step, form.text("note"), form.text("starts"), form.text("ends"))
            call.version = form["version"].flatMap { Int($0) }
            _ = try await request.ask(call)
            return .changeMoved
        }
        changeForm("votes") { request, form, number throws(Failure) in
            guard let choice = form["choice"].flatMap(VoteChoice.init) else { throw .invalid("The form holds no vote.", hint: "Use one of its buttons.") }
            var call = VoteOnChange()
            (call.number, call.choice, call.comment) = (number, choice, form.text("comment"))
            _ = try await request.ask(call)
            return .voteKept
        }
        changeForm("quote") { request, form, number throws(Failure) in
            var call = QuoteChange()
            (call.number, call.currency) = (number, form["currency"].flatMap(Currency.init))
            if let text = form.text("amount") {
                guard let amount = Self.minorUnits(text) else {
                    throw .unacceptable([.init(field: "amount", reason: "\"\(text.prefix(20))\" is no price.", hint: "Write it like 1250 or 1250.00.")])
                }
                call.amount = amount
            }
            _ = try await request.ask(call)
            return call.amount == nil ? .quoteWithdrawn : .quoteOffered
        }
        changeForm("quote/answer") { request, form, number throws(Failure) in
            var call = AnswerQuote()
            (call.number, call.accept) = (number, form["accept"] == "yes")
            _ = try await request.ask(call)
            return .quoteAnswered
        }
    }

    /// A form on a change's own page: done, the page is shown anew; refused, it says why.
    private func changeForm(_ name: String, _ take: @escaping (WebRequest, Form, Int) async throws(Failure) -> NoticeCode) {
        form("/changes/{number}/\(name)") { request, form throws(Failure) in
            let number = try Self.change(request)
            do throws(Failure) {
                return request.redirect("/changes/\(number)", notice: try await take(request, form, number))
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.showChange(request, Entered(form, error), status: error.status)
            }
        }
    }

    private static func change(_ request: WebRequest) throws(Failure) -> Int {
        guard let number = Int(request.parameter("number")), number > 0 else { throw .notFound("change") }
        return number
    }

    private static func parts(_ form: Form) -> String { form.fields.filter { $0.name == "parts" }.map(\.value).joined(separator: " ") }

    /// `1250`, `1250.5` and `1250.00` in pence or cents.
    static func minorUnits(_ text: String) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...8).contains(parts[0].utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
            let whole = Int(parts[0])
        else { return nil }
        guard parts.count == 2 else { return whole * 100 }
        guard (1...2).contains(parts[1].utf8.count), let rest = Int(parts[1]) else { return nil }
        return whole * 100 + (parts[1].utf8.count == 1 ? rest * 10 : rest)
    }

    private static func showChange(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let view = try await view(of: request)
        return request.html(ChangePage.html(request.frame("\(view.change.number) \(view.change.title)", .changes, request.viewer(view.person)), view, entered: entered), status: status)
    }

    private static func editChange(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let view = try await view(of: request)
        guard !view.editable.isEmpty else {
            throw .forbidden("There is nothing on this change that you may write.", hint: "What was decided on stays as it was; revise the change to write it anew.")
        }
        return request.html(ChangeFormPage.edit(request.frame("Write \(view.change.title)", .changes, request.viewer(view.person)), view, entered: entered), status: status)
    }

    private static func view(of request: WebRequest) async throws(Failure) -> ChangeView {
        var call = ShowChange()
        call.number = try change(request)
        return try await request.ask(call)
    }
}
