// Certificates for people's browsers beside our own: requested here, signed elsewhere, installed while everything runs.
import COpenSSL
import Control
import Engine
import Glibc
import Wire

/// The directory `certificates` of the state: `NAME.KIND.key` and `.csr` of what was requested, `NAME.KIND.pem` (chain and key)
/// of what is installed, `.issuer` and `.ocsp` beside it. Everything is 0600 and replaced whole; keys never leave.
struct InstalledCertificates {
    let state: StateDirectory
    let now: Int

    private var directory: String { state.certificates }

    private func path(_ stem: String, _ ending: String) -> String { "\(directory)/\(stem).\(ending)" }

    /// `_` stands for the star of a wildcard.
    private static func stem(_ name: String, _ kind: CertificateFacts.KeyKind) -> String {
        "\(name.hasPrefix("*.") ? "_" + name.dropFirst() : name).\(kind.rawValue)"
    }

    // MARK: Request

    struct Requested {
        var pem: [UInt8]
        var path: String
        var kind: CertificateFacts.KeyKind
    }

    /// Makes a key and a request for `names`. One that waits for its certificate already is kept unless it is to be replaced:
    /// the authority may be about to sign it.
    func request(_ names: [String], _ kind: CertificateFacts.KeyKind, replacing: Bool) throws(Failure) -> Requested {
        let names = names.map { $0.lowercased() }
        guard let first = names.first else { throw .invalid("A request needs a name.", hint: "Give the host names people will use: fitech-ctl certificate request portal.example.com.", code: "missing-argument") }
        for name in names where !Self.isName(name) {
            throw .invalid("`\(name)` is not a host name.", hint: "Write letters, digits, `-` and `.`, such as portal.example.com; *.example.com for all names of a domain.", code: "wrong-name")
        }
        let stem = Self.stem(first, kind)
        if try DurableFile.read(path(stem, "key")) != nil, !replacing {
            throw .conflict(
                "A request for \(first) waits for its certificate already: \(path(stem, "csr")).",
                hint: "Install the certificate that comes for it, or add --replace for a new key and request; the old one is void then.", code: "already-requested")
        }
        let key = try KeyPair.make(kind)
        let pem = try CertificateRequest.make(names, key: key)
        try DurableFile.write(try key.pem(), to: path(stem, "key"))
        try DurableFile.write(pem, to: path(stem, "csr"))
        return Requested(pem: pem, path: path(stem, "csr"), kind: kind)
    }

    static func isName(_ name: String) -> Bool {
        let host = name.hasPrefix("*.") ? String(name.dropFirst(2)) : name
        return name.utf8.count <= 200 && Syntax.hostName(host) != nil && (host.contains(".") || host == name) || Certificate.isAddress(name)
    }

    // MARK: Install

    /// Puts the chain of `pem` to its key, which is here or in the same file, and in the place where balancers look.
    func install(_ pem: [UInt8]) throws(Failure) -> (chain: CertificateChain, path: String) {
        let chain = try CertificateChain(pem: pem, now: now)
        let (key, requested) = try key(of: chain)
        let stem = requested ?? Self.stem(chain.facts.names[0], chain.facts.key)
        let file = path(stem, "pem")
        try DurableFile.write(try chain.pem() + key.pem(), to: file)
        // The staple was the last certificate's. Whom to verify the next by may be a root, which is not in the chain.
        unlink(path(stem, "ocsp"))
        if chain.certificates.count > 1 {
            try DurableFile.write(try chain.certificates[1].pem(), to: path(stem, "issuer"))
        } else {
            unlink(path(stem, "issuer"))
        }
        if requested != nil {
            unlink(path(stem, "key"))
            unlink(path(stem, "csr"))
        }
        return (chain, file)
    }

    /// The key the certificate was made for; with the stem of the request it came from.
    private func key(of chain: CertificateChain) throws(Failure) -> (KeyPair, String?) {
        func fits(_ key: KeyPair) -> Bool {
            defer { ERR_clear_error() }
            return X509_check_private_key(chain.leaf.pointer, key.pointer) == 1
        }
        if let given = chain.key {
            guard fits(given) else {
                throw CertificateChain.refused("The private key in the file does not belong to the certificate.", "Give the key the certificate was requested with, or leave it out if the request was made here.")
            }
            return (given, nil)
        }
        for name in try StateGround.entries(directory) where name.hasSuffix(".key") || name.hasSuffix(".pem") {
            guard let bytes = try DurableFile.read("\(directory)/\(name)"), let key = try? KeyPair(pem: bytes, name: name), fits(key) else { continue }
            return (key, name.hasSuffix(".key") ? String(name.dropLast(4)) : nil)
        }
        if let bytes = try DurableFile.read(state.publicKey), let key = try? KeyPair(pem: bytes, name: state.publicKey), fits(key) { return (key, nil) }
        throw CertificateChain.refused(
            "No key here belongs to the certificate of \(chain.facts.names[0]).",
            "Have the authority sign the request that fitech-ctl certificate request makes here, or give the key as well: --key FILE.")
    }

    // MARK: List

    /// Installed ones, our own, and requests that wait; each as `certificate list` shows it.
    func list(name: String, staples: [String: String]) throws(Failure) -> JSON {
        let (found, problems) = InstalledCertificate.all(in: directory)
        let own = try? CertificateFacts(file: state.publicCertificate)
        let shown = InstalledCertificate.shown(found, first: own.map { (state.publicCertificate, $0) })
        var rows: [JSON] = []
        for (path, facts) in found.map({ ($0.path, $0.facts) }) + (own.map { [(state.publicCertificate, $0)] } ?? []) {
            let names = shown[path] ?? []
            rows.append([
                "names": .array(facts.names.map { .string($0) }), "issuer": .string(facts.issuer), "key": .string(facts.key.rawValue),
                "expires": .string(Timestamp(milliseconds: facts.expires * 1000).iso8601), "days_left": .integer(Int64(facts.daysLeft(now: Int64(now)))),
                "state": .string(facts.expires <= Int64(now) ? "expired" : names.isEmpty ? "superseded" : "served"),
                "served_for": .array(names.map { .string($0) }), "staple": staples[path].map { .string($0) } ?? .null,
                "made_here": .bool(path == state.publicCertificate), "file": .string(path),
            ])
        }
        for entry in try StateGround.entries(directory) where entry.hasSuffix(".csr") {
            let stem = entry.dropLast(4)
            rows.append([
                "names": .array([.string((stem.hasPrefix("_.") ? "*" + stem.dropFirst() : String(stem)).split(separator: ".").dropLast().joined(separator: "."))].map { $0 }),
                "issuer": .null, "key": .string(String(stem.split(separator: ".").last ?? "")), "expires": .null, "days_left": .null, "state": "requested",
                "served_for": .array([]), "staple": .null, "made_here": .bool(false), "file": .string("\(directory)/\(entry)"),
            ])
        }
        return ["certificates": .array(rows), "problems": .array(problems.map { .string($0) })]
    }
}
