// Files of tickets: in pieces, told by their content, seen by those who see the message.
import Control
import Digests
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct AttachmentTests {
    private func send(_ bytes: [UInt8], _ name: String, to number: Int, _ house: House, as token: String, reply: String? = nil) async throws -> Procedures.Attachment {
        var begin = BeginAttachment()
        (begin.number, begin.fileName, begin.reply) = (number, name, reply)
        let begun = try await house.call(begin, as: token)
        var append = AppendAttachment(), rest = bytes[...]
        (append.number, append.id) = (number, begun.id)
        while !rest.isEmpty {
            append.bytes = Array(rest.prefix(Procedures.Attachment.pieceBytes))
            _ = try await house.call(append, as: token)
            rest = rest.dropFirst(Procedures.Attachment.pieceBytes)
            append.place += 1
        }
        var finish = FinishAttachment()
        (finish.number, finish.id, finish.pieces) = (number, begun.id, append.place)
        return try await house.call(finish, as: token)
    }

    private func fetch(_ file: Procedures.Attachment, _ house: House, as token: String) async throws -> [UInt8] {
        var read = ReadAttachment(), all: [UInt8] = []
        (read.number, read.id) = (file.ticket, file.id)
        while all.count < file.bytes {
            all += try await house.call(read, as: token).bytes
            read.place += 1
        }
        return all
    }

    private func files(_ number: Int, _ house: House, as token: String) async throws -> [Procedures.Attachment] {
        var show = ShowTicket()
        show.number = number
        return try await house.call(show, as: token).attachments
    }

    @Test func `a file of several pieces comes back byte for byte, told by its content and not by its name`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let number = try await house.ticket("See the picture", as: admin).number
        let bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let file = try await send(bytes, "../scan.html", to: number, house, as: admin)
        #expect(file.type == "image/png" && file.name == "scan.html" && file.bytes == bytes.count && file.sha256 == Hex.encode(Digest.sha256(bytes)))
        #expect(try await fetch(file, house, as: tokens["staff/support"]!) == bytes)
        #expect(try await send(Array("<script>alert(1)</script>".utf8), "photo.png", to: number, house, as: admin).type == "text/plain; charset=utf-8")
        #expect(try await files(number, house, as: admin).map(\.name) == ["scan.html", "photo.png"])
        await house.close()
    }

    @Test func `what is empty, has holes or is too large is refused, and nobody sees what is not complete`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let number = try await house.ticket("Files", as: admin).number
        var begin = BeginAttachment()
        (begin.number, begin.fileName) = (number, "x")
        let begun = try await house.call(begin, as: admin)
        var finish = FinishAttachment(), append = AppendAttachment(), read = ReadAttachment()
        (finish.number, finish.id, finish.pieces) = (number, begun.id, 0)
        #expect(await failure { _ = try await house.call(finish, as: admin) }?.status == 422)
        (append.number, append.id, append.place, append.bytes) = (number, begun.id, 1, [1, 2, 3])
        _ = try await house.call(append, as: admin)
        finish.pieces = 1
        #expect(await failure { _ = try await house.call(finish, as: admin) }?.status == 422)
        (append.place, append.bytes) = (0, [1])
        _ = try await house.call(append, as: admin)
        finish.pieces = 2
        // The first piece is not whole, so the second is no continuation of it.
        #expect(await failure { _ = try await house.call(finish, as: admin) }?.status == 422)
        (read.number, read.id) = (number, begun.id)
        #expect(await failure { _ = try await house.call(read, as: admin) }?.status == 404)
        #expect(try await files(number, house, as: admin).isEmpty)
        append.bytes = [UInt8](repeating: 0, count: Procedures.Attachment.pieceBytes + 1)
        #expect(await failure { _ = try await house.call(append, as: admin) }?.status == 413)
        (append.place, append.bytes) = (40, [1])
        #expect(await failure { _ = try await house.call(append, as: admin) }?.status == 413)
        // Only who began it goes on with it.
        append.place = 0
        #expect(await failure { _ = try await house.call(append, as: tokens["clinic/operator"]!) }?.status == 404)
        // A day later it is thrown away by the next.
        house.now = house.now.adding(.seconds(86_401))
        let later = try await house.signIn("administrator@clinic.example")
        _ = try await house.call(begin, as: later)
        #expect(await failure { _ = try await house.call(append, as: later) }?.status == 404)
        await house.close()
    }

    @Test func `nobody reads, lists or removes a file of a ticket that is not theirs, nor of a note among staff`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.ticket("Private", as: admin).number
        let file = try await send(Array("private".utf8), "a.txt", to: number, house, as: admin)
        var note = ReplyToTicket()
        (note.number, note.body, note.internal) = (number, "See the file.", true)
        let reply = try await house.call(note, as: support)
        let secret = try await send(Array("secret".utf8), "b.txt", to: number, house, as: support, reply: reply.id)
        #expect(secret.internal)
        #expect(try await files(number, house, as: admin).map(\.id) == [file.id])
        #expect(try await files(number, house, as: support).map(\.id) == [file.id, secret.id])
        var read = ReadAttachment(), remove = RemoveAttachment()
        (read.number, read.id) = (number, secret.id)
        #expect(await failure { _ = try await house.call(read, as: admin) }?.status == 404)
        (remove.number, remove.id) = (number, secret.id)
        #expect(await failure { _ = try await house.call(remove, as: admin) }?.status == 404)
        (read.id, remove.id) = (file.id, file.id)
        for stranger in ["club/administrator", "clinic/subject"] {
            #expect(await failure { _ = try await house.call(read, as: tokens[stranger]!) }?.status == 404)
            #expect(await failure { _ = try await house.call(remove, as: tokens[stranger]!) }?.status == 404)
            #expect(await failure { _ = try await send([1], "x", to: number, house, as: tokens[stranger]!) }?.status == 404)
        }
        // Under another ticket's number there is no such file.
        read.number = try await house.ticket("Other", as: admin).number
        #expect(await failure { _ = try await house.call(read, as: admin) }?.status == 404)
        #expect(await failure { _ = try await send([1], "x", to: number, house, as: admin, reply: reply.id) }?.fields.first?.field == "reply")
        // Who sent it may take it away, a colleague may not, support may.
        #expect(await failure { _ = try await house.call(remove, as: tokens["clinic/operator"]!) }?.status == 403)
        _ = try await house.call(remove, as: admin)
        #expect(try await files(number, house, as: admin).isEmpty)
        let gone = try #require(house.store.customer("clinic")).file
        #expect(try await house.loop.run { _ in try await house.room.read(gone) { try $0.int("SELECT count(*) FROM attachment_piece") } } == 1)
        await house.close()
    }

    @Test func `files of a merged ticket are seen in the one that goes on`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let first = try await house.ticket("One", as: admin).number, second = try await house.ticket("Two", as: admin).number
        let file = try await send(Array("words".utf8), "a.txt", to: first, house, as: admin)
        var merge = MergeTicket()
        (merge.number, merge.into) = (first, second)
        _ = try await house.call(merge, as: tokens["staff/support"]!)
        #expect(try await files(second, house, as: admin).map(\.ticket) == [first])
        #expect(try await fetch(file, house, as: admin) == Array("words".utf8))
        #expect(await failure { _ = try await send([1], "x", to: first, house, as: admin) }?.status == 409)
        await house.close()
    }
}
