// Whole lists: every item once, of one moment, only for whoever may see the pages, with a trace in the audit.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct WholeListTests {
    /// All items of a list as `token` gets them.
    private func whole<P: ListProcedure>(_ list: P, as token: String?, in house: House) async throws -> [P.Answer.Item] {
        var request = CallRequest(procedure: P.name, certificate: .web, body: CompactCodec.encode(list))
        request.token = token
        let (asking, time) = (request, house.now)
        return try await house.loop.run { _ in
            let spool = try await house.room.gather(asking, now: time)
            var reader = ItemFrameReader<P.Answer.Item>(), items: [P.Answer.Item] = []
            while case let piece = try spool.next(1000), !piece.isEmpty { items += try reader.read(piece) }
            #expect(reader.isBetweenItems && items.count == spool.items)
            return items
        }
    }

    private func subjects(_ count: Int, in house: House, as token: String) async throws {
        let lines = (1...count).map { "S-\($0),Name \($0),\(60 + $0 % 40)" }
        var run = RunImport()
        run.bytes = Array((["reference,name,weight_kg"] + lines).joined(separator: "\n").utf8)
        #expect(try await house.call(run, as: token).refused == 0)
    }

    @Test func `a whole list has every item of its pages once and in their order`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        try await subjects(523, in: house, as: admin)
        let all = try await whole(ListSubjects(), as: admin, in: house)
        #expect(all.map(\.reference) == (1...523).map { "S-\($0)" })
        let assessments = try await whole(ListEveryAssessment(), as: admin, in: house)
        #expect(assessments.count == 523 && Set(assessments.map(\.reference)).count == 523)
        #expect(assessments.allSatisfy { $0.assessment.measures.contains { $0.code == "weight" } })
        var found = ListSubjects()
        found.search = "S-52"
        #expect(try await whole(found, as: admin, in: house).map(\.reference) == ["S-52", "S-520", "S-521", "S-522", "S-523"])
        // Where the page of the question begins and how long it is does not matter.
        found.page = Page(after: all[3].id, limit: 1)
        #expect(try await whole(found, as: admin, in: house).count == 5)
        await house.close()
    }

    @Test func `a whole list is of one moment, whatever is written while it is walked`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        for number in 1...450 { _ = try await house.ticket("Ticket \(number)", as: admin) }
        // Somebody closes tickets all the time, and the walk meets their writes between its pages.
        let writer = Task {
            var closed = 0
            for number in stride(from: 1001, to: 1451, by: 1) {
                var reply = ReplyToTicket()
                (reply.number, reply.body, reply.close) = (number, "Done.", true)
                _ = try await house.call(reply, as: admin)
                closed += 1
            }
            return closed
        }
        var moments: Set<Int> = []
        for _ in 0..<12 {
            let all = try await whole(ListTickets(), as: admin, in: house)
            #expect(all.count == 450)
            // Tickets are closed from the oldest on: at any one moment the closed ones are the oldest, without a gap.
            let closed = all.reversed().prefix { $0.state == .closed }.count
            #expect(all.filter { $0.state == .closed }.count == closed)
            moments.insert(closed)
        }
        #expect(try await writer.value == 450)
        #expect(moments.count > 1, "nothing was written while the lists were walked: the test shows nothing")
        await house.close()
    }

    @Test func `who may not see a list's pages may not have it whole`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        _ = try await house.ticket("Ours", as: tokens["clinic/administrator"]!)
        _ = try await house.ticket("The subject's own", as: tokens["clinic/subject"]!)
        #expect(await failure { _ = try await whole(ListSubjects(), as: tokens["clinic/subject"], in: house) }?.status == 403)
        #expect(await failure { _ = try await whole(ListSubjects(), as: tokens["staff/operations"], in: house) }?.status == 403)
        #expect(await failure { _ = try await whole(ListPeople(), as: tokens["clinic/operator"], in: house) }?.status == 403)
        #expect(await failure { _ = try await whole(ListTickets(), as: nil, in: house) }?.status == 401)
        #expect(try await whole(ListTickets(), as: tokens["clinic/subject"], in: house).map(\.title) == ["The subject's own"])
        #expect(try await whole(ListTickets(), as: tokens["club/administrator"], in: house).isEmpty)
        #expect(try await whole(ListTickets(), as: tokens["staff/support"], in: house).count == 2)
        #expect(try await whole(ListPeople(), as: tokens["clinic/administrator"], in: house).allSatisfy { $0.person.customer == "clinic" })
        await house.close()
    }

    @Test func `the audit of the caller's own database says who took which list`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        _ = try await whole(ListPeople(), as: tokens["clinic/administrator"], in: house)
        _ = try await whole(ListTickets(), as: tokens["staff/support"], in: house)
        let (clinic, directory) = (house.store.customer("clinic")!.file, house.store.directory)
        for (file, who, what) in [(clinic, "administrator@clinic.example", "people.list: 4 items"), (directory, "", "tickets.list: 0 items")] {
            let found = try await file.alone { try $0.query("SELECT coalesce(json_extract(detail, '$.who'), ''), json_extract(detail, '$.text') FROM audit WHERE what = 'took a whole list'") { [$0.text(0), $0.text(1)] } }
            #expect(found == [[who, what]])
        }
        await house.close()
    }

    @Test func `only so many lists are gathered at once, and nothing is left on disk`() async throws {
        let house = try await House { $0.listsAtOnce = 1 }
        let tokens = try await house.everybody()
        #expect(house.store.listsUnderWay.enter(limit: 1))
        let refused = await failure { _ = try await whole(ListTickets(), as: tokens["clinic/administrator"], in: house) }
        #expect(refused?.status == 503 && refused?.retryAfter != nil)
        house.store.listsUnderWay.leave()
        _ = try await whole(ListTickets(), as: tokens["clinic/administrator"], in: house)
        #expect(DurableFiles.hiddenNames(in: house.path).isEmpty)
        await house.close()
    }
}
