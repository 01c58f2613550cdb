// The server's side of TLS: which files make it, and what becomes of them when they change.
import COpenSSL
import Synchronization

/// TLS 1.2 and 1.3, `http/1.1` and if wanted `h2` by ALPN, no renegotiation. The files are looked at every ten seconds; a renewed certificate, a
/// new ticket key or a new staple is used from the next connection on, and nobody is dropped.
package final class TLSServerContext: Sendable {
    /// The certificates beside the first one.
    package struct Installed: Sendable {
        /// `InstalledCertificate`s; each is shown to clients that ask for one of its names.
        package var directory: String
        /// The name whose certificate is shown to clients that ask for none, or for one nobody has.
        package var name: String
        /// Told of files that cannot be used.
        package var told: @Sendable (String) -> Void

        package init(directory: String, name: String, told: @escaping @Sendable (String) -> Void) {
            self.directory = directory
            self.name = name
            self.told = told
        }
    }

    private let files: RenewedFiles

    /// - Parameters:
    ///   - certificateFile: PEM, the server's own first, then the chain.
    ///   - keyFile: PEM.
    ///   - installed: more certificates, which go before this one.
    ///   - clientAuthority: PEM of the authority whose certificates clients must show; nil asks for none. Such
    ///     connections are never resumed, so that every one shows a certificate that is valid now.
    ///   - ticketKeyFile: `TicketKeys.file`, which all processes of one service share, so that each resumes the TLS
    ///     sessions of the others; nil makes keys of this process alone.
    ///   - http2: whether clients may choose HTTP/2. Only with the package trait HTTP2; without it, it means nothing.
    package init(
        certificateFile: String, keyFile: String, installed: Installed? = nil, clientAuthority: String? = nil, ticketKeyFile: String? = nil,
        http2: Bool = false
    ) throws(TLSError) {
        let recipe = Recipe(
            certificateFile: certificateFile, keyFile: keyFile, installed: installed, clientAuthority: clientAuthority, ticketKeyFile: ticketKeyFile,
            http2: http2)
        files = try RenewedFiles({ recipe.paths }) { () throws(TLSError) in try recipe.make() }
    }

    var current: TLSContext { files.current() }

    /// Looks at the files now instead of within the next ten seconds. True when they had changed; on an error, e.g.
    /// when certificate and key do not belong together, the old ones stay in use.
    package func reloadIfChanged() throws(TLSError) -> Bool { try files.reloadIfChanged() }

    /// What a server's context is made of.
    private final class Recipe: Sendable {
        let certificateFile: String, keyFile: String
        let installed: Installed?
        let clientAuthority: String?
        let ticketKeyFile: String?
        let http2: Bool
        /// Contexts by the files they were made of, so that one renewed staple does not have a thousand others made again.
        private let made = Mutex<[String: TLSContext]>([:])

        init(certificateFile: String, keyFile: String, installed: Installed?, clientAuthority: String?, ticketKeyFile: String?, http2: Bool) {
            self.http2 = http2
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.installed = installed
            self.clientAuthority = clientAuthority
            self.ticketKeyFile = ticketKeyFile
        }

        var paths: [String] {
            [certificateFile, keyFile] + [clientAuthority, ticketKeyFile].compactMap { $0 } + (installed.map { InstalledCertificate.files(in: $0.directory) } ?? [])
                + [InstalledCertificate.staple(of: certificateFile)]
        }

        func make() throws(TLSError) -> TLSContext {
            let first = CertificateChoice.Pair(certificate: certificateFile, key: keyFile)
            guard let installed else { return try main(CertificateChoice(pairs: [first])) }
            let (found, problems) = InstalledCertificate.all(in: installed.directory)
            for problem in problems { installed.told(problem) }
            let firstNames = (try? CertificateFacts(file: certificateFile))?.names ?? []
            let choices = CertificateChoice.byName(found, first: (first, firstNames))
            let wildcard = installed.name.firstIndex(of: ".").map { "*" + installed.name[$0...] } ?? ""
            var shown = choices[installed.name] ?? choices[wildcard] ?? CertificateChoice(pairs: [first])
            let main: TLSContext
            do throws(TLSError) { main = try self.main(shown) } catch {
                installed.told("\(error)")
                shown = CertificateChoice(pairs: [first])
                main = try self.main(shown)
            }
            main.choose(by: NamedContexts(contexts(of: choices, besides: shown)))
            return main
        }

        /// A context for each name; nil where it is the one for `shown`. Of what cannot be used somebody is told.
        private func contexts(of choices: [String: CertificateChoice], besides shown: CertificateChoice) -> [String: TLSContext?] {
            var contexts: [CertificateChoice: TLSContext] = [:], kept: [String: TLSContext] = [:]
            let before = made.withLock { $0 }
            for choice in Set(choices.values) where choice != shown {
                let key = "\(choice.files) \(RenewedFiles.stamps(choice.files))"
                do throws(TLSError) {
                    let context: TLSContext
                    if let same = before[key] { context = same } else { context = try self.context(choice) }
                    contexts[choice] = context
                    kept[key] = context
                } catch {
                    installed?.told("\(error)")
                }
            }
            made.withLock { [kept] in $0 = kept }
            var named: [String: TLSContext?] = [:]
            for (name, choice) in choices where choice == shown || contexts[choice] != nil { named.updateValue(contexts[choice], forKey: name) }
            return named
        }

        /// The context every connection begins with: tickets and clients' certificates are its business alone.
        private func main(_ choice: CertificateChoice) throws(TLSError) -> TLSContext {
            let context = try self.context(choice)
            if let clientAuthority {
                try context.trust(clientAuthority)
                SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
                tls_no_tickets(context.pointer)
            } else {
                context.serveTickets(try ticketKeyFile.map { path throws(TLSError) in try TLSContext.ticketKeys(path) })
            }
            return context
        }

        private func context(_ choice: CertificateChoice) throws(TLSError) -> TLSContext {
            let context = try TLSContext(server: true)
            var policy: [UInt8] = []
            for pair in choice.pairs {
                policy += try context.use(certificateFile: pair.certificate, keyFile: pair.key)
                if let bytes = try? TLSContext.contents(InstalledCertificate.staple(of: pair.certificate)), let staple = Staple(file: bytes) { context.add(staple) }
            }
            #if HTTP2
                tls_serve_http(context.pointer, http2 ? 1 : 0)
            #else
                tls_serve_http(context.pointer, 0)
            #endif
            tls_session_cache_off(context.pointer)
            // A TLS session is resumed only where certificates and policy are the same.
            if let clientAuthority { policy += try TLSContext.contents(clientAuthority) }
            try context.bindSessions(to: policy)
            return context
        }
    }
}
