// The two codecs and the schema agree about every record, and lies in the bytes are refused.
import Control
import Procedures
import Testing
import Wire

@Suite struct CodingTests {
    static func thread() -> TicketThread {
        var thread = TicketThread()
        thread.ticket.number = -1_000_001
        thread.ticket.title = "Überprüfung \"<&>\" 😀"
        thread.ticket.opened = Timestamp(milliseconds: 1_763_824_000_123)
        thread.person.role = .superOperator
        thread.person.customer = "clinic"
        thread.replies = (0..<3).map { index in
            var reply = Reply()
            reply.id = "r\(index)"
            reply.byStaff = index == 1
            return reply
        }
        return thread
    }

    @Test func `a record survives the compact codec`() throws {
        let bytes = CompactCodec.encode(Self.thread())
        let back: TicketThread = try CompactCodec.decode(from: bytes)
        #expect(CompactCodec.encode(back) == bytes)
        #expect(back.ticket.title == Self.thread().ticket.title && back.person.role == .superOperator && back.replies.count == 3)
    }

    @Test func `a record survives JSON`() throws {
        let text = JSONCodec.encode(Self.thread())
        let back: TicketThread = try JSONCodec.decode(from: text)
        #expect(CompactCodec.encode(back) == CompactCodec.encode(Self.thread()))
    }

    @Test func `every truncation of a compact body is refused`() {
        let bytes = CompactCodec.encode(Self.thread())
        for length in 0..<bytes.count {
            #expect(throws: Failure.self) { try CompactCodec.decode(TicketThread.self, from: Array(bytes[..<length])) }
        }
    }

    @Test func `every flipped byte is either refused or read as some other record`() {
        let bytes = CompactCodec.encode(Self.thread())
        for index in bytes.indices {
            var wrong = bytes
            wrong[index] ^= 0xFF
            _ = try? CompactCodec.decode(TicketThread.self, from: wrong)
        }
    }

    @Test func `missing, unknown and wrong members are named all at once`() throws {
        let failure = #expect(throws: Failure.self) {
            try JSONCodec.decode(OpenTicket.self, from: Array(#"{"title": 5, "bodi": "x", "priority": "asap"}"#.utf8))
        }
        #expect(failure?.status == 422)
        #expect(failure?.fields.map(\.field).sorted() == ["bodi", "body", "priority", "title"])
    }

    @Test func `an optional member may be left out or null`() throws {
        let ticket: OpenTicket = try JSONCodec.decode(from: Array(#"{"title": "a", "body": "b", "priority": null}"#.utf8))
        #expect(ticket.priority == nil)
    }

    @Test func `the schema names every field and which must be there`() {
        let schema = RecordSchema.of(OpenTicket.self)
        #expect(schema["required"] == ["title", "body"])
        #expect(schema["properties"]?["priority"]?["enum"] == ["low", "normal", "high", "urgent", nil])
    }
}
