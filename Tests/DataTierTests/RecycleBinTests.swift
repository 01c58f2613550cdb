// The recycle bin: what is deleted is gone from everywhere, comes back whole, or ends for good; and everybody can see who did it.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

extension House {
    @discardableResult
    func delete(_ ticket: Int, _ reason: String = "It is spam.", as token: String, _ more: (inout DeleteTicket) -> Void = { _ in }) async throws -> BinItem {
        now = now.adding(.seconds(1))
        var asked = DeleteTicket()
        (asked.number, asked.reason) = (ticket, reason)
        more(&asked)
        return try await call(asked, as: token)
    }

    @discardableResult
    func bringBack(_ id: String, as token: String) async throws -> BinItem {
        now = now.adding(.seconds(1))
        var asked = RestoreFromBin()
        asked.id = id
        return try await call(asked, as: token)
    }

    func bin(_ token: String, _ only: BinKind? = nil) async throws -> [String] {
        var asked = ListBin()
        asked.only = only
        return try await call(asked, as: token).items.map(\.title)
    }

    func thread(_ number: Int, as token: String) async throws -> TicketThread {
        var asked = ShowTicket()
        asked.number = number
        return try await call(asked, as: token)
    }

    @discardableResult
    func say(_ body: String, on number: Int, as token: String, note: Bool = false) async throws -> Reply {
        now = now.adding(.seconds(1))
        var asked = ReplyToTicket()
        (asked.number, asked.body, asked.internal) = (number, body, note)
        return try await call(asked, as: token)
    }

    func attach(_ name: String, _ bytes: [UInt8], to number: Int, as token: String) async throws -> String {
        var begin = BeginAttachment(), append = AppendAttachment(), finish = FinishAttachment()
        (begin.number, begin.fileName) = (number, name)
        let id = try await call(begin, as: token).id
        (append.number, append.id, append.bytes) = (number, id, bytes)
        _ = try await call(append, as: token)
        (finish.number, finish.id, finish.pieces) = (number, id, 1)
        return try await call(finish, as: token).id
    }
}

struct RecycleBinTests {
    @Test func `a deleted ticket is gone from every list, count and search, and comes back with all that belonged to it`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.ticket("Quicksilver", as: admin).number, other = try await house.ticket("Another", as: admin).number
        try await house.say("Quicksilver is heavy.", on: number, as: support)
        try await house.say("A note on quicksilver.", on: number, as: support, note: true)
        let file = try await house.attach("a.txt", Array("contents".utf8), to: number, as: admin)
        var link = LinkTicket(), draft = SaveDraft(), change = ChangeTicket()
        (link.number, link.other) = (number, other)
        _ = try await house.call(link, as: support)
        (draft.number, draft.body) = (number, "Half a sentence")
        _ = try await house.call(draft, as: admin)
        (change.number, change.priority, change.tags) = (number, .high, ["metal"])
        _ = try await house.call(change, as: support)
        let before = (try await house.thread(number, as: admin), try await house.thread(number, as: support))
        let home = try await house.call(ShowHome(), as: admin)

        let item = try await house.delete(number, "Not ours.", as: support)
        #expect(item.kind == .ticket && item.key == "\(number)" && item.title == "Quicksilver" && item.customer == "clinic" && item.by == "support")
        for token in [admin, support] {
            #expect(try await house.call(ListTickets(), as: token).items.map(\.number) == [other])
            #expect(try await house.found("quicksilver", as: token) == [])
            #expect(try await house.thread(other, as: token).links.isEmpty)
        }
        #expect(try await house.call(ListTickets(), as: admin).open == 1)
        var read = ReadAttachment()
        (read.number, read.id) = (number, file)
        #expect(await failure { _ = try await house.call(read, as: admin) }?.status == 404)
        #expect(try await house.bin(support) == ["Quicksilver"])

