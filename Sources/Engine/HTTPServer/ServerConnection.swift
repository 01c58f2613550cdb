// One accepted connection: reads requests, hands them to the handler in order, keeps or closes the connection.
import CLinux
import Glibc
import Logging
import Wire

final class ServerConnection {
    let connection: Connection
    let share: ServerShare
    var peer: Peer
    /// The peer's address in bytes.
    private(set) lazy var peerAddress = Array(peer.address.utf8)
    private let tls: TLSServerContext?
    /// Place among the share's connections.
    var index = -1
    // @exclusivity(unchecked) here and in the classes beside: their accesses never span an await or a call back into the
    // same property, and asking the runtime at each costs a seventh of a request.
    /// What was read and not used yet is `buffer[start..<end]`. Empty while idle.
    @exclusivity(unchecked) var buffer: [UInt8] = []
    @exclusivity(unchecked) var start = 0
    @exclusivity(unchecked) var end = 0
    /// Whether no request is being read or served.
    private(set) var isIdle = true
    /// Kept from one request to the next when nobody else holds it, for its storage.
    @exclusivity(unchecked) private var spare: HTTPExchange?
    private var served = 0
    private var isSecured = false
    /// What the ticket of this TLS session carries for the handler.
    @exclusivity(unchecked) private(set) var sessionTag: [UInt8]?
    /// A ticket goes with the next answer.
    @exclusivity(unchecked) private(set) var owesTicket = false
    /// The answer that brings a ticket is still to come, so its tag may be set.
    @exclusivity(unchecked) private(set) var awaitsSessionTag = false
    @exclusivity(unchecked) private var nextTag: [UInt8]?
    /// Some of the head that is being read has come.
    private var hasBegunHead = false
    /// What was read since the head was last looked at may hold the end of a line.
    private var mayHaveLine = true
    #if HTTP2
        /// The session, when the client chose HTTP/2.
        private var http2: HTTP2Session?
    #endif
    /// Time for the proxy's PROXY header; nil when none is expected.
    var introductionTime: Duration?
    /// What its address counts for in `ServerShare.caps`; nil when it is not counted.
    private(set) var counted: IPAddress?
    /// Its address has too many: the first request is answered so.
    private var isCrowded = false

    init(_ connection: Connection, share: ServerShare, peer: Peer, tls: TLSServerContext?) {
        self.connection = connection
        self.share = share
        self.peer = peer
        self.tls = tls
    }

    /// Serves until the connection ends or rests.
    func run() async {
        if !isSecured, await admitted() { isSecured = await secured() }
        if isSecured {
            #if HTTP2
                if connection.tls?.speaksHTTP2 != true { while await serveOne() {} } else if !isCrowded { await serveHTTP2() }
            #else
                while await serveOne() {}
            #endif
            if connection.rests { return }
        }
        giveBack()
        connection.close()
        share.closed(self)
    }

    /// Waits for the next request. False when the connection is to be closed, or rests: then its task ends and its exchange is
    /// given back, so that what stays of an idle connection is little more than its TLS state.
    private func nextCame() async -> Bool {
        guard served > 0, start == end, !connection.mayRead else { return true }
        let patience = share.limits.rest
        connection.setTimeout(min(patience, share.limits.idle))
        guard await connection.readable() == .timedOut else { return true }
        guard share.limits.idle > patience, share.phase != .stopping, start == end else { return false }
        giveBack()
        spare = nil
        connection.setTimeout(share.limits.idle - patience)
        connection.rests = true
        return false
    }

    /// Something came while it rested.
    func wake() { share.loop.startServing(slot: connection.slot) }

    /// Closes it whatever it does; a resting one has no task that would notice.
    func cut() {
        let rested = connection.rests
        connection.close()
        if rested { share.closed(self) }
    }

    #if HTTP2
        private func serveHTTP2() async {
            let session = HTTP2Session(self)
            http2 = session
            await session.run()
            http2 = nil
        }
    #endif

    /// No new requests: closes when nothing is being served, else after it.
    func beginStop() {
        #if HTTP2
            if let http2 { return http2.drain() }
        #endif
        if isIdle { cut() }
    }

