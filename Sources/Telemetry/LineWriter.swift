// Lines to a descriptor from a thread of its own: whoever logs never waits for a disk or a terminal.

import CLinux
import Glibc
import Synchronization

/// Collects whole lines and writes them in their order. When the reader is too slow and `capacity` is reached, lines are
/// dropped and counted; the count is written as a line of its own as soon as there is room.
package final class LineWriter: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var dropped = 0
        var closed = false
    }
    /// Where lines go.
    // @unchecked Sendable: used on the writer's own thread only.
    private final class Sink: @unchecked Sendable {
        private let descriptor: CInt
        private let file: RotatedFile?

        init(descriptor: CInt, file: RotatedFile? = nil) { (self.descriptor, self.file) = (descriptor, file) }

        func prepare(for count: Int) -> CInt {
            file?.prepare(for: count)
            return file?.descriptor ?? descriptor
        }
    }
    private let state = Mutex(State())
    private let sink: Sink
    private let bell: CInt
    private let capacity: Int

    /// - Parameter capacity: bytes kept while the descriptor does not take them. Default 1 MiB.
    package convenience init(descriptor: CInt, capacity: Int = 1 << 20) {
        self.init(Sink(descriptor: descriptor), capacity: capacity)
    }

    /// To a file that is put aside at a size.
    convenience init(file: RotatedFile, capacity: Int) {
        self.init(Sink(descriptor: -1, file: file), capacity: capacity)
    }

    private init(_ sink: Sink, capacity: Int) {
        (self.sink, self.capacity) = (sink, capacity)
        bell = eventfd(0, CInt(EFD_CLOEXEC))
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self)
        pthread_create(&thread, nil, { argument in
            guard let argument else { return nil }
            Unmanaged<LineWriter>.fromOpaque(argument).takeRetainedValue().drain()
            return nil
        }, box.toOpaque())
        pthread_detach(thread)
    }

    /// Appends one line; the newline is added.
    package func write(_ line: [UInt8]) {
        let ring = state.withLock { state -> Bool in
            guard state.pending.count + line.count < capacity, !state.closed else {
                state.dropped += 1
                return false
            }
            let wasEmpty = state.pending.isEmpty
            state.pending += line
            state.pending.append(0x0A)
            return wasEmpty
        }
        if ring {
            var one: UInt64 = 1
            _ = Glibc.write(bell, &one, 8)
        }
    }

    /// How many lines were dropped and not yet told.
    package var dropped: Int { state.withLock { $0.dropped } }

    /// Waits until everything given so far is written, at most this long; for the end of a program.
    package func flush(milliseconds: Int = 1000) {
        for _ in 0..<milliseconds where state.withLock({ !$0.pending.isEmpty }) { usleep(1000) }
    }

    private func drain() {
        var count: UInt64 = 0
        while read(bell, &count, 8) == 8 || errno == EINTR {
            // Taken in one piece, but given back only when written: `flush` looks at `pending`.
            while true {
                let bytes = state.withLock { $0.pending }
                guard !bytes.isEmpty else { break }
                writeAll(bytes)
                let told = state.withLock { state -> Int in
                    state.pending.removeFirst(bytes.count)
                    defer { state.dropped = 0 }
                    return state.dropped
                }
                if told > 0 { writeAll(Array("{\"level\":\"warning\",\"message\":\"\(told) log lines were dropped: the reader is too slow\"}\n".utf8)) }
            }
        }
    }

    private func writeAll(_ bytes: [UInt8]) {
        let descriptor = sink.prepare(for: bytes.count)
        var start = 0
        while start < bytes.count {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + start, bytes.count - start) }
            if written > 0 {
                start += written
            } else if errno == EAGAIN {
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&wait, 1, 1000)
            } else if errno != EINTR {
                return  // Nobody can read it any more; there is nowhere to tell it.
            }
        }
    }
}
