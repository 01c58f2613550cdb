// The log of a process: swift-log's face, one JSON object a line on standard error.

import Logging
import Synchronization
import Wire

package enum Log {
    private static let output = Mutex<LineWriter?>(nil)

    /// Makes every `Logger` of this process write JSON lines to standard error. Call once, first.
    package static func bootstrap(level: Logger.Level = .info) {
        let writer = LineWriter(descriptor: 2)
        output.withLock { $0 = writer }
        LoggingSystem.bootstrap { label in JSONLineHandler(label: label, logLevel: level, writer: writer) }
    }

    /// Waits until the lines given so far are out; for the end of a program.
    package static func flush() { output.withLock { $0 }?.flush() }
}

/// One record, one line: time, level, where from, message, then the metadata as members.
struct JSONLineHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    let writer: LineWriter
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var json = JSONWriter()
        json.beginObject()
        json.name("time")
        json.string(Timestamp.now.iso8601)
        json.name("level")
        json.string(event.level.rawValue)
        json.name("node")
        json.string(label)
        json.name("message")
        json.string(event.message.description)
        var all = metadata
        if let own = event.metadata { all.merge(own) { $1 } }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) where name != "node" {
            json.name(name)
            json.string(value.description)
        }
        json.endObject()
        writer.write(json.bytes)
    }
}
