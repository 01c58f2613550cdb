// Operations of the API: one's own sessions, tokens and two-step sign-in.
import Procedures
import Wire

/// Recovery codes, shown this once.
struct FreshCodes: Record {
    var codes: [String] = []
    init() {}
    init(_ codes: [String]) { self.codes = codes }
    mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("codes", &codes) }
}

/// The secret for an authenticator app.
struct AppSecret: Record {
    var secret = ""
    var link = ""
    init() {}
    init(_ begun: BeginTwoStep.Answer) { (secret, link) = (begun.secret, begun.link) }
    mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("secret", &secret)
        try visit.field("link", &link)
    }
}

extension APIRoute {
    private static let tag = "Account"

    static func account() -> [APIRoute] { ownSessions() + ownTokens() + ownTwoStep() + ownPasskeys() }

    private static func ownSessions() -> [APIRoute] {
        [
            APIRoute(.get, "/me/sessions", tag: tag, "Where you are signed in, newest use first.", answer: RecordSchema.of(Listing<SessionItem>.self)) { api throws(Failure) in
                APIAnswer(Listing(try await api.call(ShowAccount()).sessions))
            },
            APIRoute(.delete, "/me/sessions", tag: tag, "Ends every session of yours but the one that asks.", status: 204) { api throws(Failure) in
                _ = try await api.call(EndSession())
                return .nothing
            },
            APIRoute(.delete, "/me/sessions/{id}", tag: tag, "Ends one session of yours.", status: 204) { api throws(Failure) in
                var call = EndSession()
                call.id = api.parameter("id")
                _ = try await api.call(call)
                return .nothing
            },
            APIRoute(
                .post, "/me/confirmation", tag: tag, "Proves once more who you are, by a code where you use two-step sign-in, else by your password; what is sensitive may be done then for a while. Sets a new session cookie.",
                body: .json(schema(ConfirmIdentity.self)), answer: RecordSchema.of(SignedInPerson.self)
            ) { api throws(Failure) in api.signedIn(try await api.call(try await api.read(ConfirmIdentity.self))) },
        ]
    }

    private static func ownTokens() -> [APIRoute] {
        [
            APIRoute(.get, "/me/tokens", tag: tag, "Your API tokens, without their secrets.", answer: RecordSchema.of(Listing<TokenItem>.self)) { api throws(Failure) in
                APIAnswer(Listing(try await api.call(ShowAccount()).tokens))
            },
            APIRoute(
                .post, "/me/tokens", tag: tag, "Makes an API token, shown this once; by a session that has just proved who it is. `scope` is `all`, `read`, or areas like `tickets:write subjects:read`.",
                body: .json(schema(MakeToken.self, optional: ["days"])), status: 201, answer: RecordSchema.of(MakeToken.Answer.self)
            ) { api throws(Failure) in
                let call = try await api.read(MakeToken.self) { members in
                    if !members.contains(where: { $0.0 == "days" }) { members.append(("days", 90)) }
                }
                return APIAnswer(try await api.call(call), location: "/me/tokens")
            },
            APIRoute(.delete, "/me/tokens/{id}", tag: tag, "Revokes a token.", status: 204) { api throws(Failure) in
                var call = RevokeToken()
                call.id = api.parameter("id")
                _ = try await api.call(call)
                return .nothing
            },
        ]
    }

    private static func ownPasskeys() -> [APIRoute] {
        [
            APIRoute(.get, "/me/passkeys", tag: tag, "Your passkeys, oldest first. They are made in the portal, where the browser reaches the device.", answer: RecordSchema.of(Listing<PasskeyItem>.self)) { api throws(Failure) in
                APIAnswer(Listing(try await api.call(ShowAccount()).passkeys))
            },
            APIRoute(.delete, "/me/passkeys/{id}", tag: tag, "Removes a passkey; by a session that has just proved who it is.", status: 204) { api throws(Failure) in
                var call = RemovePasskey()
                call.id = api.parameter("id")
                _ = try await api.call(call)
                return .nothing
            },
        ]
    }

    private static func ownTwoStep() -> [APIRoute] {
        [
            APIRoute(.get, "/me/two-step", tag: tag, "How your two-step sign-in stands.", answer: RecordSchema.of(TwoStepState.self)) { api throws(Failure) in
                APIAnswer(try await api.call(ShowAccount()).twoStep)
            },
            APIRoute(.post, "/me/two-step", tag: tag, "Begins: makes a secret for your authenticator app. Nothing changes until a code confirms it.", status: 201, answer: RecordSchema.of(AppSecret.self)) { api throws(Failure) in
                APIAnswer(AppSecret(try await api.call(BeginTwoStep())), location: "/me/two-step")
            },
            APIRoute(
                .post, "/me/two-step/confirmation", tag: tag, "Turns it on by a first code, answers recovery codes, sets a new session cookie; your other sessions end.",
                body: .json(schema(ConfirmTwoStep.self)), answer: RecordSchema.of(FreshCodes.self)
            ) { api throws(Failure) in
                let answer = try await api.call(try await api.read(ConfirmTwoStep.self))
                if let signedIn = answer.signedIn { _ = api.signedIn(signedIn) }
                return APIAnswer(FreshCodes(answer.codes))
            },
            APIRoute(.post, "/me/two-step/recovery-codes", tag: tag, "Makes new recovery codes; those before end.", answer: RecordSchema.of(FreshCodes.self)) { api throws(Failure) in
                APIAnswer(FreshCodes(try await api.call(RenewRecoveryCodes()).codes))
            },
            APIRoute(.delete, "/me/two-step", tag: tag, "Turns it off.", status: 204) { api throws(Failure) in
                _ = try await api.call(EndTwoStep())
                return .nothing
            },
        ]
    }
}
