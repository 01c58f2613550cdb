// The same records as JSON: for the API, for curl against a data node, and strict about what people send.

import Digests
import Wire

package enum JSONCodec {
    package static func encode(_ record: some Record) -> [UInt8] {
        var visitor = JSONFieldWriter()
        var copy = record
        visitor.writer.beginObject()
        // A writer cannot fail: it only appends.
        do { try copy.fields(&visitor) } catch { preconditionFailure("writing \(type(of: record)): \(error.reason)") }
        visitor.writer.endObject()
        return visitor.writer.bytes
    }

    /// Reads a record from a JSON object. Members may come in any order; one that is missing, unknown or of the
    /// wrong kind is named, all of them at once.
    package static func decode<R: Record>(_ type: R.Type = R.self, from json: JSON) throws(Failure) -> R {
        var reader = JSONFieldReader(json, path: "")
        var record = R()
        try record.fields(&reader)
        let problems = reader.allProblems
        guard problems.isEmpty else { throw .unacceptable(problems) }
        return record
    }

    package static func decode<R: Record>(_ type: R.Type = R.self, from bytes: [UInt8]) throws(Failure) -> R {
        let json: JSON
        do { json = try JSON.parse(bytes) } catch { throw error.failure }
        return try decode(type, from: json)
    }
}

struct JSONFieldWriter: FieldVisitor {
    var writer = JSONWriter()

    mutating func text(_ name: String, _ value: inout String) throws(Failure) { writer.name(name); writer.string(value) }
    mutating func word(_ name: String, _ value: inout String, allowed: () -> [String]) throws(Failure) { writer.name(name); writer.string(value) }
    mutating func integer(_ name: String, _ value: inout Int) throws(Failure) { writer.name(name); writer.integer(Int64(value)) }
    mutating func real(_ name: String, _ value: inout Double) throws(Failure) { writer.name(name); writer.number(value) }
    mutating func flag(_ name: String, _ value: inout Bool) throws(Failure) { writer.name(name); writer.bool(value) }
    mutating func time(_ name: String, _ value: inout Timestamp) throws(Failure) { writer.name(name); writer.string(value.iso8601) }
    mutating func date(_ name: String, _ value: inout CalendarDate) throws(Failure) { writer.name(name); writer.string(value.iso8601) }
    mutating func blob(_ name: String, _ value: inout [UInt8]) throws(Failure) { writer.name(name); writer.string(Base64.encode(value)) }
    mutating func record<R: Record>(_ name: String, _ value: inout R) throws(Failure) {
        writer.name(name)
        writer.beginObject()
        try value.fields(&self)
        writer.endObject()
    }
    mutating func list<R: Record>(_ name: String, _ value: inout [R]) throws(Failure) {
        writer.name(name)
        writer.beginArray()
        for index in value.indices {
            writer.beginObject()
            try value[index].fields(&self)
            writer.endObject()
        }
        writer.endArray()
    }
    mutating func texts(_ name: String, _ value: inout [String]) throws(Failure) {
        writer.name(name)
        writer.beginArray()
        for text in value { writer.string(text) }
        writer.endArray()
    }
    mutating func presence(_ name: String, _ value: inout Bool) throws(Failure) {
        if !value { writer.name(name); writer.null() }
    }
}

struct JSONFieldReader: FieldVisitor {
    private let members: [(String, JSON)]
    private let path: String
    private var asked: Set<String> = []
    private var problems: [Failure.FieldProblem] = []

    init(_ json: JSON, path: String) {
        self.path = path
        if case .object(let members) = json {
            self.members = members
        } else {
            members = []
            problems.append(.init(field: path.isEmpty ? "body" : path, reason: "An object was expected, not \(json.kind).", hint: "Send {\"name\": value, ...}."))
        }
    }

    /// What was wrong, the members nobody asked for included.
    var allProblems: [Failure.FieldProblem] {
        problems + members.filter { !asked.contains($0.0) }.map {
            .init(field: path + $0.0, reason: "There is no member \"\(path + $0.0)\" here.", hint: asked.isEmpty ? "Leave it out." : "Known are: \(asked.sorted().joined(separator: ", ")).")
        }
    }

