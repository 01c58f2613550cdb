// Subjects: list, add, show, edit, trends.
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addSubjects() {
        page("/subjects") { request throws(Failure) in
            let query = try request.query()
            var call = ListSubjects()
            call.search = query.text("search") ?? ""
            call.group = query.text("group")
            call.page = Page(after: query.text("after"), limit: 50)
            let answer = try await request.ask(call)
            return request.html(SubjectListPage.html(request.frame("Subjects", .subjects, request.viewer(answer.person)), answer, search: call.search, group: call.group, after: call.page.after))
        }
        page("/subjects/new") { request throws(Failure) in
            request.html(SubjectFormPage.add(request.frame("Add subject", .subjects, try await request.viewer())))
        }
        form("/subjects/new") { request, form throws(Failure) in
            do throws(Failure) {
                var call = AddSubject()
                (call.reference, call.name, call.sex, call.born, call.group) = try Self.subject(form)
                let subject = try await request.ask(call)
                return request.redirect("/subjects/\(subject.id)", notice: .subjectAdded)
            } catch {
                guard error.belongsToForm else { throw error }
                return request.html(SubjectFormPage.add(request.frame("Add subject", .subjects, try await request.viewer()), entered: Entered(form, error)), status: error.status)
            }
        }
        page("/subjects/{id}") { request throws(Failure) in
            let answer = try await Self.show(request)
            return request.html(SubjectPage.html(request.frame(answer.subject.reference, .subjects, request.viewer(answer.person)), answer))
        }
        page("/subjects/{id}/edit") { request throws(Failure) in
            let answer = try await Self.show(request)
            return request.html(SubjectFormPage.edit(request.frame("Edit subject", .subjects, request.viewer(answer.person)), answer.subject))
        }
        form("/subjects/{id}/edit") { request, form throws(Failure) in
            do throws(Failure) {
                var call = UpdateSubject()
                call.id = request.parameter("id")
                (call.reference, call.name, call.sex, call.born, call.group) = try Self.subject(form)
                let subject = try await request.ask(call)
                return request.redirect("/subjects/\(subject.id)", notice: .subjectSaved)
            } catch {
                guard error.belongsToForm else { throw error }
                let answer = try await Self.show(request)
                return request.html(SubjectFormPage.edit(request.frame("Edit subject", .subjects, request.viewer(answer.person)), answer.subject, entered: Entered(form, error)), status: error.status)
            }
        }
        page("/subjects/{id}/trends/{code}") { request throws(Failure) in
            let answer = try await Self.show(request)
            guard let trend = answer.trends.first(where: { $0.code == request.parameter("code") }) else { throw .notFound("measure of this subject") }
            return request.html(TrendPage.html(request.frame(trend.name, .subjects, request.viewer(answer.person)), answer, trend))
        }
    }

    static func show(_ request: WebRequest) async throws(Failure) -> ShowSubject.Answer {
        var call = ShowSubject()
        call.id = request.parameter("id")
        return try await request.ask(call)
    }

    private static func subject(_ form: Form) throws(Failure) -> (String, String?, Sex?, CalendarDate?, String?) {
        var problems: [Failure.FieldProblem] = []
        let reference = form.text("reference") ?? ""
        if reference.isEmpty { problems.append(.init(field: "reference", reason: "Enter a reference.", hint: "Your own identifier of the person, like a member number.")) }
        var born: CalendarDate?
        if let text = form.text("born") {
            born = CalendarDate(iso8601: text)
            if born == nil { problems.append(.init(field: "born", reason: "\"\(text)\" is not a date.", hint: "Write it like 1984-05-02.")) }
        }
        guard problems.isEmpty else { throw .unacceptable(problems) }
        return (reference, form.text("name"), form.text("sex").flatMap(Sex.init), born, form.text("group"))
    }
}
