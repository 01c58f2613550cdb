// The people of an organisation: its administrator lists, invites and changes them.
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
        form("/people/policy") { request, form throws(Failure) in
            var call = RequireTwoStep()
            call.required = form["two_step"] == "required"
            do throws(Failure) {
                _ = try await request.ask(call)
                return request.redirect("/people", notice: .policyKept)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.people(request, Entered(Form(), error), status: error.status)
            }
        }
        page("/people/{id}") { request throws(Failure) in try await Self.member(request, .nothing, status: 200) }
        addMemberForms()
    }

    private func addMemberForms() {
        act("change", .personChanged) { request, form throws(Failure) in
            var call = ChangePerson()
            (call.id, call.name, call.role) = (request.parameter("id"), form["name"] ?? "", form["role"].flatMap(PersonRole.init))
            _ = try await request.ask(call)
        }
        for (verb, suspended, notice) in [("suspend", true, NoticeCode.personSuspended), ("reactivate", false, .personReactivated)] {
            act(verb, notice) { request, _ throws(Failure) in
                var call = SuspendPerson()
                (call.id, call.suspended) = (request.parameter("id"), suspended)
                _ = try await request.ask(call)
            }
        }
        act("invitation", .invited) { request, _ throws(Failure) in
            var call = ResendInvitation()
            (call.id, call.origin) = (request.parameter("id"), request.origin)
            _ = try await request.ask(call)
        }
        act("withdraw", .invitationWithdrawn, to: "/people") { request, _ throws(Failure) in
            var call = WithdrawInvitation()
            call.id = request.parameter("id")
            _ = try await request.ask(call)
        }
        act("two-step", .twoStepReset) { request, _ throws(Failure) in
            var call = ResetTwoStep()
            call.id = request.parameter("id")
            _ = try await request.ask(call)
        }
    }

    /// A form on a person's page: done, or shown again with what was wrong.
    private func act(_ verb: String, _ notice: NoticeCode, to path: String? = nil, _ take: @escaping (WebRequest, Form) async throws(Failure) -> Void) {
        form("/people/{id}/\(verb)") { request, form throws(Failure) in
            do throws(Failure) {
                try await take(request, form)
                return request.redirect(path ?? "/people/\(PercentCoding.encode(request.parameter("id")))", notice: notice)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.member(request, Entered(form, error), status: error.status)
            }
        }
    }

    /// The filters of an address.
    static func people(_ query: Form) throws(Failure) -> ListPeople {
        var call = ListPeople()
        (call.search, call.page.after) = (query.text("search") ?? "", query.text("after"))
        (call.role, call.state) = (query.text("with").flatMap(PersonRole.init), query.text("state").flatMap(Member.State.init))
        return call
    }

    private static func people(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        var call = try people(try request.query())
        call.page.limit = 50
        let answer = try await request.ask(call)
        return request.html(PeoplePage.html(request.frame("People", .people, request.viewer(answer.person)), answer, call, entered: entered), status: status)
    }

    private static func member(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        var call = ShowMember()
        call.id = request.parameter("id")
        let answer = try await request.ask(call)
        let name = answer.member.person.name
        return request.html(MemberPage.html(request.frame(name.isEmpty ? "Person" : name, .people, request.viewer(answer.viewer)), answer, entered: entered), status: status)
    }
}
