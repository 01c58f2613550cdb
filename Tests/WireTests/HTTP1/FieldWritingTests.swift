// Fields written as pieces of the buffer are the bytes of the fields written one by one.
import Testing
import Wire

struct FieldWritingTests {
    private func oneByOne(_ fields: HTTPFields) -> [UInt8] {
        var out: [UInt8] = []
        for field in fields { out += Array("\(field.name): \(field.value)\r\n".utf8) }
        return out
    }

    private func written(_ fields: HTTPFields) -> [UInt8] {
        var out: [UInt8] = []
        fields.write(into: &out)
        return out
    }

    @Test func `fields parsed, removed and added are written in order, whatever lies between them in the buffer`() throws {
        var random = SystemRandomNumberGenerator()
        let lines = ["A: 1", "B:2", "Cc:  3 ", "D:", "E: ", "Host: x", "F: a b", "Gg-h:\tq\t"]
        for _ in 0..<500 {
            let chosen = (0..<Int.random(in: 0...6, using: &random)).map { _ in lines.filter { $0 != "Host: x" }.randomElement(using: &random) ?? "A: 1" }
            let text = "GET / HTTP/1.1\r\nHost: x\r\n" + chosen.map { $0 + "\r\n" }.joined() + "\r\n"
            var head = RequestHead()
            let bytes = Array(text.utf8)
            _ = try #require(try RequestParser.parse(bytes.span, into: &head))
            var fields = head.fields
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0: fields.add("X-Added", "v\r\nw")
                case 1: fields.addParsed(name: Array("Y".utf8)[...], value: [])
                case 2: fields.addParsed(name: Array("Z".utf8)[...]) { $0 += Array("made".utf8) }
                default: if !fields.slices.isEmpty { fields.slices.remove(at: Int.random(in: 0..<fields.count, using: &random)) }
                }
            }
            #expect(written(fields) == oneByOne(fields))
        }
    }

    @Test func `what speaks of framing is left out, everything else stays in order`() {
        let fields = HTTPFields([("A", "1"), ("Connection", "x"), ("B", "2"), ("content-length", "3"), ("Transfer-Encoding", "chunked"), ("Keep-Alive", "1"), ("C", "4")])
        var out: [UInt8] = []
        fields.writeWithoutFraming(into: &out)
        #expect(String(decoding: out, as: UTF8.self) == "A: 1\r\nB: 2\r\nC: 4\r\n")
    }
}
