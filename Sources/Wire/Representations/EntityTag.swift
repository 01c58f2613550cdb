// Entity tags (RFC 9110 8.8.3) and the lists of them in conditional requests.

/// The tag of one representation: strong when equal tags mean equal bytes.
package struct EntityTag: Hashable, Sendable, CustomStringConvertible {
    package let opaque: [UInt8]
    package let isWeak: Bool

    /// A tag of ours; its letters must be visible ASCII without quotes.
    package init(_ opaque: String, isWeak: Bool = false) {
        precondition(opaque.utf8.allSatisfy(EntityTag.isLetter), "not the inside of an entity tag: \(opaque)")
        (self.opaque, self.isWeak) = (Array(opaque.utf8), isWeak)
    }

    private init(opaque: [UInt8], isWeak: Bool) { (self.opaque, self.isWeak) = (opaque, isWeak) }

    package var description: String { "\(isWeak ? "W/" : "")\"\(String(decoding: opaque, as: UTF8.self))\"" }

    /// RFC 9110 8.8.3.2: both strong and equal, for ranges and `If-Match`.
    package func isStrongly(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }
    /// Equal whether weak or not, for `If-None-Match`.
    package func isWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }

    static func isLetter(_ byte: UInt8) -> Bool { byte == 0x21 || byte >= 0x23 && byte != 0x7F }

    /// Reads one tag at the start of `rest` and moves behind it.
    static func read(_ rest: inout ArraySlice<UInt8>) -> EntityTag? {
        let isWeak = rest.starts(with: [87, 47])
        if isWeak { rest = rest.dropFirst(2) }
        guard rest.first == 34 else { return nil }
        let inside = rest.dropFirst().prefix(while: isLetter)
        guard inside.endIndex < rest.endIndex, rest[inside.endIndex] == 34 else { return nil }
        rest = rest[(inside.endIndex + 1)...]
        return EntityTag(opaque: Array(inside), isWeak: isWeak)
    }
}

/// What `If-Match` and `If-None-Match` name.
package enum EntityTagList: Hashable, Sendable {
    case any
    case tags([EntityTag])

    /// From all fields of that name; nil when one of them is no such list.
    package init?(_ values: [ArraySlice<UInt8>]) {
        if values.count == 1, let only = values.first, FieldList.members(only).map(Array.init) == [[42]] {
            self = .any
            return
        }
        var tags: [EntityTag] = []
        for value in values {
            var rest = value
            while true {
                rest = rest.drop { $0 == 32 || $0 == 9 || $0 == 44 }
                if rest.isEmpty { break }
                guard let tag = EntityTag.read(&rest) else { return nil }
                rest = rest.drop { $0 == 32 || $0 == 9 }
                guard rest.isEmpty || rest.first == 44 else { return nil }
                tags.append(tag)
            }
        }
        guard !tags.isEmpty else { return nil }
        self = .tags(tags)
    }

    func matches(_ tag: EntityTag?, _ same: (EntityTag, EntityTag) -> Bool) -> Bool {
        switch self {
        case .any: tag != nil
        case .tags(let tags): tag.map { tag in tags.contains { same($0, tag) } } ?? false
        }
    }
}
