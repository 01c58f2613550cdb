// The rules of the CSV reader: what is a record, what is a fault, and that neither depends on how the bytes arrive.
import Testing
@testable import Wire

@Suite struct CSVReaderTests {
    /// Reads the text whole, byte by byte and split at each index: the events must be the same.
    private func events(_ text: [UInt8], limits: CSVLimits = CSVLimits(), _ location: SourceLocation = #_sourceLocation) -> [CSVEvent] {
        let whole = CSVReader.events(of: text, limits: limits)
        var reader = CSVReader(limits: limits), drip: [CSVEvent] = []
        for byte in text { drip += reader.read([byte]) }
        drip += reader.finish()
        #expect(drip == whole, "byte by byte", sourceLocation: location)
        for cut in 0...text.count {
            var reader = CSVReader(limits: limits)
            let parts = reader.read(text[..<cut]) + reader.read(text[cut...]) + reader.finish()
            #expect(parts == whole, "split at \(cut)", sourceLocation: location)
        }
        return whole
    }
    private func events(_ text: String) -> [CSVEvent] { events(Array(text.utf8)) }
    private func record(_ line: Int, _ fields: String...) -> CSVEvent { .record(CSVRecord(line: line, fields: fields)) }
    private func faults(_ events: [CSVEvent]) -> [String] {
        events.compactMap { if case .problem(let p) = $0 { "\(p.line):\(p.column) \(p.fault.rawValue)" } else { nil } }
    }

    @Test func `records end with CRLF or LF and the last may end with nothing (RFC 4180 2.1, 2.2)`() {
        #expect(events("a,b\r\n1,2\r\n") == [record(1, "a", "b"), record(2, "1", "2")])
        #expect(events("a,b\n1,2") == [record(1, "a", "b"), record(2, "1", "2")])
        #expect(events("a,b\r\n1,2\n3,4") == [record(1, "a", "b"), record(2, "1", "2"), record(3, "3", "4")])
    }

    @Test func `spaces are part of a field (RFC 4180 2.4)`() {
        #expect(events(" a ,b\n") == [record(1, " a ", "b")])
    }

    @Test func `a quoted field may hold commas, line breaks and doubled quotes (RFC 4180 2.5 to 2.7)`() {
        #expect(events("a,b\n\"x, y\",\"l1\r\nl2 \"\"q\"\"\"\n1,2\n") == [record(1, "a", "b"), record(2, "x, y", "l1\r\nl2 \"q\""), record(4, "1", "2")])
    }

    @Test func `empty fields are fields`() {
        #expect(events("a,,c\n,,\n\"\",x,\n") == [record(1, "a", "", "c"), record(2, "", "", ""), record(3, "", "x", "")])
        #expect(events("a\n\"\"\n") == [record(1, "a"), record(2, "")])
    }

    @Test func `an empty line is told and is no record`() {
        #expect(events("a\n\n1\n\r\n") == [record(1, "a"), .empty(line: 2), record(3, "1"), .empty(line: 4)])
        #expect(events("") == [])
        #expect(events("\n") == [.empty(line: 1)])
    }

    @Test func `a byte order mark is taken away, and only at the start`() {
        #expect(events([0xEF, 0xBB, 0xBF] + Array("a,b\n".utf8)) == [record(1, "a", "b")])
        #expect(events([0xEF, 0xBB, 0xBF]) == [])
        #expect(events("a\n\u{FEFF}1\n") == [record(1, "a"), record(2, "\u{FEFF}1")])
        #expect(faults(events([0xEF, 0xBB])) == ["1:1 not-utf-8"])
    }

    @Test func `UTF-16 is named as such`() {
        #expect(faults(events([0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00])) == ["1:1 utf-16"])
        #expect(faults(events([0xFE, 0xFF, 0x00, 0x61])) == ["1:1 utf-16"])
        #expect(faults(events([0xFF, 0x61, 0x0A])) == ["1:1 not-utf-8"])
    }

    @Test func `a quote in an unquoted field spoils its line and no other`() {
        let all = events("a,b\n5\" pipe,x\n1,2\n")
        #expect(faults(all) == ["2:1 stray-quote"])
        #expect(all.last == record(3, "1", "2"))
    }

    @Test func `text after a closing quote spoils its line and no other`() {
        let all = events("a,b\n1,\"x\"y\n1,2\n")
        #expect(faults(all) == ["2:2 text-after-quote"])
        #expect(all.last == record(3, "1", "2"))
    }

    @Test func `a quote that never closes is named by the line it opened on and by the lines it swallowed`() {
        let all = events("a,b\n1,2\n3,\"x\n4,5\n6,7")
        #expect(faults(all) == ["3:2 unterminated-quote"])
        guard case .problem(let problem) = all.last else { return }
        #expect(problem.reason == "the quote opened on line 3 is never closed; lines 3 to 5 could not be read")
        #expect(problem.hint.contains("close the quote"))
    }

    @Test func `a NUL and bytes that are not UTF-8 are refused by line`() {
        #expect(faults(events(Array("a,b\n1,\0\n2,3\n".utf8))) == ["2:2 nul"])
        #expect(faults(events(Array("a,b\n1,".utf8) + [0xE9] + Array("\n2,3\n".utf8))) == ["2:2 not-utf-8"])
        #expect(faults(events(Array("a\n".utf8) + [0xC0, 0x80, 0x0A, 0xED, 0xA0, 0x80, 0x0A])) == ["2:1 not-utf-8", "3:1 not-utf-8"])
    }

    @Test func `a carriage return alone does not end a line`() {
        #expect(faults(events("a,b\r1,2\r3,4\n")) == ["1:2 bare-carriage-return"])
        #expect(faults(events("a,b\n1,2\r")) == ["2:2 bare-carriage-return"])
    }

    @Test func `a line with fewer or more fields than the first is ragged, with the remedy`() {
        let all = events("a,b\n1\n1,2,3\n1,2\n")
        #expect(faults(all) == ["2:2 ragged", "3:3 ragged"])
        #expect(all.last == record(4, "1", "2"))
    }

    @Test func `a record over the limit is refused and the next is read`() {
        var limits = CSVLimits()
        limits.recordBytes = 8
        limits.fields = 3
        let all = events(Array("a,b\n123456789,1\n1,2\n".utf8), limits: limits)
        #expect(faults(all) == ["2:1 too-long"])
        #expect(all.last == record(3, "1", "2"))
        #expect(faults(events(Array("1,2,3,4\n".utf8), limits: limits)) == ["1:4 too-many-fields"])
    }

    @Test func `every line of a hostile text ends in one event`() {
        // A fixed little generator: the same texts on every run.
        var seed: UInt64 = 0x9E37_79B9_7F4A_7C15
        let alphabet: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D, 0x00, 0x61, 0xC3, 0xA9, 0xFF, 0x31]
        for _ in 0..<400 {
            var text: [UInt8] = []
            for _ in 0..<24 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int((seed >> 33) % UInt64(alphabet.count))])
            }
            let lines = events(text).map { event in
                switch event {
                case .record(let r): r.line
                case .empty(let line): line
                case .problem(let p): p.line
                }
            }
            #expect(lines == lines.sorted())
            #expect(lines.first == 1)
        }
    }
}
