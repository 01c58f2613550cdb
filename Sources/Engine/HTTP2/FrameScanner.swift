// Finds the frames in what an HTTP/2 client sends, before anybody acts on them (RFC 9113 4.1).

/// The head of a frame, as far as counting needs it.
struct FrameHeader: Equatable {
    let length: Int
    let type: UInt8
    let flags: UInt8

    /// What such a frame costs the client of its budgets; nil when it pays by other means (streams, windows).
    var kind: FrameBudgets.Kind? {
        switch type {
        // END_STREAM of DATA and END_HEADERS of CONTINUATION end something, and so come once.
        case 0: length == 0 && flags & 1 == 0 ? .emptyFrames : nil
        case 9: length == 0 && flags & 4 == 0 ? .emptyFrames : nil
        case 1: nil
        case 2, 16: .priorities
        case 3: .resets
        case 4: .settings
        case 6: .pings
        case 8: .windowUpdates
        default: .otherFrames
        }
    }
}

/// Walks over frames that come in pieces of any size. libnghttp2 does not tell of frames it ignores, and tells of others only
/// while it is at work on them.
struct FrameScanner {
    /// Bytes to pass over: the preface (3.4), then what each frame carries.
    private var skip = 24
    private var head: [UInt8] = []

    mutating func scan(_ bytes: Span<UInt8>, found: (FrameHeader) -> Void) {
        var at = 0
        while true {
            let passed = min(skip, bytes.count - at)
            skip -= passed
            at += passed
            guard at < bytes.count else { return }
            head.append(bytes[at])
            at += 1
            guard head.count == 9 else { continue }
            skip = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            found(FrameHeader(length: skip, type: head[3], flags: head[4]))
            head.removeAll(keepingCapacity: true)
        }
    }
}
