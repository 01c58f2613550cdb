// Conditional requests (RFC 9110 section 13): whether to do what was asked, given what the client knows.

package enum Preconditions {
    package enum Verdict: Hashable, Sendable {
        case proceed
        /// 304: the client has it.
        case notModified
        /// 412: it is not what the client thinks.
        case failed
    }

    /// In the order of RFC 9110 13.2.2. `tag` and `modified` (whole seconds since 1970) are those of the representation that would
    /// be sent; nil where there is none. A condition that cannot be read holds nobody up where the RFC lets it be ignored
    /// (dates, 13.1.3 and 13.1.4), and fails an `If-Match`: to change what one could not name would be worse.
    package static func verdict(_ method: HTTPMethod, _ fields: HTTPFields, tag: EntityTag?, modified: Int64?) -> Verdict {
        let isReading = method == .get || method == .head
        if let match = values("if-match", fields) {
            guard EntityTagList(match)?.matches(tag, { $0.isStrongly($1) }) == true else { return .failed }
        } else if let since = date("if-unmodified-since", fields), let modified, modified > since {
            return .failed
        }
        if let none = values("if-none-match", fields) {
            if EntityTagList(none)?.matches(tag, { $0.isWeakly($1) }) == true { return isReading ? .notModified : .failed }
        } else if isReading, let since = date("if-modified-since", fields), let modified, modified <= since {
            return .notModified
        }
        return .proceed
    }

    /// Whether a `Range` still speaks of this representation (RFC 9110 13.1.5): there is no `If-Range`, or it names it strongly.
    package static func rangeHolds(_ fields: HTTPFields, tag: EntityTag?, modified: Int64?) -> Bool {
        guard let named = values("if-range", fields) else { return true }
        guard named.count == 1, var rest = named.first else { return false }
        if let given = EntityTag.read(&rest) { return rest.isEmpty && tag?.isStrongly(given) == true }
        guard let given = date("if-range", fields), let modified else { return false }
        return given == modified
    }

    private static func values(_ name: StaticString, _ fields: HTTPFields) -> [ArraySlice<UInt8>]? {
        guard let first = fields.index(of: name) else { return nil }
        return (first..<fields.count).filter { fields.isNamed($0, name) }.map { fields.valueBytes(at: $0) }
    }

    private static func date(_ name: StaticString, _ fields: HTTPFields) -> Int64? {
        guard let found = values(name, fields), found.count == 1 else { return nil }
        return found.first.flatMap { HTTPDate.seconds($0) }
    }
}
