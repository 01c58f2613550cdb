// A list from its first page to its last, of one moment, for whoever may see its pages.
import Engine
import Procedures
import Storage
import Wire

extension DataRoom {
    /// Gathers all pages of a list into a spool, ready to be read. The rules of the list's own pages hold: this calls the same code.
    /// That it was taken is written into the audit of the caller's own database.
    func gather(_ request: CallRequest, now: Timestamp = .now) async throws(Failure) -> SpoolFile {
        guard let entry = ProcedureTable.all.entries[request.procedure], let walk = entry.walk else { throw .notFound("list") }
        guard store.listsUnderWay.enter(limit: store.options.listsAtOnce) else {
            throw .unavailable("\(store.options.listsAtOnce) lists are being put together already.", after: 3, whose: .ours)
        }
        defer { store.listsUnderWay.leave() }
        var caller: Caller?
        do {
            try store.role.checkServes()
            try store.checkDirectory()
            caller = try await admit(entry, certificate: request.certificate, token: request.token, now: now)
            _ = try store.count(request, caller, now)
            let call = Call(
                certificate: request.certificate, caller: caller, procedure: request.procedure, now: now, requestID: request.requestID, replay: nil, body: request.body)
            let spool = try SpoolFile(in: store.path)
            // The snapshots end with this room, before the first byte goes to a reader who may be slow.
            let moment = DataRoom(snapshotsOf: store)
            defer { moment.reads.closeAll() }
            try await walk(moment, call, spool)
            try spool.rewind()
            if let caller {
                let (audit, what, count) = (call.audit, request.procedure, spool.items)
                try await store.write(caller.file(in: store)) { _ = try audit.note("took a whole list", detail: "\(what): \(count) items", in: $0) }
            }
            return spool
        } catch {
            try store.role.checkServes()
            throw store.failure(error, customer: caller?.customer?.name ?? request.token.flatMap(Token.place(of:)), request: request)
        }
    }
}

extension DataHandler {
    /// Answers a call that wants the whole list.
    func sendWhole(_ request: CallRequest, _ room: DataRoom, _ exchange: HTTPExchange) async throws(Failure) {
        let spool = try await room.gather(request)
        var head = ResponseHead(status: .ok)
        head.fields.add("Content-Type", ItemFrames.mediaType)
        try await exchange.begin(head, length: spool.bytes)
        var left = spool.bytes
        while left > 0 {
            let piece: [UInt8]
            do { piece = try spool.next() } catch { throw .fault("A list could not be read back: \(error).") }
            guard !piece.isEmpty else { throw .fault("A list became shorter while it was sent.") }
            try await exchange.write(piece)
            left -= piece.count
        }
        try await exchange.end()
    }
}
