// One connection of a client's pool: its socket, its input and whether it may be used again.
import CLinux
import Glibc
import Wire

/// The idle connections to one endpoint; the last one used is used first.
package final class IdleLot {
    let endpoint: Endpoint
    var connections: [ClientConnection] = []
    /// False once the client let go of it: what comes back is closed.
    package private(set) var isOpen = true

    init(_ endpoint: Endpoint) { self.endpoint = endpoint }

    func closeAll() {
        isOpen = false
        let all = connections
        connections = []
        for connection in all {
            connection.wakeUp()
            connection.close()
        }
    }
}

final class ClientConnection {
    let connection: Connection
    let lot: IdleLot
    var endpoint: Endpoint { lot.endpoint }
    let reactor: Reactor
    /// What was read and not used yet is `buffer[start..<end]`.
    // @exclusivity(unchecked): as in ServerConnection.
    @exclusivity(unchecked) var buffer: [UInt8] = []
    var start = 0
    var end = 0
    /// Exchanges it has served; 0 means it is fresh.
    var served = 0
    private(set) var isIdle = false

    init(_ connection: Connection, lot: IdleLot) {
        self.connection = connection
        self.lot = lot
        reactor = connection.reactor
    }

    /// Rests until it is used again. Any event meanwhile, even data, means it never will be.
    func rest(for milliseconds: UInt64) {
        giveBack()
        isIdle = true
        connection.client = self
        connection.setTimeout(milliseconds)
    }

    func wakeUp() {
        isIdle = false
        connection.client = nil
        connection.setTimeout(nil)
    }

    /// Something happened while it rested: the peer closed, spoke out of turn, or the idle time is over.
    func disturbed() {
        guard isIdle else { return }
        isIdle = false
        lot.connections.removeAll { $0 === self }
        close()
    }

    func close() {
        connection.client = nil
        giveBack()
        connection.close()
    }

    /// Reads more. Bytes read, 0 at the end of the stream, nil when broken or late.
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
    func fillAtOnce() -> Transfer {
        if start == end {
            start = 0
            end = 0
        }
        guard connection.mayRead else { return .blocked }
        makeRoom()
        let transfer = connection.receive(into: &buffer, from: end)
        if case .bytes(let count) = transfer { end += count }
        return transfer
    }

    private func makeRoom() {
        if buffer.isEmpty {
            buffer = reactor.borrowBuffer()
        } else if end == buffer.count {
            if start > 0 {
                let held = Array(buffer[start..<end])
                buffer.replaceSubrange(0..<held.count, with: held)
                start = 0
                end = held.count
            } else {
                buffer.append(contentsOf: repeatElement(0, count: buffer.count))
            }
        }
    }

    func giveBack() {
        guard !buffer.isEmpty else { return }
        var given: [UInt8] = []
        swap(&given, &buffer)
        reactor.returnBuffer(given)
        start = 0
        end = 0
    }
}
