// Header and trailer fields in order, kept as one byte buffer with offsets so that reading a request makes no Strings.

/// Where a field's name and value lie in the buffer of its `HTTPFields`.
package struct FieldSlice: Sendable {
    package var nameStart: UInt32
    package var nameCount: UInt32
    package var valueStart: UInt32
    package var valueCount: UInt32

    package init(nameStart: Int, nameCount: Int, valueStart: Int, valueCount: Int) {
        self.nameStart = UInt32(truncatingIfNeeded: nameStart)
        self.nameCount = UInt32(truncatingIfNeeded: nameCount)
        self.valueStart = UInt32(truncatingIfNeeded: valueStart)
        self.valueCount = UInt32(truncatingIfNeeded: valueCount)
    }
}

/// The fields of a message: ordered, repeatable, found without regard to case.
///
/// Iterating gives `(name, value)` pairs as Strings. The byte-level faces (`index(of:)`, `nameBytes(at:)`,
/// `valueBytes(at:)`) are for the balancer and other hot paths.
package struct HTTPFields: Sendable {
    /// The bytes all slices point into. A parsed head's buffer is the whole head.
    package var buffer: [UInt8]
    /// One entry per field, in order.
    package var slices: [FieldSlice]

    package init() {
        buffer = []
        slices = []
    }

    package init(_ pairs: [(String, String)]) {
        self.init()
        for (name, value) in pairs { add(name, value) }
    }

    package var count: Int { slices.count }
    package var isEmpty: Bool { slices.isEmpty }

    /// The first value of this name; setting replaces all of that name, setting nil removes them.
    package subscript(name: String) -> String? {
        get { firstIndex(name).map { value(at: $0) } }
        set {
            if let newValue { set(name, newValue) } else { remove(name) }
        }
    }

    /// Every value of this name, in order.
    package func values(_ name: String) -> [String] {
        slices.indices.filter { matches($0, name) }.map { value(at: $0) }
    }

    package func contains(_ name: String) -> Bool { firstIndex(name) != nil }

    /// Adds a field after the others. CR, LF and NUL in the value become spaces, so no value can start a field of
    /// its own; a name that is not a token (RFC 9110 5.6.2) is a mistake in our code and traps.
    package mutating func add(_ name: String, _ value: String) {
        precondition(!name.isEmpty && name.utf8.allSatisfy(Octet.isToken), "not a field name: \(name)")
        let start = buffer.count
        buffer.append(contentsOf: name.utf8)
        HeadWriter.append(": ", to: &buffer)
        let middle = buffer.count
        for byte in value.utf8 { buffer.append(byte == 13 || byte == 10 || byte == 0 ? 32 : byte) }
        slices.append(FieldSlice(
            nameStart: start, nameCount: middle - 2 - start, valueStart: middle, valueCount: buffer.count - middle))
        HeadWriter.append("\r\n", to: &buffer)
    }

    /// Adds a field whose name and value were parsed before, so need no check.
    package mutating func addParsed(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        let start = buffer.count
        buffer.append(contentsOf: name)
        HeadWriter.append(": ", to: &buffer)
        buffer.append(contentsOf: value)
        HeadWriter.append("\r\n", to: &buffer)
        slices.append(FieldSlice(
            nameStart: start, nameCount: name.count, valueStart: start + name.count + 2, valueCount: value.count))
    }

    /// The same for a value that is made in place.
    package mutating func addParsed(name: ArraySlice<UInt8>, value: (inout [UInt8]) -> Void) {
        let start = buffer.count
        buffer.append(contentsOf: name)
        HeadWriter.append(": ", to: &buffer)
        let middle = buffer.count
        value(&buffer)
        slices.append(FieldSlice(nameStart: start, nameCount: name.count, valueStart: middle, valueCount: buffer.count - middle))
        HeadWriter.append("\r\n", to: &buffer)
    }

    /// Replaces every field of this name by one.
    package mutating func set(_ name: String, _ value: String) {
        remove(name)
        add(name, value)
    }

    package mutating func remove(_ name: String) {
        guard firstIndex(name) != nil else { return }
        let keep = slices.indices.filter { !matches($0, name) }.map { slices[$0] }
        slices = keep
    }

    // MARK: By position and by byte

    /// The position of the first field of this name, which is written in lower case.
    package func index(of lowercaseName: StaticString) -> Int? {
        for index in 0..<slices.count where isNamed(index, lowercaseName) { return index }
        return nil
    }

    /// Whether field `index` has this name, which is written in lower case.
    package func isNamed(_ index: Int, _ lowercaseName: StaticString) -> Bool {
        let count = lowercaseName.utf8CodeUnitCount
        guard Int(slices[index].nameCount) == count else { return false }
        let start = Int(slices[index].nameStart)
        for offset in 0..<count where Octet.lower(buffer[start + offset]) != lowercaseName.utf8Start[offset] { return false }
        return true
    }

    package func name(at index: Int) -> String { String(decoding: nameBytes(at: index), as: UTF8.self) }
    package func value(at index: Int) -> String { String(decoding: valueBytes(at: index), as: UTF8.self) }

    package func nameBytes(at index: Int) -> ArraySlice<UInt8> {
        let slice = slices[index]
        return buffer[Int(slice.nameStart)..<Int(slice.nameStart + slice.nameCount)]
    }

    package func valueBytes(at index: Int) -> ArraySlice<UInt8> {
        let slice = slices[index]
        return buffer[Int(slice.valueStart)..<Int(slice.valueStart + slice.valueCount)]
    }

    /// Writes field `index` as `name: value CRLF`.
    package func write(at index: Int, into out: inout [UInt8]) {
        let slice = slices[index]
        if hasPlainLine(slice) {
            out.append(contentsOf: buffer[Int(slice.nameStart)..<Int(slice.valueStart + slice.valueCount) + 2])
            return
        }
        out.append(contentsOf: buffer[Int(slice.nameStart)..<Int(slice.nameStart + slice.nameCount)])
        out.append(58)
        out.append(32)
        out.append(contentsOf: buffer[Int(slice.valueStart)..<Int(slice.valueStart + slice.valueCount)])
        out.append(13)
        out.append(10)
    }

    /// Whether the buffer holds this field as it is written, `name: value CRLF` with one space, as most arrive and all are added.
    private func hasPlainLine(_ slice: FieldSlice) -> Bool {
        let value = Int(slice.valueStart), end = value + Int(slice.valueCount)
        return slice.valueStart == slice.nameStart + slice.nameCount + 2 && buffer[value - 2] == 58 && buffer[value - 1] == 32
            && end + 1 < buffer.count && buffer[end] == 13 && buffer[end + 1] == 10
    }

    /// Writes every field as `name: value CRLF`. Fields whose lines stand side by side in the buffer are copied as one piece:
    /// nearly the whole of a usual message.
    package func write(into out: inout [UInt8]) {
        var start = 0, end = 0
        for index in 0..<slices.count {
            let slice = slices[index]
            guard hasPlainLine(slice) else {
                if end > start { out.append(contentsOf: buffer[start..<end]) }
                (start, end) = (0, 0)
                write(at: index, into: &out)
                continue
            }
            if Int(slice.nameStart) != end || end == start {
                if end > start { out.append(contentsOf: buffer[start..<end]) }
                start = Int(slice.nameStart)
            }
            end = Int(slice.valueStart + slice.valueCount) + 2
        }
        if end > start { out.append(contentsOf: buffer[start..<end]) }
    }

    private func firstIndex(_ name: String) -> Int? {
        for index in 0..<slices.count where matches(index, name) { return index }
        return nil
    }

    private func matches(_ index: Int, _ name: String) -> Bool {
        guard Int(slices[index].nameCount) == name.utf8.count else { return false }
        var at = Int(slices[index].nameStart)
        for byte in name.utf8 {
            if Octet.lower(buffer[at]) != Octet.lower(byte) { return false }
            at += 1
        }
        return true
    }
}

extension HTTPFields: Sequence {
    package typealias Element = (name: String, value: String)

    package struct Iterator: IteratorProtocol {
        package typealias Element = (name: String, value: String)
        let fields: HTTPFields
        var position = 0

        package mutating func next() -> (name: String, value: String)? {
            guard position < fields.count else { return nil }
            defer { position += 1 }
            return (fields.name(at: position), fields.value(at: position))
        }
    }

    package func makeIterator() -> Iterator { Iterator(fields: self) }
    package var underestimatedCount: Int { count }
}

extension HTTPFields: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }
}

extension HTTPFields: Equatable {
    /// Equal when names (without regard to case) and values are equal in order.
    package static func == (left: HTTPFields, right: HTTPFields) -> Bool {
        guard left.count == right.count else { return false }
        return left.slices.indices.allSatisfy {
            left.nameBytes(at: $0).lazy.map(Octet.lower).elementsEqual(right.nameBytes(at: $0).lazy.map(Octet.lower))
                && left.valueBytes(at: $0) == right.valueBytes(at: $0)
        }
    }
}
