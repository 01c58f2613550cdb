// Exports on their way to customers' own servers by SFTP: fetched from the data node that made them, then sent; what follows is the data tier's to decide.
import Control
import Engine
import Glibc
import Logging
import Nodes
import Outbound
import ProcedureClient
import Procedures
import Storage
import Wire

extension Watch {
    /// Sent at once, of each customer one: a server that takes its time holds up few others.
    private static let uploadsAtOnce = 4
    /// Left free on this node's disk, whatever is fetched: the watch has to go on writing.
    private static let reserve = 1 << 30

    /// Sends what is not under way, on a thread of its own, so that no text to a technician waits behind it.
    func beginUploads(_ waiting: [ExportUpload]) {
        for upload in waiting where uploadsUnderWay.count < Self.uploadsAtOnce && !uploadsUnderWay.contains(upload.id) && !uploadOutcomes.contains(where: { $0.id == upload.id }) {
            uploadsUnderWay.insert(upload.id)
            begin(upload)
        }
    }

    private func begin(_ upload: ExportUpload) {
        Task {
            var outcome = UploadOutcome(), detail = ""
            (outcome.customer, outcome.id) = (upload.customer, upload.id)
            do throws(UploadFailure) { try await self.carryOut(upload) } catch { (outcome.reason, outcome.final, detail) = (error.reason, error.isFinal, error.detail) }
            outcome.at = Timestamp.now
            self.node.log.info(outcome.reason.isEmpty ? "export sent" : "export not sent", metadata: ["customer": "\(upload.customer)", "export": "\(upload.id)", "reason": "\(outcome.reason)", "detail": "\(detail)"])
            self.uploadOutcomes.append(outcome)
            self.uploadsUnderWay.remove(upload.id)
        }
    }

    private func carryOut(_ upload: ExportUpload) async throws(UploadFailure) {
        let directory = node.files + "/uploads", path = "\(directory)/\(upload.id).tar", identity = "\(directory)/\(upload.id).key"
        let spool = spool
        defer {
            // A large file takes its time to go: not on this loop.
            Task { try? await spool.run { for left in [path, identity] { unlink(left) } } }
        }
        do {
            let secret = Array(upload.secretKey.utf8)
            try await spool.run {
                try DurableFiles.makeDirectory(directory)
                try DurableFiles.write(secret, to: identity, mode: 0o600)
            }
        } catch { throw UploadFailure(reason: "the disk of the management node does not take it", detail: "\(error)") }
        // What others have begun to fetch may not be on the disk yet.
        guard let free = DurableFiles.freeBytes(at: directory), free - spooledBytes - upload.file.bytes > Self.reserve else {
            throw UploadFailure(reason: "the management node has no room for it at the moment")
        }
        spooledBytes += upload.file.bytes
        defer { spooledBytes -= upload.file.bytes }
        try await fetch(upload.file, to: path)
        var confirm = ConfirmUpload()
        (confirm.customer, confirm.id, confirm.address, confirm.hostKey) = (upload.customer, upload.id, upload.address, upload.hostKey)
        let isWanted: Bool
        do throws(Failure) {
            isWanted = try await procedures.call(confirm).isWanted
        } catch { throw UploadFailure(reason: "the data tier does not answer", detail: error.reason) }
        guard isWanted else { throw UploadFailure(reason: "it was called off", isFinal: true) }
        var request = OutboundRequest(
            url: upload.address + upload.file.fileName, kind: .upload(file: path, bytes: upload.file.bytes, identity: identity, hostKey: String(upload.hostKey.dropFirst("SHA256:".count))))
        (request.connectTimeout, request.timeout) = (.seconds(15), .seconds(3 * 3600))
        request.onlyPublic = !node.configuration.webhooks.inside
        do throws(OutboundFailure) { _ = try await uploads.send(request) } catch {
            // What libcurl says of a server's answer may name what lies inside; its kind is enough for people.
            throw UploadFailure(reason: Self.words(of: error), detail: error.reason, isFinal: !error.isTemporary)
        }
    }

    private static func words(of failure: OutboundFailure) -> String {
        switch failure.code {
        case 60: "the server there has another key than the one that was given\(shown(in: failure.reason).map { ": SHA256:\($0)" } ?? "")"
        case 67: "the server does not let the portal's key in: add the line that is shown to authorized_keys"
        case 78, 9: "the folder is not there, or not open for this user"
        case 6: "its name leads nowhere"
        case 7: failure.reason.contains("public") ? failure.reason : "nobody answers there"
        case 28: "it took too long"
        case 70: "its disk is full"
        default: "the transfer broke off"
        }
    }

    /// The fingerprint libcurl says the server has: whoever set the schedule can compare it with what they see on the server.
    private static func shown(in reason: String) -> Substring? {
        let words = reason.split(separator: " ")
        guard let index = words.firstIndex(of: "Remote"), index + 1 < words.count, words[index + 1].utf8.count == 43 else { return nil }
        return words[index + 1]
    }

    /// The file of an export, onto this node's disk.
    private func fetch(_ file: ExportFile, to path: String) async throws(UploadFailure) {
        guard let holder = node.fleet.node(file.node) else { throw UploadFailure(reason: "\(file.node), which holds the file, is not in the fleet any more", isFinal: true) }
        let source: ClientExchange
        do {
            let endpoint = try node.endpoint(of: holder)
            source = try await client.open(method: .get, target: "/exports/\(file.file)", to: endpoint, timeout: .seconds(30))
        } catch { throw UploadFailure(reason: "\(file.node), which holds the file, cannot be reached", detail: "\(error)") }
        do {
            try await source.end()
            guard try await source.head().status.code == 200 else { throw UploadFailure(reason: "\(file.node) has the file no more", isFinal: true) }
            let spool = spool
            try await spool.run { try SpooledFile.begin(path) }
            var held: [UInt8] = []
            while true {
                source.extend(.seconds(60))
                let piece = try await source.nextChunk()
                held += piece ?? []
                if piece == nil || held.count >= 1 << 20 {
                    let batch = held
                    held.removeAll(keepingCapacity: true)
                    try await spool.run { try SpooledFile.append(batch, to: path) }
                }
                if piece == nil { break }
            }
        } catch {
            source.abandon()
            throw error as? UploadFailure ?? UploadFailure(reason: "the file could not be fetched from \(file.node)", detail: "\(error)")
        }
    }

    /// Tells the data tier what came of it. Until it has heard, the same export is not begun again.
    func reportUploads() async {
        guard !reportingUploads, let first = uploadOutcomes.first, node.fleet.primary?.state == .ready else { return }
        reportingUploads = true
        defer { reportingUploads = false }
        var report = ReportUploads()
        report.items = [first]
        do throws(Failure) { _ = try await procedures.call(report) } catch {
            if effectsProblem == nil { node.log.notice("the data tier cannot be told of uploads", metadata: ["reason": "\(error.reason)"]) }
            effectsProblem = error.reason
            return
        }
        uploadOutcomes.removeAll { $0.id == first.id }
    }
}

private struct UploadFailure: Error {
    /// For the customer.
    var reason: String
    /// For our log.
    var detail = ""
    var isFinal = false
}

/// Blocking writes of what is fetched; on a thread of the spool.
private enum SpooledFile {
    static func begin(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw problem("create", path) }
        close(descriptor)
    }

    static func append(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem("open", path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw problem("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    private static func problem(_ operation: String, _ path: String) -> StorageError {
        StorageError(kind: errno == ENOSPC || errno == EDQUOT ? .full : .device, operation: operation, path: path, message: String(cString: strerror(errno)))
    }
}
