// A directory of installed certificates, and which of them a client is shown by the name it asks for.
import CLinux
import Glibc

/// One installed certificate: `NAME.pem` holds the server's own certificate, its chain and its key in one file, so that it is
/// replaced by one rename and nobody ever reads a certificate with another's key. Beside it may lie `NAME.ocsp`.
package struct InstalledCertificate: Sendable {
    package let path: String
    package let facts: CertificateFacts

    /// Where its OCSP staple lies (`Staple`).
    package var staple: String { Self.staple(of: path) }
    package static func staple(of path: String) -> String { String(path.dropLast(4)) + ".ocsp" }

    /// Those of `directory` that can be read, in the order of their names; with what is wrong with the others.
    package static func all(in directory: String) -> (found: [InstalledCertificate], problems: [String]) {
        var found: [InstalledCertificate] = [], problems: [String] = []
        for path in files(in: directory) where path.hasSuffix(".pem") {
            do throws(TLSError) { found.append(InstalledCertificate(path: path, facts: try CertificateFacts(file: path))) } catch {
                problems.append("\(error)")
            }
        }
        return (found, problems)
    }

    /// For which names each is shown, by its path. `first` is what is shown where nothing is installed.
    package static func shown(_ installed: [InstalledCertificate], first: (path: String, facts: CertificateFacts)?) -> [String: [String]] {
        let pair = CertificateChoice.Pair(certificate: first?.path ?? "", key: "")
        var shown: [String: [String]] = [:]
        for (name, choice) in CertificateChoice.byName(installed, first: (pair, first?.facts.names ?? [])) {
            for pair in choice.pairs { shown[pair.certificate, default: []].append(name) }
        }
        return shown.mapValues { $0.sorted() }
    }

    /// The certificates and staples of `directory`; none when there is no such directory.
    static func files(in directory: String) -> [String] {
        guard let open = opendir(directory) else { return [] }
        defer { closedir(open) }
        var names: [String] = []
        while let entry = readdir(open) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name.hasSuffix(".pem") || name.hasSuffix(".ocsp") { names.append("\(directory)/\(name)") }
        }
        return names.sorted()
    }
}

/// An OCSP response as it is kept: until when it may be shown, then its DER.
package struct Staple: Sendable, Equatable {
    /// UTC seconds since 1970; nobody is shown it afterwards.
    package var until: Int64
    package var response: [UInt8]

    package init(until: Int64, response: [UInt8]) {
        self.until = until
        self.response = response
    }

    /// What `file` wrote: `until` in 8 bytes, big-endian, and the response. Nil for what cannot be one.
    package init?(file: [UInt8]) {
        guard file.count > 8, file.count < 65_536, file[8] == 0x30 else { return nil }
        until = Int64(bitPattern: file[..<8].reduce(0) { $0 << 8 | UInt64($1) })
        response = Array(file[8...])
    }

    package var file: [UInt8] { withUnsafeBytes(of: until.bigEndian) { Array($0) } + response }
}

/// The certificates one context shows: at most one of each kind of key.
struct CertificateChoice: Hashable {
    struct Pair: Hashable {
        let certificate: String, key: String
    }
    var pairs: [Pair]

    /// What is shown for each name (wildcards as `*.example`): of each kind of key the certificate that lives longest. What is
    /// installed goes before `first`, whose names only it answers for when nobody else does.
    static func byName(_ installed: [InstalledCertificate], first: (pair: Pair, names: [String])) -> [String: CertificateChoice] {
        var best: [String: [CertificateFacts.KeyKind: InstalledCertificate]] = [:]
        for certificate in installed {
            for name in certificate.facts.names {
                if let other = best[name]?[certificate.facts.key], other.facts.expires >= certificate.facts.expires { continue }
                best[name, default: [:]][certificate.facts.key] = certificate
            }
        }
        var choices = best.mapValues { kinds in
            CertificateChoice(pairs: CertificateFacts.KeyKind.allCases.compactMap { kinds[$0].map { Pair(certificate: $0.path, key: $0.path) } })
        }
        for name in first.names where choices[name] == nil { choices[name] = CertificateChoice(pairs: [first.pair]) }
        return choices
    }

    /// The files whose change makes it another.
    var files: [String] { pairs.flatMap { [$0.certificate, $0.key, InstalledCertificate.staple(of: $0.certificate)] } }
}

/// Which context serves a host name.
final class NamedContexts: Sendable {
    /// Lower case; `.example` for `*.example`. Nil: the context that is asked.
    private let contexts: [String: TLSContext?]

    /// `contexts` by DNS name.
    init(_ contexts: [String: TLSContext?]) {
        var keyed: [String: TLSContext?] = [:]
        for (name, context) in contexts { keyed.updateValue(context, forKey: name.hasPrefix("*.") ? String(name.dropFirst()) : name) }
        self.contexts = keyed
    }

    /// The context for `name` as a client sent it; nil to stay with the one that is asked. An exact name goes before a
    /// wildcard, which stands for one label (RFC 6125 6.4.3).
    func context(for name: UnsafeBufferPointer<UInt8>) -> TLSContext? {
        var host = String(decoding: name, as: UTF8.self).lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        if let found = contexts[host] { return found }
        guard let dot = host.firstIndex(of: "."), dot != host.startIndex else { return nil }
        return contexts[String(host[dot...])] ?? nil
    }
}
