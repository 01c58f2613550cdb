// Operations of the API: the people of an organisation, for its administrators.
import Control
import Procedures
import Wire

extension APIRoute {
    static func people() -> [APIRoute] {
        let member = RecordSchema.of(Member.self)
        func words<E: RawRepresentable<String> & CaseIterable>(_ type: E.Type) -> JSON { ["type": "string", "enum": .array(E.allCases.map { .string($0.rawValue) })] }
        return [
            APIRoute(
                .get, "/people", tag: "Organisation", "The people of the organisation, by e-mail; for its administrators.",
                query: paging + [
                    Parameter(name: "search", what: "A part of the name or e-mail."), Parameter(name: "role", what: "Only this role.", schema: words(PersonRole.self)),
                    Parameter(name: "state", what: "Only this state.", schema: words(Member.State.self)),
                ], answer: RecordSchema.of(Listing<Member>.self), whole: .people
            ) { api throws(Failure) in
                var call = ListPeople()
                (call.search, call.role, call.state, call.page) = (api.query.text("search") ?? "", try api.word("role"), try api.word("state"), try api.page())
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(.post, "/people", tag: "Organisation", "Invites a person by mail; for administrators.", body: .json(schema(InvitePerson.self, without: ["origin"])), status: 201, answer: RecordSchema.of(Person.self)) { api throws(Failure) in
                let person = try await api.call(try await api.read(InvitePerson.self, path: [("origin", .string(api.request.origin))]))
                return APIAnswer(person, location: "/people/\(person.id)")
            },
            APIRoute(.get, "/people/{id}", tag: "Organisation", "One person.", answer: member) { api throws(Failure) in
                var call = ShowMember()
                call.id = api.parameter("id")
                return APIAnswer(try await api.call(call).member)
            },
            APIRoute(
                .patch, "/people/{id}", tag: "Organisation", "Changes name or role. The last administrator who can sign in stays one.",
                body: .json(schema(ChangePerson.self, without: ["id"], optional: ["name", "role"])), answer: member
            ) { api throws(Failure) in APIAnswer(try await api.call(try await api.read(ChangePerson.self, path: [("id", .string(api.parameter("id")))]))) },
            suspension(.put, suspended: true, "Suspends a person: sessions, tokens and links end at once."),
            suspension(.delete, suspended: false, "Gives a suspended person access again."),
            APIRoute(.post, "/people/{id}/invitation", tag: "Organisation", "Mails the invitation again with a new link; the one before ends.", answer: member) { api throws(Failure) in
                var call = ResendInvitation()
                (call.id, call.origin) = (api.parameter("id"), api.request.origin)
                return APIAnswer(try await api.call(call))
            },
            APIRoute(.delete, "/people/{id}/invitation", tag: "Organisation", "Withdraws an invitation nobody has accepted; the person is gone.", status: 204) { api throws(Failure) in
                var call = WithdrawInvitation()
                call.id = api.parameter("id")
                _ = try await api.call(call)
                return .nothing
            },
            APIRoute(.delete, "/people/{id}/two-step", tag: "Organisation", "Resets a person's two-step sign-in; by a session that has just proved who it is.", answer: member) { api throws(Failure) in
                var call = ResetTwoStep()
                call.id = api.parameter("id")
                return APIAnswer(try await api.call(call))
            },
            APIRoute(
                .put, "/organisation/two-step", tag: "Organisation", "Whether everybody must use two-step sign-in; by a session that has just proved who it is.",
                body: .json(schema(RequireTwoStep.self)), answer: RecordSchema.of(RequireTwoStep.self)
            ) { api throws(Failure) in
                let call = try await api.read(RequireTwoStep.self)
                _ = try await api.call(call)
                return APIAnswer(call)
            },
        ]
    }

    private static func suspension(_ method: HTTPMethod, suspended: Bool, _ what: String) -> APIRoute {
        APIRoute(method, "/people/{id}/suspension", tag: "Organisation", what, answer: RecordSchema.of(Member.self)) { api throws(Failure) in
            var call = SuspendPerson()
            (call.id, call.suspended) = (api.parameter("id"), suspended)
            return APIAnswer(try await api.call(call))
        }
    }
}
