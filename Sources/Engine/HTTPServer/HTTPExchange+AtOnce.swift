// Answering without waiting, with a body that still lies in somebody else's buffer: what a balancer does most of the time.
import Wire

extension HTTPExchange {
    /// Answers completely. True when the connection took all of it; else the rest goes out by `finishAtOnce`.
    /// Only where `isAlone`, and for an answer that has a body. A second answer is ignored.
    package func respondAtOnce(_ status: HTTPStatus, _ fields: HTTPFields, body: Span<UInt8>) -> Bool {
        guard case .none = answer else { return true }
        if server.owesTicket { server.issueTicket() }
        settleKeeping(fields)
        answeredStatus = status
        answeredBytes = body.count
        let reactor = server.share.reactor
        var out: [UInt8] = []
        swap(&out, &reactor.scratch)
        out.removeAll(keepingCapacity: true)
        AnswerWriter.writeHead(status, fields, length: body.count, keepAlive: keeps, version: head.version, reactor: reactor, into: &out)
        body.withUnsafeBufferPointer { out.append(contentsOf: $0) }
        answer = .complete
        let sent = server.connection.sendSome(out)
        guard sent == out.count else {
            held = Array(out[sent...])
            return false
        }
        if reactor.scratch.isEmpty { swap(&out, &reactor.scratch) }
        return true
    }

    /// Sends what `respondAtOnce` could not.
    package func finishAtOnce() async {
        var rest: [UInt8] = []
        swap(&rest, &held)
        if !(await sendRest(rest, from: 0)) { answer = .broken }
    }
}
