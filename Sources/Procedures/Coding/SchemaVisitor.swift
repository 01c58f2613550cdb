// A record as a JSON Schema (OpenAPI 3.1), from the same description that reads and writes it.

import Wire

package enum RecordSchema {
    /// The schema of a record: every field it may have, those that must be there under `required`.
    package static func of<R: Record>(_ type: R.Type) -> JSON {
        var visitor = SchemaVisitor()
        var record = R()
        do { try record.fields(&visitor) } catch { preconditionFailure("describing \(type): \(error.reason)") }
        return visitor.schema
    }
}

struct SchemaVisitor: FieldVisitor {
    private var properties: [(String, JSON)] = []
    private var required: [JSON] = []
    private var optional = false

    var schema: JSON {
        ["type": "object", "properties": .object(properties), "required": .array(required)]
    }

    private mutating func add(_ name: String, _ type: String, _ more: [(String, JSON)] = []) {
        let kind: JSON = optional ? [.string(type), "null"] : .string(type)
        put(name, .object([("type", kind)] + more))
    }
    private mutating func put(_ name: String, _ schema: JSON) {
        properties.append((name, schema))
        if !optional { required.append(.string(name)) }
        optional = false
    }

    mutating func text(_ name: String, _ value: inout String) throws(Failure) { add(name, "string") }
    mutating func word(_ name: String, _ value: inout String, allowed: () -> [String]) throws(Failure) {
        let values = allowed().map(JSON.string) + (optional ? [.null] : [])
        value = allowed().first ?? ""
        add(name, "string", [("enum", .array(values))])
    }
    mutating func integer(_ name: String, _ value: inout Int) throws(Failure) { add(name, "integer") }
    mutating func real(_ name: String, _ value: inout Double) throws(Failure) { add(name, "number") }
    mutating func flag(_ name: String, _ value: inout Bool) throws(Failure) { add(name, "boolean") }
    mutating func time(_ name: String, _ value: inout Timestamp) throws(Failure) { add(name, "string", [("format", "date-time")]) }
    mutating func date(_ name: String, _ value: inout CalendarDate) throws(Failure) { add(name, "string", [("format", "date")]) }
    mutating func blob(_ name: String, _ value: inout [UInt8]) throws(Failure) { add(name, "string", [("contentEncoding", "base64")]) }
    mutating func record<R: Record>(_ name: String, _ value: inout R) throws(Failure) {
        let inner = RecordSchema.of(R.self)
        put(name, optional ? ["anyOf": [inner, ["type": "null"]]] : inner)
    }
    mutating func list<R: Record>(_ name: String, _ value: inout [R]) throws(Failure) {
        add(name, "array", [("items", RecordSchema.of(R.self))])
    }
    mutating func texts(_ name: String, _ value: inout [String]) throws(Failure) { add(name, "array", [("items", ["type": "string"])]) }
    mutating func presence(_ name: String, _ value: inout Bool) throws(Failure) {
        optional = true
        value = true
    }
}
