// Takes a chunked body apart (RFC 9112 section 7.1), strictly, from pieces of any size.

/// The state of one chunked body. Feed it what arrived; it says which bytes are data.
package struct ChunkedDecoder: Sendable {
    /// What the next bytes mean.
    package enum Step: Equatable, Sendable {
        /// All given bytes are used; give more.
        case needsMore
        /// `count` bytes of data begin at `start` of what was given.
        case data(start: Int, count: Int)
        /// The body and its trailers are complete.
        case end
    }

    private enum State { case size, extensions, sizeLF, data, dataCR, dataLF, trailers, done }

    private var state = State.size
    private var remaining = 0
    private var digits = 0
    private var extensionBytes = 0
    private var consumed = 0
    private var trailerBuffer: [UInt8] = []

    /// The trailer fields; complete after `.end`. Fields that would change framing or routing are refused.
    package private(set) var trailers = HTTPFields()

    /// Bytes of chunk extensions in one body, at most.
    package static let extensionLimit = 4096
    /// Bytes of trailers, at most.
    package static let trailerLimit = 8192

    package init() {}

    package var isDone: Bool { state == .done }

    /// Reads from `at`, which it moves behind what it used.
    package mutating func step(_ bytes: Span<UInt8>, at: inout Int) throws(HTTPParseError) -> Step {
        let end = bytes.count
        while at < end {
            let byte = bytes[at]
            switch state {
            case .size:
                if let value = Octet.hexValue(byte) {
                    guard digits < 15 else { throw bad("a chunk size beyond all measure", at) }
                    remaining = remaining << 4 | Int(value)
                    digits += 1
                } else {
                    guard digits > 0 else { throw bad("a chunk without a size", at) }
                    switch byte {
                    case 13: state = .sizeLF
                    case 59: state = .extensions
                    default: throw bad("a chunk size that is not a hexadecimal number", at)
                    }
                }
                at += 1
            case .extensions:
                if byte == 13 {
                    state = .sizeLF
                } else {
                    guard Octet.isFieldValue(byte) else { throw bad("a control character in a chunk extension", at) }
                    extensionBytes += 1
                    guard extensionBytes <= Self.extensionLimit else { throw bad("chunk extensions of more than \(Self.extensionLimit) bytes", at) }
                }
                at += 1
            case .sizeLF:
                guard byte == 10 else { throw bad("a chunk size line that does not end in CR LF", at) }
                at += 1
                digits = 0
                state = remaining == 0 ? .trailers : .data
            case .data:
                let count = min(remaining, end - at)
                let start = at
                at += count
                remaining -= count
                if remaining == 0 { state = .dataCR }
                return .data(start: start, count: count)
            case .dataCR:
                guard byte == 13 else { throw bad("a chunk longer than its size", at) }
                state = .dataLF
                at += 1
            case .dataLF:
                guard byte == 10 else { throw bad("a chunk that does not end in CR LF", at) }
                state = .size
                at += 1
            case .trailers:
                if byte == 10, trailerBuffer.last != 13 { throw bad("a trailer line that does not end in CR LF", at) }
                trailerBuffer.append(byte)
                at += 1
                guard trailerBuffer.count <= Self.trailerLimit else {
                    throw HTTPParseError(.fieldsTooLarge, "trailers of more than \(Self.trailerLimit) bytes", rule: "RFC 9112 7.1.2", offset: at)
                }
                let count = trailerBuffer.count
                if byte == 10, count == 2 || (count >= 4 && trailerBuffer[count - 3] == 10) {
                    try readTrailers(at)
                    state = .done
                    return .end
                }
            case .done:
                return .end
            }
        }
        return state == .done ? .end : .needsMore
    }

    private mutating func readTrailers(_ at: Int) throws(HTTPParseError) {
        var found = FramingFields()
        var slices: [FieldSlice] = []
        let end = try FieldParser.parse(
            trailerBuffer.span, at: 0, start: 0, limits: HeadLimits(), into: &slices, found: &found)
        guard end == trailerBuffer.count else { throw bad("trailers that do not end in CR LF", at) }
        if found.contentLength != nil || found.hasTransferEncoding || found.hasHost {
            throw HTTPParseError("a trailer that would change how the message is read", rule: "RFC 9110 6.5.1", offset: at)
        }
        trailers.slices = slices
        trailers.buffer = trailerBuffer
    }

    private func bad(_ reason: String, _ at: Int) -> HTTPParseError {
        HTTPParseError(reason, rule: "RFC 9112 7.1", offset: at)
    }
}
