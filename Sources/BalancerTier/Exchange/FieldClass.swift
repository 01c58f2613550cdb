// What becomes of each header field on its way through a balancer, decided by name.
import Wire

/// How a field is treated; found by length and first letters, since every field of every message is asked.
enum FieldClass {
    /// Goes through as it is.
    case pass
    /// Speaks about one connection only (RFC 9110 7.6.1), or is set afresh by us.
    case drop
    case connection, cookie, requestID, codings, hops

    /// `name` as it came; only [A-Za-z0-9-] passes: an underscore becomes a dash in some applications and would smuggle a name.
    static func ofRequest(_ buffer: [UInt8], _ slice: FieldSlice) -> FieldClass {
        let start = Int(slice.nameStart), count = Int(slice.nameCount)
        guard count > 0 else { return .drop }
        switch buffer[start] | 32 {
        case UInt8(ascii: "a"):
            return plain(buffer, start, count)
        case UInt8(ascii: "c"):
            if equals(buffer, start, count, "connection") { return .connection }
            if equals(buffer, start, count, "cookie") { return .cookie }
            if equals(buffer, start, count, "content-length") { return .drop }
        case UInt8(ascii: "e"):
            if equals(buffer, start, count, "expect") { return .drop }
        case UInt8(ascii: "f"):
            if equals(buffer, start, count, "forwarded") || starts(buffer, start, count, "fitech-") { return .drop }
        case UInt8(ascii: "h"):
            if equals(buffer, start, count, "host") || equals(buffer, start, count, "http2-settings") { return .drop }
        case UInt8(ascii: "k"):
            if equals(buffer, start, count, "keep-alive") { return .drop }
        case UInt8(ascii: "m"):
            if equals(buffer, start, count, "max-forwards") { return .hops }
        case UInt8(ascii: "p"):
            if starts(buffer, start, count, "proxy-") { return .drop }
        case UInt8(ascii: "t"):
            if equals(buffer, start, count, "te") { return .codings }
            if equals(buffer, start, count, "trailer") || equals(buffer, start, count, "transfer-encoding") { return .drop }
        case UInt8(ascii: "u"):
            if equals(buffer, start, count, "upgrade") { return .drop }
        case UInt8(ascii: "x"):
            if equals(buffer, start, count, "x-request-id") { return .requestID }
            if starts(buffer, start, count, "x-forwarded") || equals(buffer, start, count, "x-real-ip") { return .drop }
        default: break
        }
        return plain(buffer, start, count)
    }

    static func ofAnswer(_ buffer: [UInt8], _ slice: FieldSlice) -> FieldClass {
        let start = Int(slice.nameStart), count = Int(slice.nameCount)
        guard count > 0 else { return .drop }
        switch buffer[start] | 32 {
        case UInt8(ascii: "c"):
            if equals(buffer, start, count, "connection") { return .connection }
            if equals(buffer, start, count, "content-length") { return .drop }
        case UInt8(ascii: "k"):
            if equals(buffer, start, count, "keep-alive") { return .drop }
        case UInt8(ascii: "p"):
            if equals(buffer, start, count, "proxy-connection") || equals(buffer, start, count, "proxy-authenticate") { return .drop }
        case UInt8(ascii: "t"):
            if equals(buffer, start, count, "te") || equals(buffer, start, count, "trailer") || equals(buffer, start, count, "transfer-encoding") {
                return .drop
            }
        case UInt8(ascii: "u"):
            if equals(buffer, start, count, "upgrade") { return .drop }
        default: break
        }
        return .pass
    }

    private static func plain(_ buffer: [UInt8], _ start: Int, _ count: Int) -> FieldClass {
        for index in start..<start + count {
            let byte = buffer[index], letter = byte | 32
            guard letter >= 97 && letter <= 122 || byte == 45 || byte >= 48 && byte <= 57 else { return .drop }
        }
        return .pass
    }

    /// Whether the name is `other`, which is in lower case.
    @inline(__always)
    static func equals(_ buffer: [UInt8], _ start: Int, _ count: Int, _ other: StaticString) -> Bool {
        count == other.utf8CodeUnitCount && starts(buffer, start, count, other)
    }

    @inline(__always)
    private static func starts(_ buffer: [UInt8], _ start: Int, _ count: Int, _ other: StaticString) -> Bool {
        guard count >= other.utf8CodeUnitCount else { return false }
        for offset in 0..<other.utf8CodeUnitCount where Octet.lower(buffer[start + offset]) != other.utf8Start[offset] { return false }
        return true
    }

    /// Whether this is one of the usual two, which name no field: nearly every message has one.
    static func isUsual(connection value: ArraySlice<UInt8>) -> Bool {
        value.count == 5 && value.lazy.map(Octet.lower).elementsEqual("close".utf8)
            || value.count == 10 && value.lazy.map(Octet.lower).elementsEqual("keep-alive".utf8)
    }

    /// The names that a `Connection` field lists: they speak about that connection too and go no further.
    static func nominated(by values: [ArraySlice<UInt8>]) -> [ArraySlice<UInt8>] {
        values.flatMap { value in
            value.split(separator: UInt8(ascii: ",")).compactMap { part in
                let name = part.drop { $0 == 32 || $0 == 9 }
                let end = name.lastIndex { $0 != 32 && $0 != 9 }
                guard let end else { return nil }
                let trimmed = name[...end]
                return isUsual(connection: trimmed) ? nil : trimmed
            }
        }
    }

    /// Takes out of `fields` what `nominated` names.
    static func remove(_ nominated: [ArraySlice<UInt8>], from fields: inout HTTPFields) {
        guard !nominated.isEmpty else { return }
        let buffer = fields.buffer
        fields.slices.removeAll { slice in
            let name = buffer[Int(slice.nameStart)..<Int(slice.nameStart + slice.nameCount)]
            return nominated.contains { $0.count == name.count && zip($0, name).allSatisfy { Octet.lower($0) == Octet.lower($1) } }
        }
    }
}
