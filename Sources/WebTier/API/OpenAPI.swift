// The OpenAPI 3.1 description, made of the declarations the router serves from: it cannot say anything else.
import Engine
import Wire

enum OpenAPI {
    /// Clients may keep it, and ask whether it is still the same.
    static let content = FixedContent(document(APIRoute.all()).bytes, type: "application/json", fields: ["Cache-Control": "no-cache"])

    static func document(_ routes: [APIRoute]) -> JSON {
        var paths: [(String, JSON)] = []
        for route in routes {
            let operation = (route.method.name.lowercased(), Self.operation(route))
            if let index = paths.firstIndex(where: { $0.0 == route.path }), case .object(let operations) = paths[index].1 {
                paths[index].1 = .object(operations + [operation])
            } else {
                paths.append((route.path, .object([operation])))
            }
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": "Fitech", "version": "1", "description": "Subjects, assessments, tickets, changes and imports of a Fitech portal. Errors are application/problem+json and say what to do next. Lists answer {\"items\": [...], \"next\": ...}; with Idempotency-Key a repeated change takes effect once, with If-Match a change is made to what was read or not at all. Where requests are counted, RateLimit says how many are left."],
            "servers": [["url": "/api/v1"]],
            "security": [["bearer": []], ["session": []]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer", "description": "A token of `fitech-ctl token create`."],
                    "session": ["type": "apiKey", "in": "cookie", "name": .string(WebRequest.sessionCookie), "description": "Set by sign-in. Changes also need Origin or X-Form-Token."],
                ],
                "schemas": ["Problem": problem],
                "responses": ["Problem": refusal, "Later": later],
            ],
        ]
    }

    private static func operation(_ route: APIRoute) -> JSON {
        var members: [(String, JSON)] = [
            ("tags", [.string(route.tag)]), ("summary", .string(route.summary)), ("operationId", .string(identifier(route))),
        ]
        if !route.signedIn { members.append(("security", [])) }
        var parameters = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment -> JSON in
            let name = String(segment.dropFirst().dropLast())
            return ["name": .string(name), "in": "path", "required": true, "schema": ["type": .string(name == "number" ? "integer" : "string")]]
        }
        parameters += route.parameters.map { ["name": .string($0.name), "in": "query", "description": .string($0.what), "schema": $0.schema] }
        if !route.method.isSafe, route.status == 201 {
            parameters.append(["name": "Idempotency-Key", "in": "header", "description": "A random text; a repeat within 24 hours answers the first answer again.", "schema": ["type": "string", "maxLength": 200]])
        }
        let isTagged = route.method == .get && route.status == 200 && route.answer != nil && route.answerType == "application/json"
        if isTagged {
            parameters.append(["name": "If-None-Match", "in": "header", "description": "The ETag of an earlier answer: 304 when nothing has changed since.", "schema": ["type": "string"]])
        }
        if route.isConditional {
            parameters.append(["name": "If-Match", "in": "header", "description": "The ETag of the thing as it was read: 412 when somebody else has changed it since.", "schema": ["type": "string"]])
        }
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        switch route.body {
        case .json(let schema): members.append(("requestBody", ["required": true, "content": ["application/json": ["schema": schema]]]))
        case .csv: members.append(("requestBody", ["required": true, "content": ["text/csv": ["schema": ["type": "string"]]]]))
        case .bytes: members.append(("requestBody", ["required": true, "content": ["application/octet-stream": ["schema": [:]]]]))
        case nil: break
        }
        var answer: [(String, JSON)] = [("description", .string(route.status == 201 ? "Created; Location says where." : "Done."))]
        var headers: [(String, JSON)] = route.status == 201 ? [("Location", ["schema": ["type": "string"]]), ("Idempotency-Replayed", ["schema": ["type": "string"]])] : []
        if isTagged { headers.append(("ETag", ["schema": ["type": "string"]])) }
        if route.signedIn { headers += [("RateLimit-Policy", ["schema": ["type": "string"]]), ("RateLimit", ["schema": ["type": "string"]])] }
        if !headers.isEmpty { answer.append(("headers", .object(headers))) }
        if let schema = route.answer {
            let content: JSON = ["schema": schema]
            let files: [(String, JSON)] = route.whole == nil ? [] : [ListFormat.csv, .xlsx].map { ($0.mediaType, ["schema": ["type": "string"]]) }
            answer.append(("content", .object([(route.answerType, content)] + files)))
        }
        let refused = refusals(route).map { status -> (String, JSON) in
            ("\(status)", ["$ref": .string("#/components/responses/" + (status == 429 || status == 503 ? "Later" : "Problem"))])
        }
        let unchanged: [(String, JSON)] = isTagged ? [("304", ["description": "Nothing has changed since."])] : []
        members.append(("responses", .object([("\(route.status)", .object(answer))] + unchanged + refused)))
        return .object(members)
    }

    /// The statuses an operation may refuse with. What is not listed here is a mistake of ours: `Scripts/soak schemathesis` looks for it.
    private static func refusals(_ route: APIRoute) -> [Int] {
        var statuses = [400, 429, 500, 503]
        // Whoever signs in may be wrong, and a form of another site may ask for anything that changes something.
        if route.signedIn || !route.method.isSafe { statuses += [401, 403] }
        if route.path.contains("{") || !route.parameters.isEmpty || route.body != nil { statuses += [404, 422] }
        if !route.method.isSafe { statuses += [409, 413, 415, 507] }
        // If-Match of a reader, too.
        if route.isConditional || route.method == .get { statuses.append(412) }
        return statuses.sorted()
    }

    /// `GET /subjects/{id}` is `getSubjectsId`.
    static func identifier(_ route: APIRoute) -> String {
        route.path.split { "/-.{}".contains($0) }.reduce(into: route.method.name.lowercased()) { $0 += $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    private static let refused: (String, JSON) = ("content", ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]])
    private static let refusal = JSON.object([("description", "What is wrong, whose it is, whether to try again and what to do next."), refused])
    private static let later = JSON.object([
        ("description", "Not now: Retry-After says in how many seconds."), ("headers", ["Retry-After": ["schema": ["type": "integer"]]]), refused,
    ])

    private static let problem: JSON = [
        "type": "object", "required": ["title", "status", "code", "detail", "hint"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"], "code": ["type": "string", "description": "A word for programs; it never changes."],
            "detail": ["type": "string", "description": "What is wrong."], "hint": ["type": "string", "description": "What to do next."],
            "whose": ["type": "string", "enum": ["client", "upstream", "ours"]], "retry": ["type": "string", "description": "never, safe, or after Ns."], "request_id": ["type": "string"],
            "fields": ["type": "array", "items": ["type": "object", "properties": ["field": ["type": "string"], "reason": ["type": "string"], "hint": ["type": "string"]]]],
        ],
    ]
}
