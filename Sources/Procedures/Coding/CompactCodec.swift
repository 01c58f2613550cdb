// The compact codec between web and data nodes: fields in their order, lengths and integers as varints, no names.

import Glibc
import Wire

package enum CompactCodec {
    /// The media type of a compact body; a node of another release with another format would carry another number.
    package static let mediaType = "application/x-fitech-1"

    package static func encode(_ record: some Record) -> [UInt8] {
        var writer = CompactWriter()
        var copy = record
        // A writer cannot fail: it only appends.
        do { try copy.write(&writer) } catch { preconditionFailure("writing \(type(of: record)): \(error.reason)") }
        return writer.bytes
    }

    package static func decode<R: Record>(_ type: R.Type = R.self, from bytes: [UInt8]) throws(Failure) -> R {
        var reader = CompactReader(bytes: bytes)
        var record = R()
        try record.read(&reader)
        guard reader.position == bytes.count else { throw CompactReader.malformed }
        return record
    }
}

package struct CompactWriter: FieldVisitor {
    var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(512) }

    mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
    /// Zigzag: small negative numbers stay small.
    mutating func signed(_ value: Int64) { unsigned(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }
    mutating func utf8(_ value: String) {
        var value = value
        value.withUTF8 {
            unsigned(UInt64($0.count))
            bytes.append(contentsOf: $0)
        }
    }

    package mutating func text(_ name: String, _ value: inout String) throws(Failure) { utf8(value) }
    package mutating func word(_ name: String, _ value: inout String, allowed: () -> [String]) throws(Failure) { utf8(value) }
    package mutating func integer(_ name: String, _ value: inout Int) throws(Failure) { signed(Int64(value)) }
    package mutating func real(_ name: String, _ value: inout Double) throws(Failure) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    package mutating func flag(_ name: String, _ value: inout Bool) throws(Failure) { bytes.append(value ? 1 : 0) }
    package mutating func time(_ name: String, _ value: inout Timestamp) throws(Failure) { signed(value.milliseconds) }
    package mutating func date(_ name: String, _ value: inout CalendarDate) throws(Failure) { signed(Int64(value.daysSince1970)) }
    package mutating func blob(_ name: String, _ value: inout [UInt8]) throws(Failure) {
        unsigned(UInt64(value.count))
        bytes.append(contentsOf: value)
    }
    package mutating func record<R: Record>(_ name: String, _ value: inout R) throws(Failure) { try value.write(&self) }
    package mutating func list<R: Record>(_ name: String, _ value: inout [R]) throws(Failure) {
        unsigned(UInt64(value.count))
        for index in value.indices { try value[index].write(&self) }
    }
    package mutating func texts(_ name: String, _ value: inout [String]) throws(Failure) {
        unsigned(UInt64(value.count))
        for text in value { utf8(text) }
    }
    package mutating func presence(_ name: String, _ value: inout Bool) throws(Failure) { bytes.append(value ? 1 : 0) }
}

package struct CompactReader: FieldVisitor {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    static let malformed = Failure.invalid(
        "The compact body is cut short or malformed.", hint: "Both nodes must run releases that speak \(CompactCodec.mediaType).",
        code: "bad-compact")

    mutating func byte() throws(Failure) -> UInt8 {
        guard position < bytes.count else { throw Self.malformed }
        position += 1
        return bytes[position - 1]
    }
    mutating func unsigned() throws(Failure) -> UInt64 {
        var value: UInt64 = 0, shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || next <= 1 else { throw Self.malformed }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
            guard shift <= 63 else { throw Self.malformed }
        }
    }
    mutating func signed() throws(Failure) -> Int64 {
        let raw = try unsigned()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }
    /// A length or a count: never more than the bytes that are left, so that a lie cannot reserve memory.
    mutating func count() throws(Failure) -> Int {
        let value = try unsigned()
        guard value <= UInt64(bytes.count - position) else { throw Self.malformed }
        return Int(value)
    }
    mutating func utf8() throws(Failure) -> String {
        let length = try count(), start = position
        position += length
        let text = bytes.withUnsafeBufferPointer { all -> String? in
            let sent = UnsafeBufferPointer(rebasing: all[start..<start + length])
            var text = String(decoding: sent, as: UTF8.self)
            // Bytes that are no UTF-8 were replaced. (`String(validating:as:)` says so too, but looks its generic types up for every text.)
            return text.withUTF8 { $0.count == length && (length == 0 || memcmp($0.baseAddress!, sent.baseAddress!, length) == 0) } ? text : nil
        }
        guard let text else { throw Self.malformed }
        return text
    }

    package mutating func text(_ name: String, _ value: inout String) throws(Failure) { value = try utf8() }
    package mutating func word(_ name: String, _ value: inout String, allowed: () -> [String]) throws(Failure) { value = try utf8() }
    package mutating func integer(_ name: String, _ value: inout Int) throws(Failure) { value = Int(try signed()) }
    package mutating func real(_ name: String, _ value: inout Double) throws(Failure) {
        var pattern: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { pattern |= UInt64(try byte()) << shift }
        value = Double(bitPattern: pattern)
    }
    package mutating func flag(_ name: String, _ value: inout Bool) throws(Failure) { value = try truth() }
    package mutating func time(_ name: String, _ value: inout Timestamp) throws(Failure) { value = Timestamp(milliseconds: try signed()) }
    package mutating func date(_ name: String, _ value: inout CalendarDate) throws(Failure) {
        let days = try signed()
        guard (-800_000...3_000_000).contains(days) else { throw Self.malformed }
        value = CalendarDate(daysSince1970: Int(days))
    }
    package mutating func blob(_ name: String, _ value: inout [UInt8]) throws(Failure) {
        let length = try count()
        value = Array(bytes[position..<position + length])
        position += length
    }
    package mutating func record<R: Record>(_ name: String, _ value: inout R) throws(Failure) { try value.read(&self) }
    package mutating func list<R: Record>(_ name: String, _ value: inout [R]) throws(Failure) {
        let count = try count()
        value = []
        value.reserveCapacity(count)
        for _ in 0..<count {
            var item = R()
            try item.read(&self)
            value.append(item)
        }
    }
    package mutating func texts(_ name: String, _ value: inout [String]) throws(Failure) {
        value = []
        for _ in 0..<(try count()) { value.append(try utf8()) }
    }
    package mutating func presence(_ name: String, _ value: inout Bool) throws(Failure) { value = try truth() }

    private mutating func truth() throws(Failure) -> Bool {
        let value = try byte()
        guard value <= 1 else { throw Self.malformed }
        return value == 1
    }
}
