// Two connections whose bytes go to each other, once both ends speak a protocol that is none of our business.

/// Relays both ways without a task: whenever one of the two connections becomes ready, what can move is moved. Nothing is read
/// that the other side has no room for, and a buffer is held only while bytes are on their way.
final class Tunnel {
    /// Why a tunnel is over.
    enum Ending {
        /// Both sides ended their part and all of it arrived.
        case complete
        /// One side broke off.
        case broken
        /// Nothing moved for too long.
        case silence
        /// We closed it.
        case cut
    }

    /// One direction.
    private final class Way {
        let from: Connection
        let to: Connection
        @exclusivity(unchecked) var buffer: [UInt8] = []
        var start = 0
        var end = 0
        var hasEnded = false
        var bytes = 0

        init(from: Connection, to: Connection) {
            self.from = from
            self.to = to
        }
    }

    /// Moved in one direction before others on the loop get their turn.
    private static let turn = 256 << 10

    private let loop: EventLoop
    private let reactor: Reactor
    private let up: Way
    private let down: Way
    private let idle: UInt64
    private let halfClosed: UInt64
    private var ending: Ending?
    private var waiter: UnsafeContinuation<Void, Never>?

    /// Bytes that went to the customer, and from there.
    var downBytes: Int { down.bytes }
    var upBytes: Int { up.bytes }

    init(customer: Connection, node: Connection, options: TunnelOptions, loop: EventLoop) {
        self.loop = loop
        reactor = customer.reactor
        up = Way(from: customer, to: node)
        down = Way(from: node, to: customer)
        idle = options.idleTime.inMilliseconds
        halfClosed = options.halfClosedTime.inMilliseconds
    }

    /// Bytes of the new protocol that were read along with the heads: they go first.
    func preload(fromCustomer buffer: inout [UInt8], _ start: Int, _ end: Int) { Tunnel.preload(up, &buffer, start, end) }
    func preload(fromNode buffer: inout [UInt8], _ start: Int, _ end: Int) { Tunnel.preload(down, &buffer, start, end) }

    private static func preload(_ way: Way, _ buffer: inout [UInt8], _ start: Int, _ end: Int) {
        guard start < end else { return }
        swap(&way.buffer, &buffer)
        (way.start, way.end) = (start, end)
    }

    /// Relays until it is over. Both connections are the caller's to close.
    func run() async -> Ending {
        up.from.setTimeout(idle)
        up.to.setTimeout(nil)
        up.from.tunnel = self
        up.to.tunnel = self
        pump()
        if ending == nil {
            await withUnsafeContinuation { continuation in
                if ending == nil { waiter = continuation } else { continuation.resume() }
            }
        }
        return ending ?? .cut
    }

    /// Moves what can be moved now.
    func pump() {
        guard ending == nil else { return }
        let before = up.bytes + down.bytes
        let upRests = move(up), downRests = move(down)
        guard ending == nil else { return }
        if up.hasEnded, down.hasEnded, up.start == up.end, down.start == down.end { return end(.complete) }
        if up.bytes + down.bytes != before { up.from.setTimeout(up.hasEnded || down.hasEnded ? halfClosed : idle) }
        if !upRests || !downRests { loop.pumpAgain(slot: up.from.slot) }
    }

    /// True when the direction has to wait for an event; false when only its turn is over.
    private func move(_ way: Way) -> Bool {
        var moved = 0
        while moved < Tunnel.turn {
            if way.start < way.end {
                guard way.to.isWritable else { return true }
                switch way.to.send(way.buffer, from: way.start, upTo: way.end) {
                case .bytes(let count):
                    way.start += count
                    way.bytes += count
                    moved += count
                case .blocked: return true
                case .end, .failed:
                    end(.broken)
                    return true
                }
                continue
            }
            if way.hasEnded { return true }
            guard way.from.mayRead else {
                giveBack(way)
                return true
            }
            if way.buffer.isEmpty { way.buffer = reactor.borrowBuffer() }
            switch way.from.receive(into: &way.buffer, from: 0) {
            case .bytes(let count): (way.start, way.end) = (0, count)
            case .blocked:
                giveBack(way)
                return true
            case .end:
                way.hasEnded = true
                giveBack(way)
                way.to.endSending()
                up.from.setTimeout(halfClosed)
                return true
            case .failed:
                end(.broken)
                return true
            }
        }
        return false
    }

    private func giveBack(_ way: Way) {
        guard !way.buffer.isEmpty else { return }
        var given: [UInt8] = []
        swap(&given, &way.buffer)
        reactor.returnBuffer(given)
        (way.start, way.end) = (0, 0)
    }

    /// Ends it; the first reason counts.
    func end(_ why: Ending) {
        guard ending == nil else { return }
        ending = why
        up.from.tunnel = nil
        up.to.tunnel = nil
        giveBack(up)
        giveBack(down)
        waiter?.resume()
        waiter = nil
    }
}

/// How long a tunnel may be silent.
package struct TunnelOptions: Sendable {
    /// Time in which nothing moves either way, then it is closed. Default 10 minutes.
    package var idleTime: Duration = .seconds(600)
    /// The same once one side has ended its part. Default 30 s.
    package var halfClosedTime: Duration = .seconds(30)

    package init() {}
}

extension EventLoop {
    /// Goes on with a tunnel whose turn was over. Only the number crosses: whoever has the slot by then takes no harm.
    fileprivate nonisolated func pumpAgain(slot: Int) {
        Task(executorPreference: self) { await self.pump(slot) }
    }

    private func pump(_ slot: Int) {
        guard slot >= 0 else { return }
        (reactor.watcher(slot) as? Connection)?.tunnel?.pump()
    }
}
