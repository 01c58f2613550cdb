// The stickiness cookie: which node serves somebody, sealed so that it can be neither read nor made up.
import Digests

/// A token is `key id (4) + AES-256-GCM(version, issued, renewed, node name)` in base64url. Every balancer that holds the
/// same key honours it, so balancers need not talk to each other. What is invalid, expired or unknown counts as absent,
/// never as an error: stickiness is a favour, not a right.
package struct StickySeal: Sendable {
    package struct Options: Sendable, Equatable {
        /// Seconds without a request after which a token is void.
        package var idle: Int64 = 2 * 3600
        /// Seconds after which a token is void however busy it was, so that people spread out again.
        package var absolute: Int64 = 12 * 3600
        /// Seconds after which a token in use is replaced by a fresh one.
        package var renew: Int64 = 20 * 60
        package init() {}
    }

    /// What a valid token says.
    package struct Reading: Sendable, Equatable {
        /// The bytes of the node's name.
        package var node: ArraySlice<UInt8>
        /// UTC seconds since 1970.
        package var issued: Int64
        package var renewed: Int64
    }

    private struct Key: Sendable {
        let id: [UInt8]
        let context: [UInt8]
        let box: AEAD
    }

    private static let version: UInt8 = 1
    private static let purpose = Array("fitech sticky node 1".utf8)
    /// Longer values are not even decoded.
    private static let longest = 512

    private let keys: [Key]
    private let first: [UInt8]
    package let options: Options

    /// `secret` is one or more keys of 32 bytes one behind the other: the first seals, all open. Nil for another length.
    package init?(secret: [UInt8], options: Options = Options()) {
        guard !secret.isEmpty, secret.count % AEAD.keyLength == 0 else { return nil }
        keys = stride(from: 0, to: secret.count, by: AEAD.keyLength).map { start in
            let key = Array(secret[start..<start + AEAD.keyLength])
            let id = Array(Digest.sha256(StickySeal.purpose + key)[..<4])
            return Key(id: id, context: StickySeal.purpose + id, box: AEAD(key: key))
        }
        first = Array(secret[..<AEAD.keyLength])
        self.options = options
    }

    /// Who makes tokens on one loop.
    package func sealer() -> Sealer { Sealer(key: first, id: keys[0].id, context: keys[0].context) }

    /// Makes tokens; keeps the cipher and its buffers from one to the next.
    package final class Sealer {
        private let box: AEADSealer
        private let id: [UInt8]
        private let context: [UInt8]
        private var plain: [UInt8] = []
        private var sealed: [UInt8] = []

        fileprivate init(key: [UInt8], id: [UInt8], context: [UInt8]) {
            box = AEADSealer(key: key)
            self.id = id
            self.context = context
        }

        /// The cookie's value for somebody given to `node` at `issued`; times are UTC seconds since 1970.
        package func seal(node: String, issued: Int64, renewed: Int64) -> [UInt8] {
            plain.removeAll(keepingCapacity: true)
            plain.append(StickySeal.version)
            append(issued)
            append(renewed)
            plain.append(contentsOf: node.utf8)
            sealed.removeAll(keepingCapacity: true)
            sealed.append(contentsOf: id)
            box.seal(plain, context: context, into: &sealed)
            return Base64URL.encodeBytes(sealed)
        }

        private func append(_ time: Int64) {
            withUnsafeBytes(of: time.bigEndian) { plain.append(contentsOf: $0) }
        }
    }

    /// What `value` says, nil when it is not a token of ours or its time is over at `now` (UTC seconds since 1970).
    package func open(_ value: [UInt8], now: Int64) -> Reading? {
        guard value.count <= StickySeal.longest, let bytes = Base64URL.decode(bytes: value), bytes.count > 4,
            let key = keys.first(where: { $0.id.elementsEqual(bytes[..<4]) }),
            let plain = key.box.open(Array(bytes[4...]), context: key.context),
            plain.count > 17, plain[0] == StickySeal.version
        else { return nil }
        let issued = StickySeal.time(plain[1..<9]), renewed = StickySeal.time(plain[9..<17])
        guard isCurrent(issued: issued, renewed: renewed, now: now) else { return nil }
        return Reading(node: plain[17...], issued: issued, renewed: renewed)
    }

    /// Whether a token with these times still counts. One from the future is refused beyond a minute of difference between clocks.
    package func isCurrent(issued: Int64, renewed: Int64, now: Int64) -> Bool {
        renewed <= now + 60 && issued <= renewed && now - renewed < options.idle && now - issued < options.absolute
    }

    /// Whether a token in use is old enough to be replaced.
    package func wantsRenewal(renewed: Int64, now: Int64) -> Bool { now - renewed >= options.renew }

    private static func time(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }
}
