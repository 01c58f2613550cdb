// The rules of the CSV writer: what it writes reads back, and nothing it writes runs in a spreadsheet.
import Testing
@testable import Wire

@Suite struct CSVWriterTests {
    private func text(_ rows: [[CSVCell]]) -> String {
        var writer = CSVWriter()
        for row in rows { writer.row(row) }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `commas, quotes, line breaks and outer spaces are quoted`() {
        #expect(text([[.text("a"), .text("b,c"), .text("d\"e"), .text("f\ng"), .text(" h"), .empty]]) == "a,\"b,c\",\"d\"\"e\",\"f\ng\",\" h\",\r\n")
        #expect(text([[.empty]]) == "\"\"\r\n")
    }

    @Test(arguments: ["=1+1", "+44", "-1", "@x", "\tx", "\rx", "\u{FF1D}1", "'=1"])
    func `a text that a spreadsheet would run is written as text and reads back as it was`(hostile: String) {
        let written = text([[.text("x"), .text(hostile)]])
        guard case .record(let record) = CSVReader.events(of: Array(written.utf8)).first else { Issue.record("no record"); return }
        #expect(record.fields[1] == "'" + hostile)
        #expect(CSVWriter.unguarded(record.fields[1]) == hostile)
    }

    @Test func `a mark that begins the first text is not taken for the mark of a file`() {
        let written = text([[.text("\u{FEFF}x"), .text("y")]])
        guard case .record(let record) = CSVReader.events(of: Array(written.utf8)).first else { Issue.record("no record"); return }
        #expect(record.fields == ["\u{FEFF}x", "y"])
    }

    @Test func `a negative number stays a number and an innocent apostrophe stays alone`() {
        #expect(text([[.number("-1.5"), .text("O'Hara"), .text("'tis")]]) == "-1.5,O'Hara,'tis\r\n")
        #expect(CSVWriter.unguarded("'tis") == "'tis")
    }
}
