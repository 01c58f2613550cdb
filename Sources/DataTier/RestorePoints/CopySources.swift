// Where copies of databases come from: this node's own files, or another data node over its private listener.
import Control
import Digests
import Engine
import Glibc
import Storage
import Wire

/// One database that can be copied.
struct CopyOffer: Sendable {
    var name: String
    var tag: String
}

/// A copy that has arrived.
struct Copied: Sendable {
    var bytes: Int
    var sha256: String
    /// The tag read just before the copy was made.
    var tag: String
}

/// A primary's databases.
protocol CopySource {
    func offers() async throws -> (epoch: Int, offers: [CopyOffer])
    /// Copies one database into a new file, flushed and verified against the sender's hash.
    func fetch(_ name: String, to path: String) async throws -> Copied
}

extension DataStore {
    /// The databases of this node with what names their present state. One whose file is missing is left out.
    func offers() -> [CopyOffer] {
        var offers = directory.changeTag.map { [CopyOffer(name: "directory", tag: $0)] } ?? []
        for entry in allCustomers {
            if let tag = entry.file.changeTag { offers.append(CopyOffer(name: entry.name, tag: tag)) }
        }
        return offers
    }

    func file(named name: String) -> DatabaseFile? { name == "directory" ? directory : customer(name)?.file }

    /// Copies one database as it is at one moment, while it is in use.
    func copy(_ name: String, to path: String) async throws -> Copied {
        guard let file = file(named: name) else { throw Failure.notFound("database") }
        try await file.prepare()
        let tag = file.changeTag ?? ""
        return try await copies.run {
            try file.copyBlocking(to: path)
            let (sha256, bytes) = try FileDigest.sha256(path)
            return Copied(bytes: bytes, sha256: sha256, tag: tag)
        }
    }
}

/// This node's own databases.
struct LocalCopies: CopySource {
    let store: DataStore

    func offers() async throws -> (epoch: Int, offers: [CopyOffer]) { (store.role.epoch ?? 0, store.offers()) }
    func fetch(_ name: String, to path: String) async throws -> Copied { try await store.copy(name, to: path) }
}

/// Another data node's. Belongs to the loop of its client.
struct RemoteNode: CopySource {
    let name: String
    let endpoint: Endpoint
    let client: HTTPClient
    let store: DataStore

    func ask(_ method: HTTPMethod, _ target: String, _ body: JSON? = nil, timeout: Duration = .seconds(30)) async throws(Failure) -> JSON {
        let response: HTTPResponse
        do throws(HTTPClientFailure) {
            response = try await client.send(
                method: method, target: target, fields: ["Accept": "application/json"], body: body?.bytes ?? [], to: endpoint, timeout: timeout, limit: 64 << 20)
        } catch {
            throw Failure(whose: .upstream, retry: .after(seconds: 2), status: 503, code: "node-unreachable", reason: "\(name) does not answer (\(error.reason)).", hint: "Look at it with fitech-ctl status.")
        }
        let json = try? JSON.parse(response.body)
        guard (200..<300).contains(response.status.code), let json else {
            throw json.flatMap { Failure(json: $0) } ?? .fault("\(name) answered \(response.status.code) to \(target).")
        }
        return json
    }

    func offers() async throws -> (epoch: Int, offers: [CopyOffer]) {
        let json = try await ask(.get, "/copies")
        let offers = (json["items"]?.array ?? []).compactMap { item -> CopyOffer? in
            guard let name = item["name"]?.string, name == "directory" || CustomerName.problem(name) == nil, let tag = item["tag"]?.string else { return nil }
            return CopyOffer(name: name, tag: tag)
        }
        return (Int(json["epoch"]?.integer ?? 0), offers)
    }

    func fetch(_ name: String, to path: String) async throws -> Copied {
        try await fetch(target: "/copies/\(name)", to: path)
    }

    /// Receives one file; its length and hash must be what the sender says.
    func fetch(target: String, to path: String) async throws -> Copied {
        let incoming = try IncomingFile(path)
        let head: ResponseHead
        do {
            let exchange = try await client.open(method: .get, target: target, to: endpoint, timeout: .seconds(3600))
            try await exchange.end()
            head = try await exchange.head()
            guard head.status.code == 200 else {
                let body = try await exchange.body(limit: 1 << 20)
                throw (try? JSON.parse(body)).flatMap { Failure(json: $0) } ?? .fault("\(self.name) answered \(head.status.code) to \(target).")
            }
            while let piece = try await exchange.nextChunk() { try incoming.append(piece) }
        } catch let failure as HTTPClientFailure {
            throw Failure(whose: .upstream, retry: .after(seconds: 2), status: 503, code: "node-unreachable", reason: "\(self.name) broke off while sending \(target) (\(failure.reason)).", hint: "Look at it with fitech-ctl status.")
        }
        let sha256 = incoming.finish()
        guard sha256 == head.fields[CopyField.sha256] else {
            throw Failure(whose: .upstream, retry: .safe, status: 502, code: "damaged-copy", reason: "The copy \(target) from \(self.name) arrived with another SHA-256 than it was sent with.", hint: "Try again; look at the disks and the network if it stays.")
        }
        let bytes = incoming.bytes
        try await store.copies.run { try DurableFiles.flush(path) }
        return Copied(bytes: bytes, sha256: sha256, tag: head.fields[CopyField.tag] ?? "")
    }
}

enum CopyField {
    static let sha256 = "fitech-sha256"
    static let tag = "fitech-tag"
}
