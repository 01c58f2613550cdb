// The one error that crosses every face: it says whose it is, whether to retry, what is wrong and what to do next.

/// A failure as people and programs meet it (RFC 9457 `application/problem+json` on the wire).
package struct Failure: Error, Sendable, Equatable {
    /// Who has to act: the caller, somebody further upstream, or this node.
    package enum Whose: String, Sendable { case client, upstream, ours }

    /// Whether the same request may be sent again.
    package enum Retry: Sendable, Equatable {
        /// The same request will fail again.
        case never
        /// Nothing took effect; it may be sent again at once.
        case safe
        /// Nothing took effect; send it again after this many seconds (`Retry-After`).
        case after(seconds: Int)
    }

    /// What is wrong with one field of a form, a body or a file.
    package struct FieldProblem: Sendable, Equatable {
        package var field: String
        package var reason: String
        package var hint: String
        package init(field: String, reason: String, hint: String) {
            (self.field, self.reason, self.hint) = (field, reason, hint)
        }
    }

    package var whose: Whose
    package var retry: Retry
    /// The HTTP status this failure is told with.
    package var status: Int
    /// A word for programs, e.g. `session-expired`; never changes once published.
    package var code: String
    /// What is wrong, in one sentence for people.
    package var reason: String
    /// What to do next, in one sentence for people; may be empty only when nothing can be done.
    package var hint: String
    package var fields: [FieldProblem]

    package init(
        whose: Whose, retry: Retry, status: Int, code: String, reason: String, hint: String,
        fields: [FieldProblem] = []
    ) {
        (self.whose, self.retry, self.status, self.code) = (whose, retry, status, code)
        (self.reason, self.hint, self.fields) = (reason, hint, fields)
    }
}

extension Failure {
    /// The caller's request is wrong as it stands.
    package static func invalid(_ reason: String, hint: String, code: String = "invalid", fields: [FieldProblem] = []) -> Failure {
        Failure(whose: .client, retry: .never, status: 400, code: code, reason: reason, hint: hint, fields: fields)
    }

    /// The caller's values were understood but are not acceptable; each is named.
    package static func unacceptable(_ fields: [FieldProblem]) -> Failure {
        Failure(
            whose: .client, retry: .never, status: 422, code: "unacceptable",
            reason: fields.count == 1 ? fields[0].reason : "\(fields.count) values cannot be accepted.",
            hint: fields.first?.hint ?? "Correct the values named and send it again.", fields: fields)
    }

    /// Nobody is signed in.
    package static func signedOut(_ reason: String = "You are not signed in.") -> Failure {
        Failure(
            whose: .client, retry: .never, status: 401, code: "signed-out", reason: reason,
            hint: "Sign in, or send a valid bearer token.")
    }

    /// Signed in, but not allowed.
    package static func forbidden(_ reason: String, hint: String) -> Failure {
        Failure(whose: .client, retry: .never, status: 403, code: "forbidden", reason: reason, hint: hint)
    }

    /// The thing does not exist, or not for this person: the two are never told apart.
    package static func notFound(_ what: String, hint: String = "Check the address; it may belong to somebody else or have been removed.") -> Failure {
        Failure(whose: .client, retry: .never, status: 404, code: "not-found", reason: "There is no such \(what).", hint: hint)
    }

    package static func conflict(_ reason: String, hint: String, code: String = "conflict") -> Failure {
        Failure(whose: .client, retry: .never, status: 409, code: code, reason: reason, hint: hint)
    }

    /// Too many of these in too short a time.
    package static func tooMany(_ reason: String, after seconds: Int) -> Failure {
        Failure(
            whose: .client, retry: .after(seconds: seconds), status: 429, code: "too-many", reason: reason,
            hint: "Wait \(seconds) seconds and try again.")
    }

    /// Something behind this node does not answer for the moment; nothing took effect.
    package static func unavailable(_ reason: String, after seconds: Int = 1, whose: Whose = .upstream, hint: String = "Try again in a moment; nothing was changed.") -> Failure {
        Failure(whose: whose, retry: .after(seconds: seconds), status: 503, code: "unavailable", reason: reason, hint: hint)
    }

    /// A fault of ours.
    package static func fault(_ reason: String, hint: String = "The details are in this node's log; try again, and tell operations if it stays.") -> Failure {
        Failure(whose: .ours, retry: .never, status: 500, code: "fault", reason: reason, hint: hint)
    }

    /// The seconds of a `Retry-After` field, when waiting helps.
    package var retryAfter: Int? {
        if case .after(let seconds) = retry { seconds } else { nil }
    }
}

extension Failure {
    /// The failure as `application/problem+json` (RFC 9457 with our members `code`, `whose`, `retry`, `hint`, `fields`).
    package func json(requestID: String? = nil) -> JSON {
        var members: [(String, JSON)] = [
            ("type", .string("about:blank")),
            ("title", .string(HTTPStatus(status).reason)),
            ("status", .integer(Int64(status))),
            ("code", .string(code)),
            ("detail", .string(reason)),
            ("hint", .string(hint)),
            ("whose", .string(whose.rawValue)),
        ]
        switch retry {
        case .never: members.append(("retry", .string("never")))
        case .safe: members.append(("retry", .string("safe")))
        case .after(let seconds): members.append(("retry", .string("after \(seconds)s")))
        }
        if let requestID { members.append(("request_id", .string(requestID))) }
        if !fields.isEmpty {
            members.append(("fields", .array(fields.map {
                .object([("field", .string($0.field)), ("reason", .string($0.reason)), ("hint", .string($0.hint))])
            })))
        }
        return .object(members)
    }

    /// Reads back what `json` wrote; nil when it is not one of ours.
    package init?(json: JSON) {
        guard let status = json["status"]?.integer, let code = json["code"]?.string,
            let reason = json["detail"]?.string
        else { return nil }
        let retry: Retry =
            switch json["retry"]?.string {
            case "safe": .safe
            case let text? where text.hasPrefix("after "):
                .after(seconds: Int(text.dropFirst(6).prefix { $0 != "s" }) ?? 1)
            default: .never
            }
        self.init(
            whose: json["whose"]?.string.flatMap(Whose.init) ?? .ours, retry: retry, status: Int(status), code: code,
            reason: reason, hint: json["hint"]?.string ?? "",
            fields: (json["fields"]?.array ?? []).compactMap {
                guard let field = $0["field"]?.string, let reason = $0["reason"]?.string else { return nil }
                return FieldProblem(field: field, reason: reason, hint: $0["hint"]?.string ?? "")
            })
    }
}