    private mutating func find(_ name: String) -> JSON? {
        asked.insert(name)
        if let value = members.first(where: { $0.0 == name })?.1 { return value }
        problems.append(.init(field: path + name, reason: "\"\(path + name)\" is missing.", hint: "Add it."))
        return nil
    }

    private mutating func wrong(_ name: String, _ value: JSON, _ wanted: String) {
        problems.append(.init(field: path + name, reason: "\"\(path + name)\" must be \(wanted), not \(value.kind).", hint: "Send \(wanted)."))
    }

    mutating func text(_ name: String, _ value: inout String) throws(Failure) {
        guard let json = find(name) else { return }
        if let text = json.string { value = text } else { wrong(name, json, "a text") }
    }
    mutating func word(_ name: String, _ value: inout String, allowed: () -> [String]) throws(Failure) {
        let before = value.isEmpty ? allowed().first ?? "" : value
        value = before
        guard let json = find(name) else { return }
        guard let text = json.string else { return wrong(name, json, "a text") }
        guard allowed().contains(text) else {
            problems.append(.init(field: path + name, reason: "\"\(text)\" is not known for \"\(path + name)\".", hint: "Use one of: \(allowed().joined(separator: ", "))."))
            return
        }
        value = text
    }
    mutating func integer(_ name: String, _ value: inout Int) throws(Failure) {
        guard let json = find(name) else { return }
        if let integer = json.integer { value = Int(integer) } else { wrong(name, json, "a whole number") }
    }
    mutating func real(_ name: String, _ value: inout Double) throws(Failure) {
        guard let json = find(name) else { return }
        if let number = json.number { value = number } else { wrong(name, json, "a number") }
    }
    mutating func flag(_ name: String, _ value: inout Bool) throws(Failure) {
        guard let json = find(name) else { return }
        if let flag = json.bool { value = flag } else { wrong(name, json, "true or false") }
    }
    mutating func time(_ name: String, _ value: inout Timestamp) throws(Failure) {
        guard let json = find(name) else { return }
        if let time = json.string.flatMap(Timestamp.init(iso8601:)) { value = time } else { wrong(name, json, "a time like 2026-11-22T15:04:05Z") }
    }
    mutating func date(_ name: String, _ value: inout CalendarDate) throws(Failure) {
        guard let json = find(name) else { return }
        if let date = json.string.flatMap(CalendarDate.init(iso8601:)) { value = date } else { wrong(name, json, "a date like 1984-05-02") }
    }
    mutating func blob(_ name: String, _ value: inout [UInt8]) throws(Failure) {
        guard let json = find(name) else { return }
        if let bytes = json.string.flatMap({ Base64.decode($0) }) { value = bytes } else { wrong(name, json, "bytes in base64") }
    }
    mutating func record<R: Record>(_ name: String, _ value: inout R) throws(Failure) {
        guard let json = find(name) else { return }
        value = try nested(json, path: path + name + ".")
    }
    mutating func list<R: Record>(_ name: String, _ value: inout [R]) throws(Failure) {
        guard let json = find(name) else { return }
        guard let items = json.array else { return wrong(name, json, "a list") }
        value = []
        for (index, item) in items.enumerated() { value.append(try nested(item, path: "\(path)\(name)[\(index)].")) }
    }
    mutating func texts(_ name: String, _ value: inout [String]) throws(Failure) {
        guard let json = find(name) else { return }
        guard let items = json.array, items.allSatisfy({ $0.string != nil }) else { return wrong(name, json, "a list of texts") }
        value = items.compactMap(\.string)
    }
    mutating func presence(_ name: String, _ value: inout Bool) throws(Failure) {
        asked.insert(name)
        value = members.contains { $0.0 == name && !$0.1.isNull }
    }

    private mutating func nested<R: Record>(_ json: JSON, path: String) throws(Failure) -> R {
        var reader = JSONFieldReader(json, path: path)
        var record = R()
        try record.fields(&reader)
        problems += reader.allProblems
        return record
    }
}
