// Access log lines are JSON whatever a client puts into its path.
import Glibc
import Telemetry
import Testing
import Wire

@testable import BalancerTier

struct AccessLinesTests {
    @Test func `each exchange is one line of JSON, written by the batch`() throws {
        let path = "/tmp/fitech-access-\(getpid())-\(UInt64.random(in: 0...(.max))).log"
        defer { unlink(path) }
        let log = try #require(AccessLog(path: path))
        var lines = AccessLines(log)
        var trace = Trace(node: "web-1", attempts: 2)
        lines.add(method: .get, path: Array("/a\"b\\c\u{7f}\u{1}".utf8)[...], status: 200, bytes: 1234, microseconds: 56, client: Array("192.0.2.1".utf8), requestID: Array("abc".utf8), trace: trace)
        trace.node = nil
        trace.queued = .milliseconds(7)
        trace.connect = .microseconds(80)
        trace.response = .microseconds(900)
        trace.settle(isAnswered: false)
        lines.add(method: .other("X"), path: [], status: 0, bytes: 0, microseconds: 0, client: [], requestID: [], trace: trace)
        lines.flush()
        lines.flush()
        log.flush()
        let file = open(path, O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: 4096)
        bytes.removeLast(4096 - max(0, read(file, &bytes, 4096)))
        close(file)
        let rows = try bytes.split(separator: UInt8(ascii: "\n")).map { try JSON.parse(Array($0)) }
        #expect(rows.count == 2)
        #expect(rows[0]["path"]?.string == "/a\"b\\c??")
        #expect(rows[0]["status"]?.integer == 200)
        #expect(rows[0]["bytes"]?.integer == 1234)
        #expect(rows[0]["us"]?.integer == 56)
        #expect(rows[0]["node"]?.string == "web-1")
        #expect(rows[0]["attempts"]?.integer == 2)
        #expect(rows[0]["request_id"]?.string == "abc")
        #expect(rows[0]["time"]?.string?.utf8.count == 24)
        #expect(rows[0]["end"]?.string == "done" && rows[0]["queue_us"]?.integer == 0)
        #expect(rows[1]["node"] == nil)
        #expect(rows[1]["end"]?.string == "client-gone")
        #expect(rows[1]["queue_us"]?.integer == 7000 && rows[1]["connect_us"]?.integer == 80 && rows[1]["response_us"]?.integer == 900)
        #expect(rows[1]["method"]?.string == "X")
    }
}
