// Changes through both databases: raised by a customer or by staff, voted on, quoted, scheduled; who sees what of it.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

extension House {
    func change(_ title: String, as token: String, submit: Bool = true, _ more: (inout RaiseChange) -> Void = { _ in }) async throws -> Change {
        var asked = RaiseChange()
        (asked.title, asked.reason, asked.submit) = (title, "It is wanted.", submit)
        more(&asked)
        return try await call(asked, as: token)
    }

    @discardableResult
    func move(_ number: Int, _ step: ChangeStep, as token: String, _ more: (inout MoveChange) -> Void = { _ in }) async throws -> Change {
        var asked = MoveChange()
        (asked.number, asked.step, asked.note) = (number, step, "because")
        more(&asked)
        return try await call(asked, as: token)
    }

    @discardableResult
    func vote(_ number: Int, _ choice: VoteChoice, as token: String) async throws -> Change {
        var asked = VoteOnChange()
        (asked.number, asked.choice, asked.comment) = (number, choice, "I say so.")
        return try await call(asked, as: token)
    }

    /// Writes what an assessment needs.
    func fill(_ number: Int, as token: String, impact: ChangeImpact = .major, likelihood: ChangeLikelihood = .possible) async throws {
        var asked = EditChange()
        (asked.number, asked.impact, asked.likelihood) = (number, impact, likelihood)
        (asked.plan, asked.backOut, asked.evidence) = ("Do it.", "Undo it.", "It went well on the copy.")
        _ = try await call(asked, as: token)
    }

    func view(_ number: Int, as token: String) async throws -> ChangeView {
        var asked = ShowChange()
        asked.number = number
        return try await call(asked, as: token)
    }

    func window(_ hours: Int, for length: Int = 1) -> (inout MoveChange) -> Void {
        let starts = now.adding(.seconds(hours * 3600))
        return { asked in (asked.starts, asked.ends) = (starts.iso8601, starts.adding(.seconds(length * 3600)).iso8601) }
    }
}

