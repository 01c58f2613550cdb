// A subject's rights: everything of them as a file, and its erasure.
import Control
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addDataProtection() {
        form("/subjects/{id}/file") { request, _ throws(Failure) in
            var call = TakeOutSubject()
            call.id = request.parameter("id")
            let file = try await request.ask(call)
            var response = HTTPResponse.bytes(JSONCodec.encode(file), type: "application/json")
            // The id is of our own making: nothing of the person stands in the name of the file.
            response.fields.set("Content-Disposition", "attachment; filename=\"subject-\(file.subject.id).json\"")
            return response
        }
        page("/subjects/{id}/erase") { request throws(Failure) in try await Self.erasure(request, .nothing, status: 200) }
        form("/subjects/{id}/erase") { request, form throws(Failure) in
            var call = EraseSubject()
            (call.id, call.reference) = (request.parameter("id"), form["reference"] ?? "")
            do throws(Failure) {
                _ = try await request.ask(call)
                return request.redirect("/subjects", notice: .subjectErased)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.erasure(request, Entered(form, error), status: error.status)
            }
        }
    }

    private static func erasure(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let answer = try await show(request)
        guard answer.person.role == .administrator else { throw .forbidden("Only administrators erase subjects.", hint: "Ask one of your organisation.") }
        return request.html(SubjectErasurePage.html(request.frame("Erase a subject", .subjects, request.viewer(answer.person)), answer.subject, entered: entered), status: status)
    }
}
