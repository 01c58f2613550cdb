// Certificates for browsers while everything runs: the verbs `certificate`, and the staples that go with them.
import CLinux
import Control
import Engine
import Glibc
import Logging
import Wire

extension Supervisor {
    private var installed: InstalledCertificates { InstalledCertificates(state: state, now: keys.now()) }

    func requestCertificate(_ arguments: Arguments) throws(Failure) -> JSON {
        try arguments.only("names", "rsa", "replace")
        var names: [String] = []
        for item in arguments.json["names"]?.array ?? [] {
            guard let name = item.string else { throw .invalid("A name is no text.", hint: "Send {\"names\": [\"portal.example.com\"]}.", code: "wrong-argument") }
            names.append(name)
        }
        if names.isEmpty { names = [configuration.name] }
        let made = try installed.request(names, try arguments.flag("rsa") ? .rsa : .ecdsa, replacing: try arguments.flag("replace"))
        return ["names": .array(names.map { .string($0) }), "key": .string(made.kind.rawValue), "file": .string(made.path), "request": .string(String(decoding: made.pem, as: UTF8.self))]
    }

    func installCertificate(_ arguments: Arguments) throws(Failure) -> JSON {
        try arguments.only()
        guard !arguments.bytes.isEmpty else { throw .invalid("There is no certificate.", hint: "Send the PEM file as the body, type application/x-pem-file.", code: "missing-file") }
        let (chain, path) = try installed.install(arguments.bytes)
        let facts = chain.facts
        staples[path] = nil
        var warnings: [String] = []
        if let issuer = chain.unknownIssuer() {
            warnings.append("This machine does not know \(issuer): if that is an intermediate, append its certificate to the file and install it again; if it is your own authority, browsers must be told of it.")
        }
        let names = [configuration.name] + configuration.aliases
        let served = names.filter { name in name.hasPrefix("*.") ? facts.names.contains(name) : facts.covers(name) }
        if served.isEmpty {
            warnings.append("None of its names is served here (\(names.joined(separator: ", "))): add them to aliases in the configuration.")
        }
        log.info("a certificate for \(facts.names.joined(separator: ", ")) was installed, valid until \(CertificateChain.day(Int(facts.expires)))")
        return [
            "names": .array(facts.names.map { .string($0) }), "issuer": .string(facts.issuer), "key": .string(facts.key.rawValue),
            "expires": .string(Timestamp(milliseconds: facts.expires * 1000).iso8601), "days_left": .integer(Int64(facts.daysLeft(now: Int64(keys.now())))),
            "chain": .integer(Int64(chain.certificates.count)), "responder": facts.responder.map { .string($0) } ?? .null, "file": .string(path),
            "warnings": .array(warnings.map { .string($0) }),
        ]
    }

    func listCertificates(_ arguments: Arguments) throws(Failure) -> JSON {
        try arguments.only()
        return try installed.list(name: configuration.name, staples: staples.mapValues(\.word))
    }

    // MARK: Staples

    /// Fetches and renews OCSP responses. Balancers read the files; nothing they serve waits for a responder.
    package func keepStaplesFresh() async {
        while !isStopping {
            let (found, _) = InstalledCertificate.all(in: state.certificates)
            var wanted = found.map { ($0.path, $0.facts) }
            if let own = try? CertificateFacts(file: state.publicCertificate), own.responder != nil { wanted.append((state.publicCertificate, own)) }
            for path in staples.keys where !wanted.contains(where: { $0.0 == path }) { staples[path] = nil }
            for (path, facts) in wanted {
                guard let responder = facts.responder, !isStopping else { continue }
                await keepStaple(of: path, responder)
            }
            await loop.sleep(.seconds(staplePause))
        }
    }

    private func keepStaple(of path: String, _ responder: String) async {
        let file = InstalledCertificate.staple(of: path)
        let now = Int64(keys.now())
        var plan = staples[path] ?? StaplePlan(found: ((try? DurableFile.read(file)) ?? nil).flatMap { Staple(file: $0) }, fetched: Self.modified(file), now: now)
        defer { staples[path] = plan }
        guard plan.isDue(now) else { return }
        do throws(Failure) {
            guard let pem = try DurableFile.read(path), let leaf = CertificateChain.certificates(in: pem).first else { return }
            // Kept beside it when it is a root, else second in the chain.
            let issuer = try DurableFile.read(String(path.dropLast(4)) + ".issuer")
            let own = try leaf.pem()
            guard let question = try OCSP.question(pem: issuer.map { own + $0 } ?? pem) else { return }
            let answer = try await ask(responder, question.request)
            let staple = try OCSP.judge(answer, to: question, now: now)
            // Somebody may have installed another in the meantime.
            guard try DurableFile.read(path) == pem else { return }
            try DurableFile.write(staple.file, to: file)
            plan.fetched(staple, now: now)
        } catch {
            let isRevoked = error.code == "certificate-revoked"
            if isRevoked { unlink(file) }
            plan.failed(isRevoked: isRevoked, now: now)
            // Once for each trouble, not for each try.
            if plan.failures == 1 || isRevoked { log.warning("\(path): \(error.reason) \(error.hint)", metadata: ["responder": "\(responder)"]) }
        }
    }

    private static func modified(_ path: String) -> Int64 {
        var info = stat()
        return stat(path, &info) == 0 ? Int64(info.st_mtim.tv_sec) : 0
    }

    private func ask(_ responder: String, _ request: [UInt8]) async throws(Failure) -> [UInt8] {
        func silent(_ why: String) -> Failure { .unavailable("The OCSP responder \(responder) does not answer: \(why).", after: 60, hint: "It is asked again by itself; browsers do without.") }
        guard responder.hasPrefix("http://") else { throw silent("only http:// is spoken with responders") }
        let rest = responder.dropFirst(7)
        let host = rest.prefix { $0 != "/" }
        let target = rest.dropFirst(host.utf8.count)
        guard let address = Address(host.contains(":") && !host.hasSuffix("]") ? String(host) : "\(host):80") else { throw silent("that is no address") }
        let path = target.isEmpty ? "/" : String(target)
        let fields = HTTPFields([("Host", String(host)), ("Content-Type", "application/ocsp-request"), ("Accept", "application/ocsp-response")])
        let answer: Result<HTTPResponse, HTTPClientFailure> = await loop.run { loop in
            do throws(HTTPClientFailure) {
                return .success(try await HTTPClient(loop: loop).send(
                    method: .post, target: path, fields: fields, body: request, to: Endpoint(address: address), timeout: .seconds(10), limit: 1 << 16))
            } catch { return .failure(error) }
        }
        switch answer {
        case .success(let response) where response.status == .ok: return response.body
        case .success(let response): throw silent("status \(response.status.code)")
        case .failure(let failure): throw silent(failure.reason)
        }
    }
}
