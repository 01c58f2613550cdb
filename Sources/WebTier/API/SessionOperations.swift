// Operations of the API: signing in, who am I, signing out, and the description itself.
import Engine
import Procedures
import Wire

/// Who signed in, and the token that changes by cookie may carry in `X-Form-Token`.
struct SignedInPerson: Record {
    var person = Person()
    var formToken = ""
    var expires = Timestamp()
    init() {}
    mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try person.fields(&visit)
        try visit.field("form_token", &formToken)
        try visit.field("expires", &expires)
    }
}

extension APIRoute {
    static func all() -> [APIRoute] { sessions() + subjects() + tickets() + attachments() + imports() + organisation() + exports() + changes() + audit() }

    static func sessions() -> [APIRoute] {
        [
            APIRoute(.get, "/openapi.json", tag: "Description", "This description.", signedIn: false, answer: ["type": "object"]) { _ throws(Failure) in
                APIAnswer(content: OpenAPI.content)
            },
            APIRoute(
                .post, "/sign-in", tag: "Session", "Signs in: sets the session cookie and answers who.", signedIn: false,
                body: .json(schema(SignIn.self, without: ["address"])), answer: RecordSchema.of(SignedInPerson.self)
            ) { api throws(Failure) in
                let call = try await api.read(SignIn.self, path: [("address", .string(api.request.address))])
                let signedIn = try await api.call(call)
                api.request.setCookies.append(SetCookie(name: WebRequest.sessionCookie, value: signedIn.token))
                var who = SignedInPerson()
                (who.person, who.expires, who.formToken) = (signedIn.person, signedIn.expires, WebRequest.formToken(of: signedIn.token))
                return APIAnswer(who)
            },
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
