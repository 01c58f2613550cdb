// SHA-256 over bytes that arrive in pieces, such as a file too large to hold.
import COpenSSL

/// Feed with `update`, end with one `finish`. A copy shares its state with the original: use one owner.
package struct SHA256Stream {
    /// Owns the OpenSSL context, freed with the last reference.
    private final class Context {
        let pointer: OpaquePointer
        init() {
            guard let made = EVP_MD_CTX_new(), EVP_DigestInit_ex(made, Digest.sha256Algorithm, nil) == 1 else {
                fatalError("OpenSSL could not start a SHA-256")
            }
            pointer = made
        }
        deinit { EVP_MD_CTX_free(pointer) }
    }

    private let context = Context()

    package init() {}

    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let done = EVP_DigestUpdate(context.pointer, bytes.baseAddress, bytes.count)
        precondition(done == 1, "SHA256Stream was updated after finish()")
    }

    /// The 32 bytes over all updates; the stream may not be used afterwards.
    package mutating func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { out, count in
            let done = EVP_DigestFinal_ex(context.pointer, out.baseAddress, nil)
            precondition(done == 1, "SHA256Stream was finished twice")
            count = 32
        }
    }
}