    /// A successor serves: over HTTP/2 the client is told which streams are still taken; over HTTP/1.1 the next answer says so.
    func beginRetirement() {
        #if HTTP2
            http2?.drain()
        #endif
    }

    /// Learns who the peer is and whether it may have one connection more. False when the connection is to be closed.
    private func admitted() async -> Bool {
        if let introductionTime, !(await introduced(within: introductionTime)) { return false }
        guard let caps = share.caps, let address = IPAddress(peer.address) else { return true }
        switch caps.enter(address) {
        case .full: return false
        case .crowded: isCrowded = true
        case .free: break
        }
        counted = address
        return true
    }

    /// Agrees on TLS where TLS is spoken. False when the connection is to be closed.
    private func secured() async -> Bool {
        guard let tls else { return true }
        connection.setTimeout(share.limits.handshake)
        do throws(TLSError) {
            try await connection.secure(tls.current, isServer: true, limits: share.options.tls) { [share] in share.handler.sessionTag(after: $0) }
            guard let session = connection.tls else { return false }
            peer.certificate = session.peerIdentity()
            sessionTag = session.ticketTag
            owesTicket = session.mayIssueTicket
            awaitsSessionTag = owesTicket
            share.meters?.agreed(isResumed: session.isResumed)
            return true
        } catch {
            share.meters?.disagreed()
            share.log.debug("no TLS with \(peer.address)", metadata: ["reason": "\(error)"])
            if error.isClearHTTP { connection.answerInTheClear(Refusal.clearHTTP) }
            return false
        }
    }

    /// Has the next answer bring a ticket that carries `tag`; the last one before it counts.
    func setSessionTag(_ tag: [UInt8]) {
        guard awaitsSessionTag else { return }
        nextTag = tag
        owesTicket = true
    }

    /// The first bytes of an answer follow: the ticket goes ahead of them. One without a tag may be followed by one with a
    /// tag, so a connection gets two tickets at most, and mostly one.
    func issueTicket() {
        owesTicket = false
        if nextTag != nil { awaitsSessionTag = false }
        connection.tls?.issueTicket(nextTag)
        nextTag = nil
    }

    /// Serves one request. False when the connection is to be closed.
    private func serveOne() async -> Bool {
        guard await nextCame() else { return false }
        let exchange = takeSpare() ?? HTTPExchange(self)
        beginHead()
        reading: while true {
            switch readHead(of: exchange) {
            case .complete: break reading
            case .wait: _ = await connection.readable()
            case .close: return false
            case .refused(let error):
                await refuse(error)
                return false
            }
        }
        isIdle = false
        connection.setTimeout(nil)
        served += 1
        if isCrowded {
            await refuse(HTTPParseError(.tooManyRequests, "too many connections from \(peer.address)", rule: "RFC 6585 4", offset: 0))
            return false
        }
        exchange.begin(mayKeep: !share.isStopping && served < share.options.requestsPerConnection)
        if let hosts = share.options.hosts, let host = exchange.head.host, !hosts.contains(host.lowercased()) {
            await refuse(HTTPParseError(.misdirectedRequest, "the name \(host) is not served here", rule: "RFC 9110 15.5.20", offset: 0))
            return false
        }
        if case .length(let count) = exchange.head.framing, count > share.options.bodyBytes {
            await refuse(HTTPParseError(.contentTooLarge, "a body of more than \(share.options.bodyBytes) bytes", rule: "RFC 9110 15.5.14", offset: 0))
            return false
        }
        let began = share.countsRequests ? linux_monotonic() : 0
        await share.handler.handle(exchange)
        var keeps = exchange.isFinished
        if !keeps { keeps = await exchange.finish() }
        if share.countsRequests, let meters = share.meters { meters.answered(exchange.answeredStatus, nanoseconds: linux_monotonic() - began) }
        spare = exchange
        if !keeps { return false }
        isIdle = true
        return share.phase != .stopping || start < end
    }

    /// The exchange of the request before, unless a handler still holds it.
    private func takeSpare() -> HTTPExchange? {
        guard isKnownUniquelyReferenced(&spare) else {
            spare = nil
            return nil
        }
        var taken: HTTPExchange?
        swap(&taken, &spare)
        return taken
    }

    // MARK: Reading

