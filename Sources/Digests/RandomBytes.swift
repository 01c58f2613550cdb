// Unguessable bytes, tokens and public identifiers, from OpenSSL's generator.
import COpenSSL

package enum RandomBytes {
    /// `count` bytes nobody can guess. A machine without randomness is refused by a trap: nothing safe could follow.
    package static func make(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { out, initialised in
            guard RAND_bytes(out.baseAddress, Int32(count)) == 1 else { fatalError("the operating system gives no random bytes") }
            initialised = count
        }
    }

    /// A secret as text: base64url without padding over `bytes` random bytes (32 give 43 characters).
    package static func token(bytes: Int = 32) -> String { Base64URL.encode(make(bytes)) }
}

/// Public ids of things: 16 characters of [a-z0-9], 82 bits, so two never meet.
package enum Identifier {
    package static let length = 16
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)

    package static func make() -> String { String(decoding: makeBytes(), as: UTF8.self) }

    /// The same as ASCII bytes, for those who write them straight into a message.
    package static func makeBytes() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(length)
        while true {
            for byte in RandomBytes.make(24) where byte < 252 {  // 252 = 7 * 36: above it the first letters would come more often
                out.append(alphabet[Int(byte % 36)])
                if out.count == length { return out }
            }
        }
    }

    /// Whether `text` could have come from `make`.
    package static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count == length && text.utf8.allSatisfy { alphabet.contains($0) }
    }
}
