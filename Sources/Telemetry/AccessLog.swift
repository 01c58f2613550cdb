// One JSON line per request, written off the hot path.

import CLinux
import Glibc
import Wire

/// What is told of one request. Never a query, a cookie or a body: they may hold secrets.
package struct AccessEntry: Sendable {
    package var method: String
    package var path: String
    package var status: Int
    /// Bytes of the answer's body.
    package var bytes: Int
    package var microseconds: Int
    package var client: String
    package var requestID: String
    /// The node that answered; nil when the balancer did itself.
    package var node: String?
    /// How many nodes were tried.
    package var attempts: Int

    package init(
        method: String, path: String, status: Int, bytes: Int, microseconds: Int, client: String, requestID: String,
        node: String? = nil, attempts: Int = 1
    ) {
        (self.method, self.path, self.status, self.bytes) = (method, path, status, bytes)
        (self.microseconds, self.client, self.requestID) = (microseconds, client, requestID)
        (self.node, self.attempts) = (node, attempts)
    }
}

package final class AccessLog: Sendable {
    private let writer: LineWriter

    /// Appends to a file; nil when it cannot be opened. At `largest` bytes it becomes `PATH.1` and a new one is begun; `kept`
    /// older ones stay, the last is deleted.
    package init?(path: String, largest: Int = 64 << 20, kept: Int = 4) {
        guard let file = RotatedFile(path: path, largest: largest, kept: kept) else { return nil }
        writer = LineWriter(file: file, capacity: 8 << 20)
    }

    package func write(_ entry: AccessEntry) {
        var json = JSONWriter()
        json.beginObject()
        json.name("time"); json.string(Timestamp.now.iso8601)
        json.name("client"); json.string(entry.client)
        json.name("method"); json.string(entry.method)
        json.name("path"); json.string(entry.path)
        json.name("status"); json.integer(Int64(entry.status))
        json.name("bytes"); json.integer(Int64(entry.bytes))
        json.name("us"); json.integer(Int64(entry.microseconds))
        if let node = entry.node { json.name("node"); json.string(node) }
        json.name("attempts"); json.integer(Int64(entry.attempts))
        json.name("request_id"); json.string(entry.requestID)
        json.endObject()
        writer.write(json.bytes)
    }

    /// Lines made by the caller in the same form, newlines between them and none at the end: for those who log too much to
    /// hand over one by one.
    package func write(lines: [UInt8]) { writer.write(lines) }

    package func flush() { writer.flush() }
}