    /// What reading a head came to so far.
    private enum HeadStep {
        case complete
        /// Nothing more is there: wait until the connection is readable.
        case wait
        case refused(HTTPParseError)
        case close
    }

    private func beginHead() {
        hasBegunHead = start < end
        mayHaveLine = true
        connection.setTimeout(hasBegunHead || served == 0 ? share.limits.head : share.limits.idle)
    }

    /// Reads and parses as far as that goes without waiting.
    private func readHead(of exchange: HTTPExchange) -> HeadStep {
        while true {
            if start < end, mayHaveLine {
                do throws(HTTPParseError) {
                    let received = buffer
                    if let after = try RequestParser.parse(
                        received.span.extracting(0..<end), from: start, limits: share.options.head, into: &exchange.head)
                    {
                        start = after
                        return .complete
                    }
                } catch {
                    return .refused(error)
                }
                mayHaveLine = false
                if !hasBegunHead {
                    hasBegunHead = true
                    isIdle = false
                    connection.setTimeout(share.limits.head)
                }
            }
            let before = end - start
            switch fillAtOnce() {
            case .bytes:
                // A head that drips in is read again only when a line was completed or the limit is near.
                mayHaveLine = before == 0 || end - start >= share.options.head.headBytes || buffer[start + before..<end].contains(10)
            case .blocked where connection.mayWait: return .wait
            case .end:
                if start == end { return .close }
                return .refused(HTTPParseError("the connection ended in the middle of a head", rule: "RFC 9112 8", offset: end - start))
            case .blocked, .failed:
                guard connection.hasTimedOut, hasBegunHead else { return .close }
                return .refused(HTTPParseError(.requestTimeout, "the head did not arrive in time", rule: "RFC 9110 15.5.9", offset: end - start))
            }
        }
    }

    /// Reads more behind what is held. Answers how many bytes, 0 at the end of the stream, nil when the connection broke
    /// or the time is over.
    func fill() async -> Int? {
        while true {
            switch fillAtOnce() {
            case .bytes(let count): return count
            case .end: return 0
            case .failed: return nil
            case .blocked: if await connection.readable() != .ready { return nil }
            }
        }
    }

    /// Reads what is there without waiting.
    private func fillAtOnce() -> Transfer {
        if start == end {
            start = 0
            end = 0
            if !connection.isReadable { giveBack() }
        }
        guard connection.mayRead else { return .blocked }
        makeRoom()
        let transfer = connection.receive(into: &buffer, from: end)
        switch transfer {
        case .bytes(let count): end += count
        case .blocked: if start == end { giveBack() }
        case .end, .failed: break
        }
        return transfer
    }

    private func makeRoom() {
        if buffer.isEmpty {
            buffer = share.reactor.borrowBuffer()
            return
        }
        guard end == buffer.count else { return }
        if start > 0 {
            buffer.withUnsafeMutableBytes { raw in
                guard let base = raw.baseAddress else { return }
                memmove(base, base + start, end - start)
            }
            end -= start
            start = 0
        } else {
            buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
    }

    private func giveBack() {
        guard !buffer.isEmpty, start == end else { return }
        var given: [UInt8] = []
        swap(&given, &buffer)
        share.reactor.returnBuffer(given)
        start = 0
        end = 0
    }

    // MARK: Refusing

    /// Answers a request that is not handed to the handler, once, and ends the connection.
    func refuse(_ error: HTTPParseError) async {
        let received = buffer.isEmpty ? [] : Array(buffer[0..<end])
        let response = Refusal.response(to: error, received: received)
        var out: [UInt8] = []
        AnswerWriter.writeHead(response, keepAlive: false, reactor: share.reactor, into: &out)
        out += response.body
        connection.setTimeout(nil)
        if await connection.sendAll(out, pace: share.limits.write) { await closeGently() }
    }

    /// Ends our direction and reads what still comes, for a moment: closing over unread bytes would reset the connection
    /// and take the answer with it.
    func closeGently() async {
        connection.endSending()
        connection.setTimeout(2000)
        var discarded = 0
        while discarded < 1 << 20 {
            start = 0
            end = 0
            guard let count = await fill(), count > 0 else { break }
            discarded += count
        }
        start = end
    }
}
