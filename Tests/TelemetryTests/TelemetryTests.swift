// Metrics as Prometheus reads them; lines that are never written by whoever logs.
import CLinux
import Glibc
import Telemetry
import Testing

@Suite struct TelemetryTests {
    @Test func `a histogram's buckets are cumulative and end in +Inf (Prometheus text 0.0.4)`() {
        let histogram = Metrics.histogram(.procedureSeconds, [("name", "a\"b")])
        for microseconds in [50, 90, 300, 20_000_000] { histogram.record(microseconds: microseconds) }
        let text = String(decoding: Metrics.prometheus(), as: UTF8.self)
        #expect(text.contains("fitech_procedure_duration_seconds_bucket{name=\"a\\\"b\",le=\"0.0001\"} 2\n"))
        #expect(text.contains("le=\"+Inf\"} 4\n"))
        #expect(text.contains("fitech_procedure_duration_seconds_count{name=\"a\\\"b\"} 4\n"))
    }

    @Test func `the same name and labels are the same counter`() {
        Metrics.counter(.probes, [("node", "x")]).add(2)
        Metrics.counter(.probes, [("node", "x")]).add()
        #expect(Metrics.counter(.probes, [("node", "x")]).current == 3)
    }

    @Test func `lines arrive whole and in order`() {
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        let writer = LineWriter(descriptor: ends[1])
        let lines = (0..<2000).map { "line \($0)" }
        for line in lines { writer.write(Array(line.utf8)) }
        var text: [UInt8] = [], chunk = [UInt8](repeating: 0, count: 4096)
        while text.count(where: { $0 == 0x0A }) < lines.count {
            let count = read(ends[0], &chunk, chunk.count)
            text += chunk[..<count]
        }
        #expect(String(decoding: text, as: UTF8.self) == lines.joined(separator: "\n") + "\n")
    }

    @Test func `a reader that never reads makes nobody wait; what is dropped is counted`() {
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        let writer = LineWriter(descriptor: ends[1], capacity: 1000)
        for _ in 0..<10_000 { writer.write(Array("0123456789".utf8)) }
        #expect(writer.dropped > 0)
    }
}
