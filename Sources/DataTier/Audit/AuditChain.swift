// How an entry of the audit log is hashed: a pure rule, so that anybody with the rows can check it (Sources/README.md, Decisions).
import Digests
import Wire

/// An entry as it is hashed. Nothing here may name a person: what does is in the detail, of which only the digest is chained.
struct AuditLink: Sendable, Equatable {
    var row: Int64
    var at: Int64
    var actor: String
    var what: String
    var object: String
    var request: String?
    var digest: [UInt8]
}

enum AuditChain {
    /// What stands before the first entry.
    static let start = [UInt8](repeating: 0, count: 32)

    /// SHA-256 over the hash before and the entry in its canonical form: integers as eight bytes, big-endian; texts as
    /// UTF-8 behind their length as such an integer; a request that is not there as the length -1.
    static func hash(after before: [UInt8], _ link: AuditLink) -> [UInt8] {
        var bytes = Array("fitech audit 1\n".utf8)
        bytes.reserveCapacity(240)
        bytes += before
        bytes.append(bigEndian: link.row)
        bytes.append(bigEndian: link.at)
        for text in [link.actor, link.what, link.object] { bytes.append(counted: text) }
        if let request = link.request { bytes.append(counted: request) } else { bytes.append(bigEndian: -1) }
        bytes += link.digest
        return Digest.sha256(bytes)
    }

    /// SHA-256 over salt and detail. The salt makes it impossible to guess an erased detail from its digest.
    static func digest(salt: [UInt8], detail: String) -> [UInt8] {
        Digest.sha256(Array("fitech audit detail 1\n".utf8) + salt + detail.utf8)
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: Int64) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(counted text: String) {
        append(bigEndian: Int64(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}
