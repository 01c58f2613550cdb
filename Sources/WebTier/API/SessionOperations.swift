// Operations of the API: signing in, who am I, signing out, and the description itself.
import Engine
import Procedures
import Wire

/// Who signed in, and the token that changes by cookie may carry in `X-Form-Token`.
struct SignedInPerson: Record {
    var person = Person()
    var formToken = ""
    var expires = Timestamp()
    /// What comes next, before the session is good for anything else; null when signing in is finished.
    var step: SignInStep?
    init() {}
    init(_ signedIn: SignedIn) {
        (person, expires, step) = (signedIn.person, signedIn.expires, signedIn.step)
        formToken = WebRequest.formToken(of: signedIn.token)
    }
    mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try person.fields(&visit)
        try visit.field("form_token", &formToken)
        try visit.field("expires", &expires)
        try visit.field("step", &step)
    }
}

extension APIRoute {
    static func all() -> [APIRoute] { sessions() + subjects() + tickets() + cannedReplies() + ticketViews() + customers() + attachments() + imports() + organisation() + exports() + changes() + audit() + people() + account() + dataProtection() + announcements() + search() + community() + webhooks() + branding() + bin() }

    static func sessions() -> [APIRoute] {
        [
            APIRoute(.get, "/openapi.json", tag: "Description", "This description.", signedIn: false, answer: ["type": "object"]) { _ throws(Failure) in
                APIAnswer(content: OpenAPI.content)
            },
            APIRoute(
                .post, "/sign-in", tag: "Session", "Signs in: sets the session cookie and answers who, and the `step` that has to follow where there is two-step sign-in.", signedIn: false,
                body: .json(schema(SignIn.self, without: ["address", "device"])), answer: RecordSchema.of(SignedInPerson.self)
            ) { api throws(Failure) in
                let call = try await api.read(SignIn.self, path: [("address", .string(api.request.address)), ("device", .string(api.request.device))])
                return api.signedIn(try await api.call(call))
            },
            APIRoute(
                .post, "/sign-in/code", tag: "Session", "The second step: a code of the authenticator app, or a recovery code. Sets a new session cookie.",
                body: .json(schema(FinishSignIn.self)), answer: RecordSchema.of(SignedInPerson.self)
            ) { api throws(Failure) in api.signedIn(try await api.call(try await api.read(FinishSignIn.self))) },
            APIRoute(.get, "/me", tag: "Session", "Who the session or token belongs to.", answer: RecordSchema.of(Person.self)) { api throws(Failure) in
                APIAnswer(try await api.call(WhoAmI()))
            },
            APIRoute(.post, "/sign-out", tag: "Session", "Ends the session.", status: 204) { api throws(Failure) in
                _ = try await api.call(SignOut())
                api.request.setCookies.append(.removing(WebRequest.sessionCookie))
                return .nothing
            },
        ]
    }
}

extension APIRequest {
    /// Answers who is signed in, with the cookie of the new session.
    func signedIn(_ signedIn: SignedIn) -> APIAnswer {
        request.setCookies.append(SetCookie(name: WebRequest.sessionCookie, value: signedIn.token))
        return APIAnswer(SignedInPerson(signedIn))
    }
}
