// The people of an organisation: its administrator lists and invites.
import Control
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addPeople() {
        page("/people") { request throws(Failure) in try await Self.people(request, .nothing, status: 200) }
        form("/people") { request, form throws(Failure) in
            var call = InvitePerson()
            call.email = form.text("email") ?? ""
            call.name = form.text("name") ?? ""
            call.role = form["role"].flatMap(PersonRole.init) ?? .operator
            call.origin = request.origin
            do throws(Failure) {
                _ = try await request.ask(call)
                return request.redirect("/people", notice: .invited)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.people(request, Entered(form, error), status: error.status)
            }
        }
    }

    private static func people(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let viewer = try await request.viewer()
        let people = try await request.ask(ListPeople()).items
        return request.html(PeoplePage.html(request.frame("People", .people, viewer), people, entered: entered), status: status)
    }
}
