// One description of a value's fields serves the compact codec, JSON and the OpenAPI schema alike.

import Wire

/// A value that crosses between the web tier and the data tier. `fields` names every field once, in order; the
/// visitor decides whether that reads, writes or describes them. In the compact codec the order is the format, so
/// a field is only ever added at the end.
package protocol Record: Sendable {
    init()
    mutating func fields(_ visit: inout some FieldVisitor) throws(Failure)
    /// `fields` for the reader and the writer of the compact codec: every call between tiers goes through them, and with the visitor's
    /// type known the compiler makes each record a function of its own of it, without a question of types at run time.
    mutating func read(_ reader: inout CompactReader) throws(Failure)
    mutating func write(_ writer: inout CompactWriter) throws(Failure)
}

extension Record {
    package mutating func read(_ reader: inout CompactReader) throws(Failure) { try fields(&reader) }
    package mutating func write(_ writer: inout CompactWriter) throws(Failure) { try fields(&writer) }
}

/// What walks the fields of a record.
package protocol FieldVisitor {
    mutating func text(_ name: String, _ value: inout String) throws(Failure)
    mutating func integer(_ name: String, _ value: inout Int) throws(Failure)
    mutating func real(_ name: String, _ value: inout Double) throws(Failure)
    mutating func flag(_ name: String, _ value: inout Bool) throws(Failure)
    mutating func time(_ name: String, _ value: inout Timestamp) throws(Failure)
    mutating func date(_ name: String, _ value: inout CalendarDate) throws(Failure)
    mutating func blob(_ name: String, _ value: inout [UInt8]) throws(Failure)
    /// A text that must be one of `allowed`, which is asked for only where it matters: making the list costs more than the rest.
    mutating func word(_ name: String, _ value: inout String, allowed: () -> [String]) throws(Failure)
    mutating func record<R: Record>(_ name: String, _ value: inout R) throws(Failure)
    mutating func list<R: Record>(_ name: String, _ value: inout [R]) throws(Failure)
    mutating func texts(_ name: String, _ value: inout [String]) throws(Failure)
    /// Comes before an optional field: whether it is there. A reader sets `value`, a writer writes it.
    mutating func presence(_ name: String, _ value: inout Bool) throws(Failure)
}

extension FieldVisitor {
    package mutating func field(_ name: String, _ value: inout String) throws(Failure) { try text(name, &value) }
    package mutating func field(_ name: String, _ value: inout Int) throws(Failure) { try integer(name, &value) }
    package mutating func field(_ name: String, _ value: inout Double) throws(Failure) { try real(name, &value) }
    package mutating func field(_ name: String, _ value: inout Bool) throws(Failure) { try flag(name, &value) }
    package mutating func field(_ name: String, _ value: inout Timestamp) throws(Failure) { try time(name, &value) }
    package mutating func field(_ name: String, _ value: inout CalendarDate) throws(Failure) { try date(name, &value) }
    package mutating func field(_ name: String, _ value: inout [UInt8]) throws(Failure) { try blob(name, &value) }
    package mutating func field(_ name: String, _ value: inout [String]) throws(Failure) { try texts(name, &value) }
    package mutating func field<R: Record>(_ name: String, _ value: inout R) throws(Failure) { try record(name, &value) }
    package mutating func field<R: Record>(_ name: String, _ value: inout [R]) throws(Failure) { try list(name, &value) }

    /// An enumeration travels as its raw text.
    package mutating func field<E: RawRepresentable<String> & CaseIterable>(_ name: String, _ value: inout E) throws(Failure) {
        var raw = value.rawValue
        try word(name, &raw, allowed: { E.allCases.map { $0.rawValue } })
        guard let known = E(rawValue: raw) else { throw .unknownWord(name, raw, E.allCases.map { $0.rawValue }) }
        value = known
    }

    package mutating func field(_ name: String, _ value: inout String?) throws(Failure) {
        var there = value != nil, inner = value ?? ""
        try presence(name, &there)
        if there { try text(name, &inner) }
        value = there ? inner : nil
    }
    package mutating func field(_ name: String, _ value: inout Int?) throws(Failure) {
        var there = value != nil, inner = value ?? 0
        try presence(name, &there)
        if there { try integer(name, &inner) }
        value = there ? inner : nil
    }
    package mutating func field(_ name: String, _ value: inout Double?) throws(Failure) {
        var there = value != nil, inner = value ?? 0
        try presence(name, &there)
        if there { try real(name, &inner) }
        value = there ? inner : nil
    }
    package mutating func field(_ name: String, _ value: inout Bool?) throws(Failure) {
        var there = value != nil, inner = value ?? false
        try presence(name, &there)
        if there { try flag(name, &inner) }
        value = there ? inner : nil
    }
    package mutating func field(_ name: String, _ value: inout Timestamp?) throws(Failure) {
        var there = value != nil, inner = value ?? Timestamp()
        try presence(name, &there)
        if there { try time(name, &inner) }
        value = there ? inner : nil
    }
    package mutating func field(_ name: String, _ value: inout CalendarDate?) throws(Failure) {
        var there = value != nil, inner = value ?? CalendarDate(daysSince1970: 0)
        try presence(name, &there)
        if there { try date(name, &inner) }
        value = there ? inner : nil
    }
    package mutating func field<E: RawRepresentable<String> & CaseIterable>(_ name: String, _ value: inout E?) throws(Failure) {
        var there = value != nil, raw = value?.rawValue ?? ""
        try presence(name, &there)
        guard there else { return value = nil }
        try word(name, &raw, allowed: { E.allCases.map { $0.rawValue } })
        guard let known = E(rawValue: raw) else { throw .unknownWord(name, raw, E.allCases.map { $0.rawValue }) }
        value = known
    }
    package mutating func field<R: Record>(_ name: String, _ value: inout R?) throws(Failure) {
        var there = value != nil, inner = value ?? R()
        try presence(name, &there)
        if there { try record(name, &inner) }
        value = there ? inner : nil
    }
}

extension Failure {
    static func unknownWord(_ name: String, _ word: String, _ allowed: [String]) -> Failure {
        .unacceptable([.init(field: name, reason: "\"\(word)\" is not known for \(name).", hint: "Use one of: \(allowed.joined(separator: ", ")).")])
    }
}

/// An answer that says nothing but that it was done.
package struct Done: Record {
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}
