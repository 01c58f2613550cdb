// The tag a balancer puts into TLS session tickets: which node serves this client, for clients without cookies.

/// `version, issued, renewed, node name`, in the clear: the ticket around it is encrypted and authenticated with keys every
/// balancer has, so the tag needs no seal of its own. Its times mean what a cookie's do.
package enum StickyTag {
    private static let version: UInt8 = 1
    /// Longer names are not put into a ticket.
    private static let longestName = 128

    /// The tag for a client given to `node` at `issued`; times are UTC seconds since 1970. Nil when the name is too long.
    package static func make(node: String, issued: Int64, renewed: Int64) -> [UInt8]? {
        guard node.utf8.count <= longestName else { return nil }
        var tag: [UInt8] = []
        tag.reserveCapacity(17 + node.utf8.count)
        tag.append(version)
        for time in [issued, renewed] { withUnsafeBytes(of: time.bigEndian) { tag.append(contentsOf: $0) } }
        tag.append(contentsOf: node.utf8)
        return tag
    }

    /// What `tag` says; nil when it is none of this version. Whether its times still count is asked of `StickySeal.isCurrent`.
    package static func read(_ tag: [UInt8]) -> StickySeal.Reading? {
        guard tag.count > 17, tag.count <= 17 + longestName, tag[0] == version else { return nil }
        func time(_ bytes: ArraySlice<UInt8>) -> Int64 { Int64(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) }) }
        return StickySeal.Reading(node: tag[17...], issued: time(tag[1..<9]), renewed: time(tag[9..<17]))
    }
}
