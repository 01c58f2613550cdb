// What the API offers, declared once: the router serves from it and the OpenAPI description is made of it.
import Engine
import Procedures
import Wire

/// One operation of `/api/v1`.
struct APIRoute {
    struct Parameter {
        var name: String
        var what: String
        var schema: JSON = ["type": "string"]
    }

    enum Body {
        /// A JSON object of this schema.
        case json(JSON)
        case csv
        /// A file as it is.
        case bytes
    }

    var method: HTTPMethod
    /// Below `/api/v1`, like `/subjects/{id}`.
    var path: String
    var tag: String
    var summary: String
    /// Whether a session or bearer token is needed.
    var signedIn = true
    var query: [Parameter] = []
    var body: Body?
    var status = 200
    /// Nil for an answer without a body.
    var answer: JSON?
    var answerType = "application/json"
    /// Whether its change can be bound to a version, in the body or by `If-Match`.
    var isConditional: Bool {
        guard !method.isSafe, case .json(let schema) = body else { return false }
        return schema["properties"]?["version"] != nil
    }
    /// A list that can also be had whole, by `format=` or `Accept`.
    var whole: ExportableList?
    var handle: (APIRequest) async throws(Failure) -> APIAnswer

    init(
        _ method: HTTPMethod, _ path: String, tag: String, _ summary: String, signedIn: Bool = true, query: [Parameter] = [], body: Body? = nil,
        status: Int = 200, answer: JSON? = nil, answerType: String = "application/json", whole: ExportableList? = nil,
        handle: @escaping (APIRequest) async throws(Failure) -> APIAnswer
    ) {
        (self.method, self.path, self.tag, self.summary, self.signedIn) = (method, path, tag, summary, signedIn)
        self.whole = whole
        (self.query, self.body, self.status, self.answer, self.answerType, self.handle) = (query, body, status, answer, answerType, handle)
    }

    /// The query parameters: its own, and `format` where the list can be had whole.
    var parameters: [Parameter] { query + (whole == nil ? [] : [Self.format]) }

    private static let format = Parameter(
        name: "format", what: "The whole list, of one moment, as CSV (RFC 4180), workbook or JSON; `Accept: text/csv` does the same. Without it: one page.",
        schema: ["type": "string", "enum": .array(ListFormat.allCases.map { .string($0.rawValue) })])

    /// The schema of a procedure's arguments as a body: without those the path gives; `optional` may be left out.
    static func schema<P: Procedure>(_ procedure: P.Type, without: [String] = [], optional: [String] = []) -> JSON {
        guard case .object(var members) = RecordSchema.of(P.self) else { return .null }
        for index in members.indices {
            if members[index].0 == "properties", case .object(let properties) = members[index].1 {
                members[index].1 = .object(properties.filter { !without.contains($0.0) })
            }
            if members[index].0 == "required", case .array(let names) = members[index].1 {
                members[index].1 = .array(names.filter { name in !(without + optional).contains { JSON.string($0) == name } })
            }
        }
        members.append(("additionalProperties", false))
        return .object(members)
    }

    static let paging = [
        Parameter(name: "limit", what: "How many items, 1 to 200; 20 when left out, larger is clamped.", schema: ["type": "integer", "minimum": 1, "default": 20]),
        Parameter(name: "after", what: "Where to go on: `next` of the page before."),
    ]
}

/// A page of a list: the items, and where to go on.
struct Listing<Item: Record>: Record {
    var items: [Item] = []
    var next: String?
    init() {}
    init(_ items: [Item], next: String? = nil) { (self.items, self.next) = (items, next) }
    mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("items", &items)
        try visit.field("next", &next)
    }
}

/// What an operation answers, before its fields are added.
struct APIAnswer {
    var bytes: [UInt8]
    /// Where a created thing is found, below `/api/v1`.
    var location: String?
    /// Of the thing that is answered, if it has one.
    var version: Int?
    /// In place of bytes: what never changes, with all that conditions and ranges may ask of it.
    var content: FixedContent?

    init(_ record: some Record, location: String? = nil) {
        bytes = JSONCodec.encode(record)
        self.location = location
    }
    init(_ record: some Versioned, location: String? = nil) {
        bytes = JSONCodec.encode(record)
        (self.location, version) = (location, record.version)
    }
    init(bytes: [UInt8]) { self.bytes = bytes }
    init(content: FixedContent) { (bytes, self.content) = ([], content) }
    static let nothing = APIAnswer(bytes: [])
}
