// Sends the file of an export from the data node it lies on, the whole or the part a download that broke off still lacks.
import Control
import Digests
import Engine
import Nodes
import Procedures
import Wire

extension WebRequest {
    /// What the client said of a part; for the audit.
    var rangeField: String? { exchange.head.fields["range"] }

    /// Answers GET and HEAD with validators and `Range` (RFC 9110 14): an interrupted download is resumed where it stopped, and never with
    /// bytes of another file (`If-Range`). Several ranges at once are answered with the whole.
    func send(_ file: ExportFile) async throws(Failure) {
        let tag = EntityTag(file.sha256.isEmpty ? file.file : file.sha256)
        var fields = secured(HTTPResponse(), html: false).fields
        fields.add("ETag", tag.description)
        fields.add("Last-Modified", HTTPDate.text(file.finished.seconds))
        fields.add("Accept-Ranges", "bytes")
        let head = exchange.head
        switch Preconditions.verdict(head.method, head.fields, tag: tag, modified: file.finished.seconds) {
        case .proceed: break
        case .notModified: return await exchange.respond(HTTPResponse(status: .notModified, fields: fields))
        case .failed: return await exchange.respond(HTTPResponse(status: .preconditionFailed, fields: fields))
        }
        fields.add("Content-Type", "application/x-tar")
        fields.add("Content-Disposition", "attachment; filename=\"\(file.fileName)\"")
        if !file.sha256.isEmpty { fields.add("Repr-Digest", "sha-256=:\(Self.base64(hex: file.sha256)):") }
        var status = HTTPStatus.ok, part = 0..<file.bytes
        switch ByteRanges.wanted(by: head, size: file.bytes, tag: tag, modified: file.finished.seconds) {
        case .whole: break
        case .unsatisfiable:
            fields.add("Content-Range", "bytes */\(file.bytes)")
            return await exchange.respond(HTTPResponse(status: HTTPStatus(416), fields: fields))
        case .parts(let parts) where parts.count == 1:
            (status, part) = (.partialContent, parts[0])
            fields.add("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.bytes)")
        case .parts: break
        }
        guard head.method != .head else {
            try await exchange.begin(ResponseHead(status: status, fields: fields), length: part.count)
            return try await exchange.end()
        }
        try await relay(file, part, ResponseHead(status: status, fields: fields))
    }

    private func relay(_ file: ExportFile, _ part: Range<Int>, _ head: ResponseHead) async throws(Failure) {
        let node = handler.node
        guard let holder = node.fleet.node(file.node) else {
            throw .unavailable("\(file.node), which holds the file, is not in the fleet any more.", after: 60, whose: .ours, hint: "Ask for a new export.")
        }
        let endpoint = try node.endpoint(of: holder)
        let source: ClientExchange
        do throws(HTTPClientFailure) {
            source = try await handler.upstream.open(
                method: .get, target: "/exports/\(file.file)?from=\(part.lowerBound)&count=\(part.count)", to: endpoint, timeout: .seconds(30))
            try await source.end()
            let answer = try await source.head()
            guard answer.status.code == 200 else {
                source.abandon()
                throw HTTPClientFailure(.badAnswer, reached: .answerBegun, "status \(answer.status.code)")
            }
        } catch {
            throw .unavailable("\(file.node), which holds the file, does not give it (\(error.reason)).", after: 10, hint: "Try again in a while, or ask for a new export.")
        }
        do throws(Failure) {
            try await exchange.begin(head, length: part.count)
            while true {
                let piece: [UInt8]?
                source.extend(.seconds(60))
                do throws(HTTPClientFailure) { piece = try await source.nextChunk() } catch {
                    throw .unavailable("The file broke off (\(error.reason)).", after: 10)
                }
                guard let piece else { break }
                try await exchange.write(piece)
            }
            try await exchange.end()
        } catch {
            source.abandon()
            throw error
        }
    }

    /// RFC 9530 writes digests in base64.
    private static func base64(hex: String) -> String { Base64.encode(Hex.decode(hex) ?? []) }
}