struct ChangeTests {
    @Test func `a customer's change goes from a draft through votes and a quote to its end`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support, operations) = (tokens["clinic/administrator"]!, tokens["staff/support"]!, tokens["staff/operations"]!)
        let draft = try await house.change("A domain of our own", as: tokens["clinic/operator"]!, submit: false)
        #expect(draft.state == .draft && draft.number > 100 && draft.customer == "clinic")
        // Until it is submitted it is between the customer's people.
        #expect(await failure { _ = try await house.view(draft.number, as: support) }?.status == 404)
        #expect(try await house.call(ListChanges(), as: support).items.isEmpty)
        try await house.move(draft.number, .submit, as: admin)
        #expect(try await house.call(ListChanges(), as: support).items.map(\.number) == [draft.number])

        let missing = await failure { try await house.move(draft.number, .assess, as: support) }
        #expect(missing?.fields.map(\.field) == ["impact", "plan", "back_out"])
        try await house.fill(draft.number, as: support)
        try await house.move(draft.number, .assess, as: support)
        var quote = QuoteChange()
        (quote.number, quote.amount) = (draft.number, 125_000)
        _ = try await house.call(quote, as: support)

        // Medium risk: two votes. The customer sees neither them nor that there is a vote.
        #expect(try await house.vote(draft.number, .approve, as: support).state == .assessed)
        let seen = try await house.view(draft.number, as: admin)
        #expect(seen.board == nil && !seen.events.contains { $0.note.contains("I say so") } && seen.mayAnswerQuote)
        #expect(try await house.view(draft.number, as: operations).board?.missing == 1)
        #expect(try await house.vote(draft.number, .approve, as: operations).state == .approved)

        let unpaid = await failure { try await house.move(draft.number, .schedule, as: support, house.window(24)) }
        #expect(unpaid?.fields.map(\.field) == ["quote"])
        var yes = AnswerQuote()
        (yes.number, yes.accept) = (draft.number, true)
        #expect(await failure { _ = try await house.call(yes, as: tokens["clinic/operator"]!) }?.status == 403)
        #expect(try await house.call(yes, as: admin).quote?.state == .accepted)
        try await house.move(draft.number, .schedule, as: support, house.window(24))
        #expect(await failure { try await house.move(draft.number, .implement, as: support) }?.fields.map(\.field) == ["starts"])
        house.now = house.now.adding(.seconds(24 * 3600 + 60))
        let later = try await house.signIn("support@fitech.example")
        try await house.move(draft.number, .implement, as: later)
        try await house.move(draft.number, .review, as: later)
        #expect(try await house.move(draft.number, .close, as: later).state == .closed)
        let steps = try await house.view(draft.number, as: try await house.signIn("administrator@clinic.example")).events.map(\.what)
        #expect(steps == ["raise", "submit", "edit", "assess", "quote", "approve", "accept-quote", "schedule", "implement", "review", "close"])
        let mails = try await house.call(PullEffects(), by: .management).mails
        #expect(mails.allSatisfy { $0.to == "operator@clinic.example" } && mails.contains { $0.subject.contains("scheduled") } && mails.contains { $0.body.contains("GBP 1,250.00") })
        await house.close()
    }

    @Test func `nobody votes on their own change, and votes cannot be changed in the database`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, operations) = (tokens["staff/support"]!, tokens["staff/operations"]!)
        let own = try await house.change("A new release", as: support)
        #expect(own.customer == nil)
        try await house.fill(own.number, as: support)
        try await house.move(own.number, .assess, as: support)
        #expect(await failure { try await house.vote(own.number, .approve, as: support) }?.status == 403)
        #expect(try await house.view(own.number, as: support).board?.mayVote == false)
        try await house.vote(own.number, .approve, as: operations)
        for statement in [false, true] {
            await #expect(throws: StorageError.self) {
                try await house.store.write(house.store.directory) { database in
                    _ = statement ? try database.execute("DELETE FROM change_vote") : try database.execute("UPDATE change_vote SET choice = 'reject'")
                }
            }
        }
        // Opinions may change: both votes stay in the log, the last one counts.
        try await house.vote(own.number, .reject, as: operations)
        #expect(try await house.view(own.number, as: support).board?.votes.map(\.choice) == [.approve, .reject])
        await house.close()
    }

    @Test func `one rejection ends a change of high risk, and a revision begins another round`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, operations) = (tokens["staff/support"]!, tokens["staff/operations"]!)
        let own = try await house.change("Bold", as: support)
        try await house.fill(own.number, as: support, impact: .severe, likelihood: .possible)
        try await house.move(own.number, .assess, as: support)
        #expect(try await house.vote(own.number, .reject, as: operations).state == .rejected)
        #expect(await failure { try await house.move(own.number, .schedule, as: support, house.window(3)) }?.code == "change-state")
        #expect(try await house.move(own.number, .revise, as: support).state == .draft)
        try await house.move(own.number, .submit, as: support)
        try await house.move(own.number, .assess, as: support)
        #expect(try await house.view(own.number, as: support).board?.votes.isEmpty == true)
        await house.close()
    }

    @Test func `a vote that ends without a result is extended, and a late one is refused`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let own = try await house.change("Slow", as: tokens["staff/support"]!)
        try await house.fill(own.number, as: tokens["staff/support"]!)
        try await house.move(own.number, .assess, as: tokens["staff/support"]!)
        house.now = house.now.adding(.seconds(4 * 86_400))
        let (support, operations) = (try await house.signIn("support@fitech.example"), try await house.signIn("operations@fitech.example"))
        #expect(await failure { try await house.vote(own.number, .approve, as: operations) }?.code == "vote-ended")
        let view = try await house.view(own.number, as: support)
        #expect(view.board?.outcome == .lapsed && view.steps.contains("extend"))
        try await house.move(own.number, .extend, as: support)
        try await house.vote(own.number, .approve, as: operations)
        await house.close()
    }

    @Test func `an emergency is voted on at once, but not without its plan`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, operations) = (tokens["clinic/administrator"]!, tokens["staff/operations"]!)
        let change = try await house.change("Now", as: admin) { $0.kind = .emergency }
        #expect(await failure { try await house.move(change.number, .schedule, as: operations, house.window(0)) }?.code == "change-state")
        #expect(await failure { try await house.vote(change.number, .approve, as: operations) }?.fields.map(\.field) == ["impact", "plan", "back_out"])
        try await house.fill(change.number, as: operations)
        #expect(try await house.vote(change.number, .approve, as: operations).state == .approved)
        await house.close()
    }

    @Test func `only support calls a change standard, and what was voted on is not rewritten`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        #expect(await failure { _ = try await house.change("x", as: admin) { $0.kind = .standard } }?.fields.map(\.field) == ["kind"])
        let change = try await house.change("x", as: admin)
        var edit = EditChange()
        (edit.number, edit.kind, edit.version) = (change.number, .standard, change.version)
        #expect(await failure { _ = try await house.call(edit, as: admin) }?.status == 422)
        edit.kind = nil
        edit.plan = "Mine"
        #expect(await failure { _ = try await house.call(edit, as: admin) }?.status == 403)
        #expect(try await house.call(edit, as: support).plan == "Mine")
        // The version was another person's.
        #expect(await failure { _ = try await house.call(edit, as: support) }?.code == "changed-meanwhile")
        try await house.fill(change.number, as: support)
        try await house.move(change.number, .assess, as: support)
        (edit.version, edit.plan) = (nil, "Something else")
        #expect(await failure { _ = try await house.call(edit, as: support) }?.fields.map(\.field) == ["plan"])
        await house.close()
    }

    @Test func `a change is moved and called off, and its time ends when the work is done`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, operations) = (tokens["staff/support"]!, tokens["staff/operations"]!)
        func scheduled(_ title: String) async throws -> Int {
            let own = try await house.change(title, as: support) { ($0.kind, $0.plan, $0.backOut, $0.evidence, $0.parts) = (.standard, "Do", "Undo", "Seen", "records, pages") }
            #expect(own.parts == ["pages", "records"])
            try await house.move(own.number, .schedule, as: operations, house.window(5))
            return own.number
        }
        let first = try await scheduled("Upgrade")
        try await house.move(first, .reschedule, as: operations, house.window(7))
        #expect(try await house.call(ShowChangeCalendar(), as: support).items.map(\.starts) == [house.now.adding(.seconds(7 * 3600))])
        try await house.move(first, .cancel, as: operations)
        #expect(try await house.call(ShowChangeCalendar(), as: support).items.isEmpty)
        let second = try await scheduled("Quick")
        house.now = house.now.adding(.seconds(5 * 3600 + 600))
        let done = try await house.move(second, .implement, as: try await house.signIn("operations@fitech.example"))
        #expect(done.ends == house.now && done.state == .implemented)
        await house.close()
    }

    @Test func `times without a zone are on the caller's clock, and those the clocks skip are refused`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        let own = try await house.change("Tick", as: support) { ($0.kind, $0.plan, $0.backOut, $0.evidence) = (.standard, "Do", "Undo", "Seen") }
        let skipped = await failure { try await house.move(own.number, .schedule, as: support) { ($0.starts, $0.ends) = ("2027-03-28T01:30", "2027-03-28T03:00") } }
        #expect(skipped?.fields.map(\.field) == ["starts"])
        let change = try await house.move(own.number, .schedule, as: support) { ($0.starts, $0.ends) = ("2027-07-01T02:00", "2027-07-01T03:00:00+01:00") }
        #expect(change.starts?.iso8601 == "2027-07-01T01:00:00Z" && change.ends?.iso8601 == "2027-07-01T02:00:00Z")
        await house.close()
    }

    @Test func `the calendar shows clashes, and a customer only that Fitech is at work`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, operations) = (tokens["staff/support"]!, tokens["staff/operations"]!)
        func scheduled(_ title: String, customer: String?, _ hours: Int) async throws -> Int {
            let change = try await house.change(title, as: support) { ($0.kind, $0.plan, $0.backOut, $0.evidence, $0.customer) = (.standard, "Do", "Undo", "Seen", customer) }
            try await house.move(change.number, .schedule, as: operations, house.window(hours))
            return change.number
        }
        let ours = try await scheduled("Secret project", customer: nil, 5)
        let theirs = try await scheduled("Clinic's", customer: "clinic", 5)
        let alone = try await scheduled("Club's", customer: "club", 9)
        let all = try await house.call(ShowChangeCalendar(), as: support)
        #expect(all.items.map(\.number) == [ours, theirs, alone] && all.items.map(\.clashes) == [true, true, false])
        #expect(try await house.view(ours, as: support).clashes.map(\.number) == [theirs])
        let clinic = try await house.call(ShowChangeCalendar(), as: tokens["clinic/operator"]!)
        #expect(clinic.items.map(\.number) == [nil, theirs] && clinic.items.map(\.title) == ["Planned maintenance by Fitech", "Clinic's"] && clinic.items.allSatisfy(\.clashes))
        var wrong = ShowChangeCalendar()
        wrong.month = "2026-13"
        #expect(await failure { _ = try await house.call(wrong, as: support) }?.status == 422)
        wrong.month = "2031-01"
        #expect(try await house.call(wrong, as: support).items.isEmpty)
        await house.close()
    }

    @Test func `lists are paged and filtered, and nothing of one customer is another's`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (mine, theirs, support) = (tokens["clinic/administrator"]!, tokens["club/administrator"]!, tokens["staff/support"]!)
        for i in 0..<25 { _ = try await house.change("Change \(i) 100%", as: mine, submit: i % 2 == 0) }
        var asked = ListChanges(), seen: [Int] = []
        repeat {
            let page = try await house.call(asked, as: mine)
            seen += page.items.map(\.number)
            asked.page.after = page.next
        } while asked.page.after != nil
        #expect(seen.count == 25 && seen == seen.sorted(by: >))
        asked = ListChanges()
        asked.state = .submitted
        #expect(try await house.call(asked, as: mine).items.count == 13)
        let all = try await house.call(ListChanges(), as: support)
        #expect(all.items.count == 13 && all.deciding == 13)
        (asked.state, asked.search) = (nil, "CHANGE 24 100%")
        #expect(try await house.call(asked, as: support).items.count == 1)
        (asked.search, asked.phase, asked.customer) = ("", .decide, "club")
        #expect(try await house.call(asked, as: support).items.isEmpty)

        let number = seen[0]
        #expect(try await house.call(ListChanges(), as: theirs).items.isEmpty)
        #expect(await failure { _ = try await house.view(number, as: theirs) }?.status == 404)
        #expect(await failure { try await house.move(number, .cancel, as: theirs) }?.status == 404)
        var edit = EditChange(), answer = AnswerQuote(), raise = RaiseChange()
        (edit.number, edit.plan, answer.number, answer.accept) = (number, "x", number, true)
        #expect(await failure { _ = try await house.call(edit, as: theirs) }?.status == 404)
        #expect(await failure { _ = try await house.call(answer, as: theirs) }?.status == 404)
        (raise.title, raise.customer) = ("x", "clinic")
        #expect(await failure { _ = try await house.call(raise, as: theirs) }?.fields.map(\.field) == ["customer"])
        // Fitech's own are nothing a customer can open.
        let own = try await house.change("Ours", as: support)
        #expect(await failure { _ = try await house.view(own.number, as: mine) }?.status == 404)
        await house.close()
    }

    @Test func `a repeat takes effect once, and the index catches up after a crash`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        var raise = RaiseChange()
        (raise.title, raise.reason, raise.submit) = ("Once", "It is wanted.", true)
        let first = try await house.call(raise, as: admin, replay: "k")
        let again = try await house.reply(raise, as: admin, replay: "k")
        #expect(again.replayed && again.answer.number == first.number)
        #expect(try await house.call(ListChanges(), as: admin).items.count == 1)
        // As if the node had died between the two commits.
        try await house.store.write(house.store.directory) { database in
            try database.execute("DELETE FROM change_index")
            try database.execute("UPDATE customer SET change_revision = 0")
        }
        #expect(try await house.call(ListChanges(), as: tokens["staff/support"]!).items.isEmpty)
        await house.loop.run { _ in await house.room.sweep() }
        #expect(try await house.call(ListChanges(), as: tokens["staff/support"]!).items.map(\.number) == [first.number])
        await house.close()
    }
}
