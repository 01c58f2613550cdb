// Tickets through both databases: the customer's own and the index staff read.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

extension House {
    /// Tickets of the clinic from 5001 on, without a history, that the directory's index does not know.
    func oldTickets(_ count: Int) async throws {
        try await store.write(store.customer("clinic")!.file) { database in
            for number in 1...count {
                _ = try database.execute("""
                    INSERT INTO ticket (number, title, title_key, body, state, priority, person, opened_by, opened, updated, revision)
                    VALUES (?, 'Old', 'old', '', 'open', 'normal', 'x', 'x', 1, 1, ?)
                    """, 5000 + number, number)
            }
        }
    }

    /// How many of the clinic's tickets the directory's index knows.
    func indexed() async throws -> Int {
        try await loop.run { _ in try await self.room.read(self.store.directory) { try $0.int("SELECT count(*) FROM ticket WHERE customer = 'clinic'") ?? 0 } }
    }
}

struct TicketTests {
    @Test func `a ticket is opened, answered by staff, answered back and closed`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let ticket = try await house.ticket("Printer on fire", as: admin)
        #expect(ticket.state == .open && ticket.customerDisplayName == "Clinic" && ticket.number > 1000)
        let seen = try await house.call(ListTickets(), as: support)
        #expect(seen.items.map(\.number) == [ticket.number] && seen.items.first?.customer == "clinic" && seen.open == 1)
        var reply = ReplyToTicket()
        reply.number = ticket.number
        reply.body = "Use water."
        #expect(try await house.call(reply, as: support).byStaff)
        var show = ShowTicket()
        show.number = ticket.number
        var thread = try await house.call(show, as: admin)
        #expect(thread.ticket.state == .answered && thread.replies.count == 1)
        #expect(try await house.call(PullEffects(), by: .management).mails.map(\.to) == ["administrator@clinic.example"])
        reply.body = "It worked."
        reply.close = true
        _ = try await house.call(reply, as: admin)
        thread = try await house.call(show, as: support)
        #expect(thread.ticket.state == .closed && thread.ticket.replies == 2)
        var newest = ListTickets()
        newest.order = .newest
        let list = try await house.call(newest, as: support)
        #expect(list.open == 0 && list.closed == 1 && list.items.first?.state == .closed)
        await house.close()
    }

    @Test func `a list is paged by number and filtered by state and words`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        for i in 0..<45 { _ = try await house.ticket("Ticket number \(i) 100%", as: admin) }
        var asked = ListTickets()
        var seen: [Int] = []
        repeat {
            let page = try await house.call(asked, as: admin)
            seen += page.items.map(\.number)
            asked.page.after = page.next
        } while asked.page.after != nil
        #expect(seen.count == 45 && seen == seen.sorted(by: >))
        asked = ListTickets()
        asked.search = "NUMBER 7 100%"
        #expect(try await house.call(asked, as: admin).items.count == 1)
        #expect(try await house.call(asked, as: tokens["staff/support"]!).items.count == 1)
        asked.search = "100_"
        #expect(try await house.call(asked, as: admin).items.isEmpty)
        asked = ListTickets()
        asked.state = .closed
        #expect(try await house.call(asked, as: admin).items.isEmpty)
        asked = ListTickets()
        asked.page.after = "rubbish"
        #expect(await failure { _ = try await house.call(asked, as: admin) }?.status == 422)
        await house.close()
    }

    @Test func `a repeat with the same replay id takes effect once`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let first = try await house.ticket("Once", as: admin, replay: "k1")
        var asked = OpenTicket()
        asked.title = "Once"
        asked.body = "It does not work."
        let again = try await house.reply(asked, as: admin, replay: "k1")
        #expect(again.replayed && again.answer.number == first.number)
        #expect(try await house.call(ListTickets(), as: admin).items.count == 1)
        asked.title = "Something else"
        #expect(await failure { _ = try await house.call(asked, as: admin, replay: "k1") }?.code == "replay-mismatch")
        // The same id by somebody else is another request.
        _ = try await house.ticket("Once", as: tokens["clinic/operator"]!, replay: "k1")
        // Kept for a day, then forgotten.
        house.now = house.now.adding(.seconds(86_400 + 60))
        let later = try await house.signIn("administrator@clinic.example")
        _ = try await house.ticket("Once", as: later, replay: "k2")
        let fresh = try await house.ticket("Once", as: later, replay: "k1")
        #expect(fresh.number != first.number)
        await house.close()
    }

    @Test func `a person of the role subject sees own tickets only`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let foreign = try await house.ticket("The administrator's", as: tokens["clinic/administrator"]!)
        let own = try await house.ticket("The subject's", as: tokens["clinic/subject"]!)
        let list = try await house.call(ListTickets(), as: tokens["clinic/subject"]!)
        #expect(list.items.map(\.number) == [own.number] && list.open == 1)
        var show = ShowTicket()
        show.number = foreign.number
        #expect(await failure { _ = try await house.call(show, as: tokens["clinic/subject"]!) }?.status == 404)
        await house.close()
    }

    @Test func `the index catches up with tickets it missed in a crash`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        _ = try await house.ticket("Seen", as: tokens["clinic/administrator"]!)
        let entry = try #require(house.store.customer("clinic"))
        // As if the node had died between the two commits.
        try await house.store.write(entry.file) { database in
            _ = try database.execute("""
                INSERT INTO ticket (number, title, title_key, body, state, priority, person, opened_by, opened, updated, revision)
                VALUES (5000, 'Missed', 'missed', '', 'open', 'normal', 'x', 'x', 1, 1, 99)
                """)
        }
        await house.loop.run { _ in await house.room.sweep() }
        var newest = ListTickets()
        newest.order = .newest
        #expect(try await house.call(newest, as: tokens["staff/support"]!).items.map(\.title) == ["Missed", "Seen"])
        await house.close()
    }

    @Test func `who writes a ticket does not wait for thousands the index lacks, and all of them come into it`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        // As after an upgrade or a new plan of support: every ticket has changed.
        try await house.oldTickets(1500)
        let new = try await house.ticket("New", as: tokens["clinic/administrator"]!)
        let prompt = try await house.indexed()
        #expect(prompt > 0 && prompt < 1000 && house.store.behind.all == ["clinic"])
        try await house.reply(new.number, "More.", as: tokens["clinic/administrator"]!)
        #expect(try await house.indexed() == prompt)
        // Staff who follow a link to it need no index.
        var show = ShowTicket()
        show.number = new.number
        #expect(try await house.call(show, as: tokens["staff/support"]!).ticket.title == "New")
        await house.loop.run { loop in
            let until = ContinuousClock.now + .seconds(60)
            await house.room.watchBacklogs(loop) { !house.store.behind.contains("clinic") || ContinuousClock.now > until }
        }
        #expect(try await house.indexed() == 1501 && house.store.behind.all.isEmpty)
        // Now as ever: what is written is in the list when it is answered.
        _ = try await house.ticket("Last", as: tokens["clinic/administrator"]!)
        #expect(try await house.indexed() == 1502)
        await house.close()
    }

    @Test func `who opens a ticket while all of a customer's are taken over after a start does not wait for it`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        try await house.oldTickets(6000)
        async let sweeping: Void = house.loop.run { _ in await house.room.sweep() }
        let until = ContinuousClock.now + .seconds(60)
        while try await house.indexed() == 0, ContinuousClock.now < until { await Task.yield() }
        _ = try await house.ticket("New", as: tokens["clinic/administrator"]!)
        #expect(try await house.indexed() < 6001)
        await sweeping
        #expect(try await house.indexed() == 6001 && house.store.behind.all.isEmpty && house.store.following.all.isEmpty)
        await house.close()
    }

    @Test func `a reply to a ticket without a history on record reaches the list of staff`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        try await house.oldTickets(1)
        for replies in 1...2 {
            try await house.reply(5001, "Still there?", as: tokens["clinic/administrator"]!)
            var list = ListTickets()
            list.order = .newest
            let listed = try await house.call(list, as: tokens["staff/support"]!).items
            #expect(listed.first { $0.number == 5001 }?.replies == replies)
        }
        await house.close()
    }
}
