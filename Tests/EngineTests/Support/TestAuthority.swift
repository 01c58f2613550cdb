// An authority of a test's own, and certificates it signs, as PEM files in a directory that goes away.
import COpenSSL
import Engine
import Glibc

/// A directory under /tmp; removed with the last reference.
final class ScratchDirectory: Sendable {
    let path: String

    init() {
        path = "/tmp/fitech-engine-\(getpid())-\(UInt64.random(in: 0...(.max)))"
        mkdir(path, 0o700)
    }

    deinit {
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            unlink(path + "/" + name)
        }
        closedir(directory)
        rmdir(path)
    }

    static func contents(_ path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(file, &bytes, bytes.count)
        guard count >= 0 else { throw SystemError("read") }
        return Array(bytes[..<count])
    }

    func write(_ bytes: [UInt8], to name: String) {
        let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = Glibc.write(file, bytes, bytes.count)
        close(file)
    }
}

/// Signs certificates of P-256 keys.
final class TestAuthority {
    private let key: OpaquePointer
    private let certificate: OpaquePointer
    let directory: ScratchDirectory
    let file: String
    private static let words = "test"

    init(_ name: String = "authority", in directory: ScratchDirectory = ScratchDirectory()) throws {
        self.directory = directory
        file = "\(directory.path)/\(name).crt"
        key = try Self.makeKey()
        certificate = try Self.make(key: key, name: name, role: "authority", alternatives: "", issuer: nil, issuerKey: key, isAuthority: true)
        try Self.save(certificate: certificate, to: file)
    }

    deinit {
        EVP_PKEY_free(key)
        X509_free(certificate)
    }

    /// Certificate and key for `name`, with the role as OU. `alternatives` as OpenSSL writes them, e.g. `DNS:localhost`.
    func issue(
        _ name: String, role: String = "web", alternatives: String = "DNS:localhost,IP:127.0.0.1", rsa: Bool = false
    ) throws -> (certificate: String, key: String) {
        let own = try Self.makeKey(rsa: rsa)
        defer { EVP_PKEY_free(own) }
        let made = try Self.make(key: own, name: name, role: role, alternatives: alternatives, issuer: certificate, issuerKey: key, isAuthority: false)
        defer { X509_free(made) }
        let files = (certificate: "\(directory.path)/\(name).crt", key: "\(directory.path)/\(name).key")
        try Self.save(certificate: made, to: files.certificate)
        guard let bio = BIO_new_file(files.key, "w"), PEM_write_bio_PrivateKey(bio, own, nil, nil, 0, nil, nil) == 1 else { throw SystemError("key") }
        BIO_free(bio)
        return files
    }

    /// The same in one file `directory/file`, as installed certificates are.
    func install(_ name: String, _ alternatives: String, rsa: Bool = false, in directory: ScratchDirectory, as file: String) throws {
        let files = try issue(name, alternatives: alternatives, rsa: rsa)
        directory.write(try ScratchDirectory.contents(files.certificate) + ScratchDirectory.contents(files.key), to: file)
    }

    private static func makeKey(rsa: Bool = false) throws -> OpaquePointer {
        if rsa {
            guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil) else { throw SystemError("key") }
            defer { EVP_PKEY_CTX_free(context) }
            var key: OpaquePointer?
            guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1, EVP_PKEY_keygen(context, &key) == 1, let key
            else { throw SystemError("key") }
            return key
        }
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw SystemError("key") }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let key
        else { throw SystemError("key") }
        return key
    }

    private static func make(
        key: OpaquePointer, name: String, role: String, alternatives: String, issuer: OpaquePointer?, issuerKey: OpaquePointer,
        isAuthority: Bool
    ) throws -> OpaquePointer {
        guard let made = X509_new(), let subject = X509_get_subject_name(made) else { throw SystemError("certificate") }
        X509_set_version(made, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(made), Int.random(in: 1...1_000_000))
        X509_gmtime_adj(X509_getm_notBefore(made), -60)
        X509_gmtime_adj(X509_getm_notAfter(made), 3600)
        X509_set_pubkey(made, key)
        X509_NAME_add_entry_by_txt(subject, "CN", 0x1000, name, -1, -1, 0)
        X509_NAME_add_entry_by_txt(subject, "OU", 0x1000, role, -1, -1, 0)
        X509_set_issuer_name(made, issuer.map { X509_get_subject_name($0) } ?? subject)
        let extensions = isAuthority
            ? [(NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign")]
            : [(NID_basic_constraints, "CA:FALSE"), (NID_subject_alt_name, alternatives)]
        for (kind, value) in extensions where !value.isEmpty {
            guard let made_ = X509V3_EXT_conf_nid(nil, nil, kind, value) else { throw SystemError("extension") }
            X509_add_ext(made, made_, -1)
            X509_EXTENSION_free(made_)
        }
        guard X509_sign(made, issuerKey, EVP_sha256()) > 0 else { throw SystemError("sign") }
        return made
    }

    private static func save(certificate: OpaquePointer, to path: String) throws {
        guard let bio = BIO_new_file(path, "w"), PEM_write_bio_X509(bio, certificate) == 1 else { throw SystemError("certificate") }
        BIO_free(bio)
    }
}
