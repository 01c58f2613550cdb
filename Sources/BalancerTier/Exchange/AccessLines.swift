// Access log lines made of bytes and handed over in batches, so that logging a request costs no String, lock or wake-up.
import CLinux
import Telemetry
import Wire

/// What is told of one exchange besides its request and answer.
struct Trace {
    /// The node that answered; nil when the balancer did itself.
    var node: String?
    /// How many nodes were tried.
    var attempts = 0
    /// A kept connection was lost under it once.
    var hasLost = false
    /// Waited for room at the nodes.
    var queued = Duration.zero
    /// To open a connection to the node that answered; zero: one was kept open.
    var connect = Duration.zero
    /// From the end of the request to the head of that node's answer.
    var response = Duration.zero
    var end = End.done

    /// How it ended, in a word.
    enum End: String {
        case done
        /// The balancer answered itself.
        case refused = "balancer"
        /// The client did not take the answer to its end.
        case clientGone = "client-gone"
        /// The node broke off in the middle of its answer.
        case nodeCut = "node-cut"
        /// It became a tunnel, which is over.
        case tunnel
    }

    /// Finds the word where nothing has said it.
    mutating func settle(isAnswered: Bool) {
        guard end == .done else { return }
        if !isAnswered { end = .clientGone } else if node == nil { end = .refused }
    }
}

/// One loop's lines, JSON as `AccessLog` writes it. Never a query, a cookie or a body: they may hold secrets.
struct AccessLines {
    /// Handed over when this many bytes are together, or by `flush`.
    static let batch = 32 << 10

    private let log: AccessLog
    private var pending: [UInt8] = []
    /// `2026-11-22T16:00:00.` of the current second.
    private var second: [UInt8] = []
    private var secondNumber: Int64 = -1

    init(_ log: AccessLog) { self.log = log }

    mutating func add(
        method: HTTPMethod, path: ArraySlice<UInt8>, status: Int, bytes: Int, microseconds: Int, client: [UInt8], requestID: [UInt8],
        trace: Trace
    ) {
        if !pending.isEmpty { pending.append(UInt8(ascii: "\n")) }
        text("{\"time\":\"")
        time()
        text("\",\"client\":\"")
        pending += client
        text("\",\"method\":\"")
        pending += method.name.utf8
        text("\",\"path\":\"")
        for byte in path { escaped(byte) }
        text("\",\"status\":")
        number(status)
        text(",\"bytes\":")
        number(bytes)
        text(",\"us\":")
        number(microseconds)
        text(",\"queue_us\":")
        number(Self.microseconds(trace.queued))
        text(",\"connect_us\":")
        number(Self.microseconds(trace.connect))
        text(",\"response_us\":")
        number(Self.microseconds(trace.response))
        text(",\"end\":\"")
        pending += trace.end.rawValue.utf8
        text("\"")
        if let node = trace.node {
            text(",\"node\":\"")
            pending += node.utf8
            text("\"")
        }
        text(",\"attempts\":")
        number(trace.attempts)
        text(",\"request_id\":\"")
        pending += requestID
        text("\"}")
        if pending.count >= AccessLines.batch { flush() }
    }

    mutating func flush() {
        guard !pending.isEmpty else { return }
        log.write(lines: pending)
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func text(_ text: StaticString) {
        pending.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    static func microseconds(_ duration: Duration) -> Int {
        let parts = duration.components
        return Int(parts.seconds) * 1_000_000 + Int(parts.attoseconds / 1_000_000_000_000)
    }

    private mutating func escaped(_ byte: UInt8) {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { pending.append(UInt8(ascii: "\\")) }
        pending.append(byte < 32 || byte > 126 ? UInt8(ascii: "?") : byte)
    }

    private mutating func number(_ value: Int) {
        if value >= 10 { number(value / 10) }
        pending.append(UInt8(ascii: "0") + UInt8(max(0, value) % 10))
    }

    private mutating func time() {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        if Int64(now.tv_sec) != secondNumber {
            secondNumber = Int64(now.tv_sec)
            second = Array(Timestamp(milliseconds: secondNumber * 1000).iso8601.utf8.prefix(19))
            second.append(UInt8(ascii: "."))
        }
        pending += second
        let milliseconds = Int(now.tv_nsec / 1_000_000)
        for power in [100, 10, 1] { pending.append(UInt8(ascii: "0") + UInt8(milliseconds / power % 10)) }
        pending.append(UInt8(ascii: "Z"))
    }
}
