// Writing into the audit log: who did what to which thing, with what it was before and after.
import Control
import Digests
import Procedures
import Storage
import Wire

/// Who acts. The text is chained and names nobody; the label (an e-mail) is kept in the erasable detail. Staff have no label: their
/// e-mails are in the directory, and a customer's log is read, exported and searched by the customer.
struct AuditActor: Sendable {
    let text: String
    let label: String

    /// - Parameter place: a customer's name, or `staff`.
    static func person(_ id: String, _ email: String, in place: String) -> AuditActor {
        place == "staff" ? AuditActor(text: "staff/" + id, label: "") : AuditActor(text: "person/" + id, label: email)
    }
    static func node(_ certificate: Access.Certificate) -> AuditActor { AuditActor(text: "node/" + certificate.rawValue, label: "") }
    static let nobody = AuditActor(text: "nobody", label: "")
}

/// As code names it: a node by its certificate role (`"operations"`), anything else as it is (`"link"`: who was mailed one).
extension AuditActor: ExpressibleByStringLiteral {
    init(stringLiteral name: StaticString) {
        let name = name.description
        self.init(text: Access.Certificate(rawValue: name) == nil ? name : "node/" + name, label: "")
    }
}

/// The thing something was done to, by the id the portal knows it by.
struct AuditObject: Sendable {
    let text: String
    static let none = AuditObject(text: "")
    static func person(_ id: String) -> AuditObject { AuditObject(text: "person/" + id) }
    static func customer(_ name: String) -> AuditObject { AuditObject(text: "customer/" + name) }
    static func subject(_ id: String) -> AuditObject { AuditObject(text: "subject/" + id) }
    static func `import`(_ id: String) -> AuditObject { AuditObject(text: "import/" + id) }
    static func ticket(_ number: Int) -> AuditObject { AuditObject(text: "ticket/\(number)") }
    static func change(_ number: Int) -> AuditObject { AuditObject(text: "change/\(number)") }
    static func export(_ id: String) -> AuditObject { AuditObject(text: "export/" + id) }
    static func announcement(_ id: String) -> AuditObject { AuditObject(text: "announcement/" + id) }
    static func post(_ number: Int) -> AuditObject { AuditObject(text: "post/\(number)") }
    static func comment(_ id: String) -> AuditObject { AuditObject(text: "comment/" + id) }
    static func webhook(_ id: String) -> AuditObject { AuditObject(text: "webhook/" + id) }
    static func cannedReply(_ id: String) -> AuditObject { AuditObject(text: "canned-reply/" + id) }
    static func ticketView(_ id: String) -> AuditObject { AuditObject(text: "ticket-view/" + id) }
    static func passkey(_ id: String) -> AuditObject { AuditObject(text: "passkey/" + id) }
    static func token(_ id: String) -> AuditObject { AuditObject(text: "token/" + id) }
}

/// What fields were and became; equal ones are left out. Never secrets.
struct AuditChanges: Sendable {
    /// Characters kept of each value.
    static let longest = 500
    private(set) var items: [(field: String, before: String?, after: String?)] = []

    mutating func add(_ field: StaticString, _ before: String?, _ after: String?) {
        guard before != after else { return }
        items.append((field.description, before.map { String($0.prefix(Self.longest)) }, after.map { String($0.prefix(Self.longest)) }))
    }
    var isEmpty: Bool { items.isEmpty }
}

/// Notes what one call does. Sendable, so that it is made once and used inside the transaction of what it tells of.
struct Audit: Sendable {
    let actor: AuditActor
    let request: String?
    let now: Timestamp

    /// - Parameters:
    ///   - what: words of ours for what was done; chained, so nothing of a person may stand in them.
    ///   - detail: more of it, for people; may name persons.
    @discardableResult
    func note(
        _ what: StaticString, _ object: AuditObject = .none, _ changes: AuditChanges = AuditChanges(), detail: String = "", in database: Database
    ) throws -> Int64 {
        try Self.append(
            at: now.milliseconds, actor: actor.text, what: what.description, object: object.text, request: request,
            detail: AuditDetail(who: actor.label, text: detail, changes: changes).json.text, in: database)
    }

    /// Adds the next row: one look at the last page of the table, two hashes, one insertion; in the caller's transaction.
    @discardableResult
    static func append(at: Int64, actor: String, what: String, object: String, request: String?, detail: String, in database: Database) throws -> Int64 {
        let head = try database.first("SELECT row, hash FROM audit ORDER BY row DESC LIMIT 1") { ($0.int64(0), $0.bytes(1)) }
        let salt = RandomBytes.make(16)
        let link = AuditLink(
            row: (head?.0 ?? 0) + 1, at: at, actor: actor, what: what, object: object, request: request,
            digest: AuditChain.digest(salt: salt, detail: detail))
        try database.execute(
            "INSERT INTO audit (row, at, actor, what, object, request, salt, detail, digest, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            link.row, at, actor, what, object, request, salt, detail, link.digest, AuditChain.hash(after: head?.1 ?? AuditChain.start, link))
        return link.row
    }

    /// Takes the detail out of what was noted of a thing; what is chained stays. Answers how many entries.
    /// - Parameter entry: the row that tells of the erasure.
    @discardableResult
    static func erase(_ object: AuditObject, told entry: Int64, in database: Database) throws -> Int {
        try database.execute(
            "UPDATE audit SET salt = NULL, detail = NULL, erased = ? WHERE object = ? AND object <> '' AND row < ? AND erased IS NULL",
            entry, object.text, entry)
    }

    /// The words of an entry that tells of an erasure: only such a one explains a missing detail.
    static let erasure: StaticString = "erased a subject"
}

extension Call {
    /// For the audit: the person, or the node that asked by itself.
    var who: AuditActor { caller.map { .person($0.id, $0.email, in: $0.place) } ?? .node(certificate) }
    var audit: Audit { Audit(actor: who, request: requestID, now: now) }
}

/// The erasable part of an entry, as JSON.
struct AuditDetail: Sendable {
    var who: String
    var text: String
    var changes: AuditChanges

    var json: JSON {
        var members: [(String, JSON)] = []
        if !who.isEmpty { members.append(("who", .string(who))) }
        if !text.isEmpty { members.append(("text", .string(text))) }
        if !changes.isEmpty {
            members.append(("changes", .array(changes.items.map {
                .object([("field", .string($0.field)), ("before", $0.before.map(JSON.string) ?? .null), ("after", $0.after.map(JSON.string) ?? .null)])
            })))
        }
        return .object(members)
    }
}
