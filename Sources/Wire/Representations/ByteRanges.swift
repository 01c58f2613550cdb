// Parts of a representation that a client asks for (RFC 9110 section 14).

package enum ByteRanges {
    /// Ranges in one request, at most; more are not worth the head of each part.
    package static let limit = 16

    package enum Verdict: Hashable, Sendable {
        /// There is no `Range` we understand: the whole is sent (RFC 9110 14.2).
        case whole
        /// These, none empty, in the order asked for.
        case parts([Range<Int>])
        /// 416: none of them lies within the representation.
        case unsatisfiable
    }

    /// What a request wants of a representation whose conditions hold: ranges are defined for GET alone (RFC 9110 14.2), and only of the
    /// representation that `If-Range` speaks of. `tag` and `modified` as for `Preconditions`.
    package static func wanted(by head: RequestHead, size: Int, tag: EntityTag?, modified: Int64?) -> Verdict {
        guard head.method == .get, Preconditions.rangeHolds(head.fields, tag: tag, modified: modified) else { return .whole }
        return verdict((0..<head.fields.count).filter { head.fields.isNamed($0, "range") }.map { head.fields.valueBytes(at: $0) }, size: size)
    }

    /// `size` is that of the whole in bytes. Many, overlapping or together more than the whole: the whole is sent instead, which
    /// is allowed and cheaper than what such a request is after (RFC 9110 17.15).
    package static func verdict(_ values: [ArraySlice<UInt8>], size: Int) -> Verdict {
        guard values.count == 1, let value = values.first, let equals = value.firstIndex(of: 61),
            FieldList.same(value[..<equals], Array("bytes".utf8)[...])
        else { return .whole }
        let members = FieldList.members(value[(equals + 1)...])
        guard !members.isEmpty else { return .whole }
        var parts: [Range<Int>] = []
        for member in members {
            guard let dash = member.firstIndex(of: 45) else { return .whole }
            let first = member[..<dash], last = member[(dash + 1)...]
            if first.isEmpty {
                guard let count = number(last) else { return .whole }
                if count > 0, size > 0 { parts.append(max(0, size - count)..<size) }
            } else {
                guard let begin = number(first) else { return .whole }
                var end = size
                if !last.isEmpty {
                    guard let given = number(last), given >= begin else { return .whole }
                    end = given < size ? given + 1 : size
                }
                if begin < size { parts.append(begin..<end) }
            }
        }
        guard !parts.isEmpty else { return .unsatisfiable }
        guard parts.count > 1 else { return .parts(parts) }
        let sorted = parts.sorted { $0.lowerBound < $1.lowerBound }
        let overlap = zip(sorted, sorted.dropFirst()).contains { $0.upperBound > $1.lowerBound }
        return parts.count > limit || overlap ? .whole : .parts(parts)
    }

    /// Digits only. What is beyond all measure lies behind every end.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.allSatisfy(Octet.isDigit) else { return nil }
        return digits.count > 18 ? Int.max : digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}