        try await house.bringBack(item.id, as: support)
        let after = (try await house.thread(number, as: admin), try await house.thread(number, as: support))
        for (was, now) in [(before.0, after.0), (before.1, after.1)] {
            #expect(was.replies.map(\.body) == now.replies.map(\.body) && was.replies.map(\.id) == now.replies.map(\.id) && was.draft == now.draft)
            #expect(was.events.map(\.kind) == now.events.map(\.kind) && was.links.map(\.number) == now.links.map(\.number))
            #expect(was.ticket.response == now.ticket.response && was.ticket.resolution == now.ticket.resolution && was.ticket.tags == now.ticket.tags && was.ticket.priority == now.ticket.priority)
            #expect(was.attachments.map(\.sha256) == now.attachments.map(\.sha256))
        }
        #expect(String(decoding: try await house.call(read, as: admin).bytes, as: UTF8.self) == "contents")
        #expect(try await house.found("quicksilver", as: admin).count == 1)
        #expect(try await house.found("note quicksilver", as: support).count == 1)
        #expect(try await house.call(ShowHome(), as: admin).openTickets == home.openTickets)
        #expect(try await house.bin(support) == [])
        // It goes on as any other.
        try await house.say("Still here.", on: number, as: admin)
        #expect(try await house.found("still here", as: support).count == 1)
        #expect(try await house.audited(house.store.customer("clinic")!.file).filter { $0.hasSuffix("ticket/\(number)") && ($0.hasPrefix("deleted") || $0.hasPrefix("brought")) }
            == ["brought back from the recycle bin ticket/\(number)", "deleted a ticket ticket/\(number)"])
        try await house.checkIndexes()
        await house.close()
    }

    @Test func `whose ticket was deleted reads when and why, and nobody else learns that it was there`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (subject, support) = (tokens["clinic/subject"]!, tokens["staff/support"]!)
        let mine = try await house.ticket("Mine", as: subject).number, admins = try await house.ticket("Another's", as: tokens["clinic/administrator"]!).number
        try await house.delete(mine, "It came twice.", as: support)
        try await house.delete(admins, as: support)
        for (token, code) in [(subject, "deleted"), (tokens["clinic/administrator"]!, "deleted"), (support, "deleted"), (tokens["club/administrator"]!, "not-found")] {
            let told = await failure { _ = try await house.thread(mine, as: token) }
            #expect(told?.status == 404 && told?.code == code && told?.reason.contains("It came twice.") == (code == "deleted"))
            #expect(told?.reason.contains("support deleted") == (token == support), "names of staff are staff's own")
        }
        #expect(await failure { _ = try await house.thread(admins, as: subject) }?.code == "not-found")
        await house.close()
    }

    @Test func `a reason is asked for, a version is kept to, and what is merged stays until the merge is undone`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let first = try await house.ticket("One", as: admin).number, second = try await house.ticket("Two", as: admin).number
        #expect(await failure { try await house.delete(first, " ", as: support) }?.fields.map(\.field) == ["reason"])
        #expect(await failure { try await house.delete(first, as: support) { $0.version = 99 } }?.code == "changed-meanwhile")
        var merge = MergeTicket(), undo = UndoMerge()
        (merge.number, merge.into) = (first, second)
        _ = try await house.call(merge, as: support)
        for number in [first, second] { #expect(await failure { try await house.delete(number, as: support) }?.code == "merged") }
        house.now = house.now.adding(.seconds(1))
        undo.number = first
        _ = try await house.call(undo, as: support)
        let item = try await house.delete(first, as: support)
        try await house.bringBack(item.id, as: support)
        // What was merged once is still told.
        #expect(try await house.thread(first, as: support).events.map(\.kind).contains(.unmerged))
        #expect(await failure { try await house.bringBack(item.id, as: support) }?.status == 404)
        await house.close()
    }

    @Test func `rows written meanwhile under the numbers that became free are left alone`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let first = try await house.ticket("One", as: admin).number, second = try await house.ticket("Two", as: admin).number
        try await house.say("Of one", on: first, as: admin)
        _ = try await house.attach("one.txt", Array("one".utf8), to: first, as: admin)
        let item = try await house.delete(first, as: support)
        try await house.say("Of two", on: second, as: admin)
        let file = try await house.attach("two.txt", Array("two".utf8), to: second, as: admin)
        try await house.bringBack(item.id, as: support)
        #expect(try await house.thread(first, as: admin).replies.map(\.body) == ["Of one"])
        #expect(try await house.thread(second, as: admin).replies.map(\.body) == ["Of two"])
        var read = ReadAttachment()
        (read.number, read.id) = (second, file)
        #expect(try await house.call(read, as: admin).bytes == Array("two".utf8))
        (read.number, read.id) = (first, try #require(try await house.thread(first, as: admin).attachments.first).id)
        #expect(try await house.call(read, as: admin).bytes == Array("one".utf8))
        #expect(try await house.found("of one", as: support).count == 1)
        #expect(try await house.found("of two", as: support).count == 1)
        await house.close()
    }

    @Test func `the index follows a deletion it did not see, and takes nothing in twice`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.ticket("Quicksilver", as: admin).number, other = try await house.ticket("Another", as: admin).number
        try await house.say("It is heavy.", on: number, as: admin)
        // A node that dies between the two commits: the customer's database says so, the directory not yet.
        let clinic = house.store.customer("clinic")!, now = house.now
        let item = try await house.store.write(clinic.file) { database in
            let revision = try TicketRows.nextRevision(in: database)
            try TicketWords.remove(number, in: database)
            return try RecycleBin.hold(.ticket, number, .init(title: "Quicksilver", by: "support", life: .seconds(86_400)), revision: revision, now: now, in: database)
        }
        #expect(try await house.call(ListTickets(), as: support).items.count == 2)
        await house.loop.run { _ in await house.room.sweep() }
        #expect(try await house.call(ListTickets(), as: support).items.map(\.number) == [other])
        #expect(try await house.bin(support) == ["Quicksilver"])
        #expect(try await house.found("heavy", as: support) == [])
        // Deleted and brought back before the directory looked.
        try await house.bringBack(item.id, as: support)
        let again = try await house.delete(number, as: support)
        try await house.bringBack(again.id, as: support)
        let pieces = try await house.loop.run { _ in
            try await house.room.read(house.store.directory) { try $0.query("SELECT body FROM ticket_text WHERE row >= ?1 * 65536 AND row < (?1 + 1) * 65536", number) { $0.text(0) } }
        }
        #expect(pieces == ["It does not work.\nIt is heavy."])
        // The newest revision went with a ticket: the next change is followed all the same.
        try await house.delete(number, as: support)
        try await house.say("Seen?", on: other, as: admin)
        #expect(try await house.found("seen", as: support).count == 1)
        await house.close()
    }

    @Test func `after its time a thing is gone for good, from its database too, and what remains says only that it was deleted`() async throws {
        let house = try await House { $0.binLife = .seconds(10 * 86_400) }
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.ticket("Quicksilver", as: admin).number
        var watch = WatchTicket()
        watch.number = number
        _ = try await house.call(watch, as: support)
        _ = try await house.attach("a.txt", Array("quicksilver bytes".utf8), to: number, as: admin)
        let item = try await house.delete(number, as: support)
        try await house.canned("Quicksilver", "Dear {{name}}", as: support)
        var remove = RemoveCannedReply()
        remove.id = try await house.call(ListCannedReplies(), as: support).items[0].id
        _ = try await house.call(remove, as: support)
        let (nine, ten) = (house.now.adding(.seconds(9 * 86_400)), house.now.adding(.seconds(11 * 86_400)))
        try await house.loop.run { _ in try await house.room.emptyBin(now: nine) }
        #expect(try await house.bin(support).count == 2)
        try await house.loop.run { _ in try await house.room.emptyBin(now: ten) }
        #expect(try await house.bin(support).isEmpty)
        #expect(await failure { try await house.bringBack(item.id, as: support) }?.status == 404)
        #expect(await failure { _ = try await house.thread(number, as: admin) }?.code == "not-found")
        for file in [house.store.directory, house.store.customer("clinic")!.file] {
            let left = try await file.alone { database in
                (try database.int("SELECT count(*) FROM bin_value") ?? -1, try database.query("SELECT title || reason || person FROM bin_item") { $0.text(0) })
            }
            #expect(left.0 == 0 && left.1.allSatisfy(\.isEmpty))
        }
        #expect(try await house.store.directory.alone { try $0.int("SELECT count(*) FROM ticket_watcher") } == 0)
        #expect(try await house.audited(house.store.customer("clinic")!.file).first == "removed for good ticket/\(number)")
        await house.close()
    }

    @Test func `a repeat of deleting, bringing back or removing is answered as the first was`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let operations = tokens["staff/operations"]!
        var delete = DeleteTicket(), back = RestoreFromBin(), remove = RemoveFromBin()
        (delete.number, delete.reason) = (try await house.ticket("Spam", as: tokens["clinic/administrator"]!).number, "It is spam.")
        let first = try await house.reply(delete, as: operations, replay: "d-1"), again = try await house.reply(delete, as: operations, replay: "d-1")
        #expect(again.replayed && again.answer.id == first.answer.id)
        back.id = first.answer.id
        _ = try await house.reply(back, as: operations, replay: "b-1")
        #expect(try await house.reply(back, as: operations, replay: "b-1").replayed)
        #expect(await failure { _ = try await house.call(back, as: operations) }?.status == 404)
        remove.id = try await house.call(delete, as: operations).id
        _ = try await house.reply(remove, as: operations, replay: "r-1")
        #expect(try await house.reply(remove, as: operations, replay: "r-1").replayed)
        #expect(await failure { _ = try await house.call(delete, as: operations) }?.status == 404)
        await house.close()
    }

    @Test func `a ticket with more files than can be copied at once is not deleted`() async throws {
        let house = try await House { $0.binBytes = 10 }
        let tokens = try await house.everybody()
        let number = try await house.ticket("Large", as: tokens["clinic/administrator"]!).number
        _ = try await house.attach("a.txt", Array("eleven bytes".utf8), to: number, as: tokens["clinic/administrator"]!)
        #expect(await failure { try await house.delete(number, as: tokens["staff/support"]!) }?.code == "too-large")
        await house.close()
    }

    @Test func `operations staff remove for good at once, support may not`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let item = try await house.delete(try await house.ticket("Spam", as: tokens["clinic/administrator"]!).number, as: tokens["staff/support"]!)
        var remove = RemoveFromBin()
        remove.id = item.id
        #expect(await failure { _ = try await house.call(remove, as: tokens["staff/support"]!) }?.status == 403)
        _ = try await house.call(remove, as: tokens["staff/operations"]!)
        #expect(try await house.bin(tokens["staff/support"]!).isEmpty)
        #expect(await failure { _ = try await house.call(remove, as: tokens["staff/operations"]!) }?.status == 404)
        await house.close()
    }

    @Test func `a post comes back with its tags, comments and flags, and is found by its words again`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let post = try await house.post("Barometers", as: support) { $0.tags = "air" }.number
        let comment = try await house.comment(post, "Mine is brass.", as: admin, alias: "Ruth").id
        try await house.decide(comment, .show, as: support)
        var flag = FlagComment(), delete = DeletePost()
        (flag.id, flag.reason) = (comment, "Boasting.")
        _ = try await house.call(flag, as: tokens["club/administrator"]!)
        (delete.number, delete.version) = (post, 7)
        #expect(await failure { _ = try await house.call(delete, as: support) }?.code == "changed-meanwhile")
        delete.version = nil
        let item = try await house.call(delete, as: support)
        #expect(try await house.titles(of: admin) == [])
        #expect(try await house.found("barometers", as: admin) == [])
        #expect(try await house.bin(support, .post) == ["Barometers"])
        #expect(try await house.bin(support, .ticket) == [])
        let meanwhile = try await house.post("Other", as: support).number
        try await house.decide(try await house.comment(meanwhile, "Another's.", as: admin).id, .show, as: support)
        try await house.bringBack(item.id, as: support)
        let view = try await house.view(post: post, as: admin)
        #expect(view.post.tags == ["air"] && view.comments.map(\.body) == ["Mine is brass."] && view.comments.map(\.id) == [comment])
        #expect(try await house.view(post: meanwhile, as: admin).comments.map(\.body) == ["Another's."])
        #expect(try await house.found("barometers", as: admin).count == 1)
        #expect(try await house.store.directory.alone { try $0.int("SELECT count(*) FROM comment_flag f JOIN comment c ON c.row = f.comment WHERE c.post = ?", post) } == 1)
        try await house.checkIndexes()
        await house.close()
    }

    @Test func `a removed view or canned reply comes back, a personal one to its owner alone, and not where its name was taken`() async throws {
        let house = try await House { $0.cannedReplies = 2 }
        let tokens = try await house.everybody()
        let (support, operations) = (tokens["staff/support"]!, tokens["staff/operations"]!)
        let own = try await house.view("Mine", as: support) { $0.filter.tag = "urgent" }, shared = try await house.view("Ours", as: support) { $0.shared = true }
        var remove = RemoveTicketView()
        for id in [own.id, shared.id] {
            remove.id = id
            _ = try await house.call(remove, as: support)
        }
        #expect(try await house.bin(support) == ["Ours", "Mine"])
        #expect(try await house.bin(operations) == ["Ours"])
        var list = ListBin()
        list.page.limit = 1
        let first = try await house.call(list, as: support)
        list.page.after = first.next
        let second = try await house.call(list, as: support)
        #expect(first.items.map(\.title) == ["Ours"] && second.items.map(\.title) == ["Mine"] && second.next == nil && first.days == 30)
        #expect(await failure { try await house.bringBack(second.items[0].id, as: operations) }?.status == 404)
        try await house.view("mine", as: support)
        #expect(await failure { try await house.bringBack(second.items[0].id, as: support) }?.code == "name-taken")
        remove.id = try await house.call(ListTicketViews(), as: support).items[0].id
        _ = try await house.call(remove, as: support)
        try await house.bringBack(second.items[0].id, as: support)
        #expect(try await house.call(ListTicketViews(), as: support).items.map(\.filter.tag) == ["urgent"])

        let canned = try await house.canned("Greeting", "Hello {{name}}", as: support)
        var removal = RemoveCannedReply()
        removal.id = canned.id
        _ = try await house.call(removal, as: operations)
        let item = try #require(try await house.call(ListBin(), as: support).items.first { $0.kind == .cannedReply })
        #expect(item.by == "operations")
        for title in ["One", "Two"] { try await house.canned(title, "x", as: support) }
        #expect(await failure { try await house.bringBack(item.id, as: support) }?.code == "too-many")
        removal.id = try await house.call(ListCannedReplies(), as: support).items[0].id
        _ = try await house.call(removal, as: support)
        try await house.bringBack(item.id, as: support)
        #expect(try await house.call(ListCannedReplies(), as: support).items.map(\.body).contains("Hello {{name}}"))
        await house.close()
    }

    @Test func `every table that refers to a ticket or a post has its part in the plan of its kind`() async throws {
        let house = try await House()
        _ = try await house.everybody()
        for (file, plan, derived) in [(house.store.customer("clinic")!.file, RecycleBin.Plan.ticket, ["ticket_piece"]), (house.store.directory, .post, [])] {
            let planned = plan.parts.map(\.table.description)
            let referring = try await file.alone { database in
                let tables = try database.query("SELECT name FROM sqlite_schema WHERE type = 'table'") { $0.text(0) }
                return try tables.filter { table in
                    try database.query("SELECT \"table\" FROM pragma_foreign_key_list(?)", table) { $0.text(0) }.contains { planned.contains($0) }
                }
            }
            #expect(Set(referring).subtracting(derived).isSubset(of: planned) && !referring.isEmpty)
        }
        await house.close()
    }
}
