// A file on its way to or from the data tier: piece by piece, so that a web node holds one piece of it at a time.
import Engine
import ProcedureClient
import Procedures
import SupportCentre
import Wire

/// Sends a file as procedure calls. Each call has a replay id of its own, made of the request's, so that repeats take effect once.
struct AttachmentTransfer {
    let handler: WebHandler
    let session: String?
    let requestID: String
    let replay: String?
    let number: Int

    private func call<P: Procedure>(_ procedure: P, _ step: String) async throws(Failure) -> P.Answer {
        try await handler.procedures.call(procedure, session: session, requestID: requestID, replay: replay.map { "\($0)-\(step)" })
    }

    /// - Parameters:
    ///   - name: tells several files of one request apart.
    ///   - next: the next bytes, of any length; nil at the end.
    func send(_ fileName: String, reply: String?, name: String = "0", _ next: () async throws(Failure) -> [UInt8]?) async throws(Failure) -> Attachment {
        var begin = BeginAttachment()
        (begin.number, begin.fileName, begin.reply) = (number, fileName, reply)
        let begun = try await call(begin, "\(name)-begin")
        var waiting: [UInt8] = [], place = 0
        func flush(_ bytes: [UInt8]) async throws(Failure) {
            var append = AppendAttachment()
            (append.number, append.id, append.place, append.bytes) = (number, begun.id, place, bytes)
            _ = try await call(append, "\(name)-\(place)")
            place += 1
        }
        while let bytes = try await next() {
            waiting += bytes
            while waiting.count >= Attachment.pieceBytes {
                try await flush(Array(waiting.prefix(Attachment.pieceBytes)))
                waiting.removeFirst(Attachment.pieceBytes)
            }
        }
        if !waiting.isEmpty { try await flush(waiting) }
        var finish = FinishAttachment()
        (finish.number, finish.id, finish.pieces) = (number, begun.id, place)
        return try await call(finish, "\(name)-finish")
    }

    /// Answers a file as a download; only safe images, asked for so, are for showing inside a page.
    func answer(_ id: String, inline: Bool, to exchange: HTTPExchange) async throws(Failure) {
        var read = ReadAttachment()
        (read.number, read.id) = (number, id)
        var piece = try await handler.procedures.call(read, session: session, requestID: requestID)
        let file = piece.attachment
        var head = ResponseHead(status: .ok)
        head.fields.add("Content-Type", file.type)
        head.fields.add("Content-Disposition", FileName.disposition(file.name, inline: inline && FileKind(rawValue: file.type)?.isShownInline == true))
        head.fields.add("X-Content-Type-Options", "nosniff")
        head.fields.add("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
        head.fields.add("Cross-Origin-Resource-Policy", "same-origin")
        head.fields.add("Referrer-Policy", "no-referrer")
        head.fields.add("Cache-Control", "private, no-store")
        try await exchange.begin(head, length: file.bytes)
        var sent = 0
        while true {
            if exchange.head.method != .head { try await exchange.write(piece.bytes) }
            sent += piece.bytes.count
            if sent >= file.bytes || piece.bytes.isEmpty { break }
            read.place += 1
            piece = try await handler.procedures.call(read, session: session, requestID: requestID)
        }
        try await exchange.end()
    }
}

extension WebRequest {
    func attachments(of number: Int) -> AttachmentTransfer {
        AttachmentTransfer(handler: handler, session: session, requestID: requestID, replay: replay, number: number)
    }
}

extension APIRequest {
    func attachments(of number: Int) -> AttachmentTransfer {
        AttachmentTransfer(handler: request.handler, session: token, requestID: request.requestID, replay: replay, number: number)
    }

    /// The next bytes of a body that is taken as it comes.
    func nextBytes() async throws(Failure) -> [UInt8]? { try await request.exchange.nextChunk() }
}
