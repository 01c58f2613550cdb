// Assessments: the form, what was entered in it, and one assessment shown.
import Assessments
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addAssessments() {
        page("/subjects/{id}/assessments/new") { request throws(Failure) in
            let answer = try await Self.show(request)
            return request.html(AssessmentFormPage.html(request.frame("New assessment", .subjects, request.viewer(answer.person)), answer))
        }
        form("/subjects/{id}/assessments/new") { request, form throws(Failure) in
            var entries: [MeasureEntry] = []
            do throws(Failure) {
                let call = try Self.assessment(of: request.parameter("id"), form)
                entries = call.measures
                let saved = try await request.ask(call)
                return request.redirect("/subjects/\(call.subject)/assessments/\(saved.id)", notice: .assessmentSaved)
            } catch {
                guard error.belongsToForm else { throw error }
                let answer = try await Self.show(request)
                let entered = Entered(form, Self.inTermsOfForm(error, entries))
                return request.html(AssessmentFormPage.html(request.frame("New assessment", .subjects, request.viewer(answer.person)), answer, entered: entered), status: error.status)
            }
        }
        page("/subjects/{id}/assessments/{assessment}") { request throws(Failure) in
            let answer = try await Self.show(request), id = request.parameter("assessment")
            var assessments = answer.assessments
            if !assessments.contains(where: { $0.id == id }) {
                var older = ListAssessments()
                older.subject = answer.subject.id
                older.page = Page(limit: 200)
                assessments = try await request.ask(older).items
            }
            guard let index = assessments.firstIndex(where: { $0.id == id }) else { throw .notFound("assessment") }
            let previous = assessments.dropFirst(index + 1).first
            return request.html(AssessmentPage.html(request.frame("Assessment", .subjects, request.viewer(answer.person)), subject: answer.subject, assessments[index], previous: previous))
        }
    }

    /// Only what was filled in; every figure that is none is named.
    static func assessment(of subject: String, _ form: Form) throws(Failure) -> AddAssessment {
        var call = AddAssessment(), problems: [Failure.FieldProblem] = []
        call.subject = subject
        call.note = form.text("note")
        if let text = form.text("taken") {
            let today = Timestamp.now.date
            if let day = CalendarDate(iso8601: text), day <= today {
                // Noon reads as the same day in every zone our customers live in; today is now.
                if day < today { call.taken = Timestamp(milliseconds: day.midnight.milliseconds + 12 * 3_600_000) }
            } else {
                problems.append(.init(field: "taken", reason: "\"\(text)\" is not a day up to today.", hint: "Write it like 2026-11-22, or leave it empty for now."))
            }
        }
        if let text = form.text("age") {
            call.age = Int(text)
            if call.age.map({ !(0...130).contains($0) }) ?? true { problems.append(.init(field: "age", reason: "\"\(text)\" is not an age in years.", hint: "Write a whole number from 0 to 130.")) }
        }
        for measure in AssessmentFormPage.measures {
            let name = AssessmentFormPage.valueField(measure.code)
            guard let text = form.text(name) else { continue }
            let unit = form[AssessmentFormPage.unitField(measure.code)].map { Unit(symbol: $0) } ?? measure.unit
            guard let value = Figure.read(text.replacing(",", with: ".")) else {
                problems.append(.init(field: name, reason: "\(measure.name): \"\(text)\" is not a number.", hint: "Write digits, like 72.5."))
                continue
            }
            if let stored = measure.stored(value, from: unit), let problem = measure.problem(with: stored, in: unit) {
                problems.append(.init(field: name, reason: problem.reason, hint: problem.hint))
                continue
            }
            var entry = MeasureEntry()
            (entry.code, entry.value, entry.unit) = (measure.code, value, unit.symbol.isEmpty ? nil : unit.symbol)
            call.measures.append(entry)
        }
        guard problems.isEmpty else { throw .unacceptable(problems) }
        guard !call.measures.isEmpty else {
            throw .unacceptable([.init(field: "measures", reason: "Nothing was measured.", hint: "Fill in at least one value.")])
        }
        return call
    }

    /// The data tier names `measures[2].value`, or a code; the form knows `value.waist`.
    private static func inTermsOfForm(_ failure: Failure, _ entries: [MeasureEntry]) -> Failure {
        var failure = failure
        for index in failure.fields.indices {
            let field = failure.fields[index].field
            if field.hasPrefix("measures["), let number = Int(field.dropFirst(9).prefix { $0 != "]" }), entries.indices.contains(number) {
                failure.fields[index].field = AssessmentFormPage.valueField(entries[number].code)
            } else if Measure.named(field) != nil {
                failure.fields[index].field = AssessmentFormPage.valueField(field)
            }
        }
        return failure
    }
}
