// The audit log: only ever added to, chained, verified, filtered, seen by who may.
import Control
import Digests
import Procedures
import Storage
import Testing
import Wire
@testable import DataTier

struct AuditTests {
    /// Ann's clinic with a few things done in it.
    private func clinic() async throws -> (house: House, ann: String) {
        let house = try await House()
        try await house.customer("clinic")
        try await house.person("ann@clinic.example", .administrator, of: "clinic")
        let ann = try await house.signIn("ann@clinic.example")
        for number in 1...3 { _ = try await house.ticket("Ticket \(number)", as: ann) }
        return (house, ann)
    }

    private func verify(_ house: House, _ log: String) async throws -> VerifyAudit.Log {
        var asked = VerifyAudit()
        asked.log = log
        return try #require(try await house.call(asked, by: .operations).items.first)
    }

    private func subject(_ reference: String, named name: String, in house: House, as token: String) async throws -> Subject {
        var add = AddSubject()
        add.reference = reference
        add.name = name
        return try await house.call(add, as: token)
    }

    @Test func `the canonical form of an entry is fixed: the hashes of a known chain never change`() {
        let digest = AuditChain.digest(salt: [UInt8](repeating: 7, count: 16), detail: #"{"who":"ann@clinic.example"}"#)
        let first = AuditLink(row: 1, at: 1_795_000_000_000, actor: "person/abc", what: "signed in", object: "person/abc", request: "r1", digest: digest)
        let second = AuditLink(row: 2, at: 1_795_000_000_001, actor: "nobody", what: "é", object: "", request: nil, digest: digest)
        let one = AuditChain.hash(after: AuditChain.start, first), two = AuditChain.hash(after: one, second)
        // Made with Python's hashlib and struct from nothing but the words above `AuditChain.hash`.
        #expect(Hex.encode(one) == "5eb9312becc27ba4428b0b43aede4d7d568d74ff9d9306d5f1ea9c3add326991")
        #expect(Hex.encode(two) == "587d3e8e6076c7d9b40d15daa546c2d3d23e2c4b8c0dd8a8370f7a7b2e7e4947")
    }

    @Test func `entries follow each other without a gap, each with who, what, of which and by which request`() async throws {
        let (house, ann) = try await clinic()
        let subject = try await subject("S-1", named: "Sam", in: house, as: ann)
        var update = UpdateSubject()
        update.id = subject.id
        update.reference = "S-1"
        update.name = "Samuel"
        _ = try await house.call(update, as: ann)
        let items = try await house.call(ListAudit(), as: ann).items
        #expect(items.map(\.row) == Array((1...items.count).reversed()))
        let last = try #require(items.first)
        #expect(last.what == "changed a subject" && last.who == "ann@clinic.example" && last.object == "subject/\(subject.id)")
        #expect(last.changes.map(\.field) == ["name"] && last.changes.first?.before == "Sam" && last.changes.first?.after == "Samuel")
        #expect(last.actor.hasPrefix("person/") && last.hash.count == 64)
        let whole = try await verify(house, "clinic")
        #expect(whole.broken == nil && whole.entries == items.count && whole.head == last.hash)
        await house.close()
    }

    @Test(arguments: [
        "UPDATE audit SET what = 'nothing' WHERE row = 2", "UPDATE audit SET detail = NULL WHERE row = 2", "UPDATE audit SET detail = NULL, salt = NULL, erased = 3, at = 0 WHERE row = 2",
        "UPDATE audit SET detail = 'x', erased = 3 WHERE row = 2", "DELETE FROM audit WHERE row = 2", "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE row = 2", "INSERT INTO audit SELECT row + 100, at, actor, what, object, request, salt, detail, digest, hash, erased FROM audit WHERE row = 2",
    ])
    func `the database itself refuses to change or remove an entry`(_ sql: String) async throws {
        let (house, _) = try await clinic()
        let file = try #require(house.store.customer("clinic")?.file)
        let refused = await failure { _ = try await house.store.write(file) { _ = try $0.queryBuilt(sql) { _ in 0 } } }
        #expect(refused?.reason.contains("only ever added to") == true, "\(sql)")
        #expect(try await verify(house, "clinic").broken == nil)
        await house.close()
    }

    /// Somebody with the file and without our triggers.
    private func tamper(_ house: House, _ script: StaticString) async throws {
        let file = try #require(house.store.customer("clinic")?.file)
        _ = try await file.alone { database in
            try database.script("DROP TRIGGER IF EXISTS audit_appended; DROP TRIGGER IF EXISTS audit_kept; DROP TRIGGER IF EXISTS audit_unchanged")
            try database.script(script)
        }
    }

    @Test func `verification names the first row that is not what was written`() async throws {
        let cases: [(StaticString, Int)] = [
            ("UPDATE audit SET what = 'nothing' WHERE row = 3", 3), ("UPDATE audit SET at = at + 1 WHERE row = 2", 2),
            ("UPDATE audit SET detail = '{}' WHERE row = 4", 4), ("UPDATE audit SET detail = NULL, salt = NULL, erased = 5 WHERE row = 4", 4),
            ("UPDATE audit SET request = 'x' WHERE row = 1", 1), ("DELETE FROM audit WHERE row = 2", 2),
            ("UPDATE audit SET row = 100 WHERE row = 3; UPDATE audit SET row = 3 WHERE row = 4; UPDATE audit SET row = 4 WHERE row = 100", 3),
        ]
        for (script, row) in cases {
            let (house, _) = try await clinic()
            try await tamper(house, script)
            let log = try await verify(house, "clinic")
            #expect(log.broken == row && log.reason?.isEmpty == false, "\(script): \(log)")
            await house.close()
        }
    }

    @Test func `a log whose end was cut off, or that was written anew, is known by its last verification`() async throws {
        let (house, ann) = try await clinic()
        #expect(try await verify(house, "clinic").broken == nil)
        _ = try await house.ticket("One more", as: ann)
        try await tamper(house, "DELETE FROM audit WHERE row > 4")
        let cut = try await verify(house, "clinic")
        #expect(cut.broken == 5 && cut.reason?.contains("cut off") == true)
        // The same number of rows again, correctly chained: another history.
        let file = try #require(house.store.customer("clinic")?.file)
        for _ in 0..<4 {
            _ = try await file.write { try Audit(actor: .nobody, request: nil, now: Timestamp()).note("signed in", in: $0) }
        }
        let anew = try await verify(house, "clinic")
        #expect(anew.broken == 5 && anew.reason?.contains("written anew") == true)
        await house.close()
    }

    @Test func `what was audited before there was a chain is taken into it in order`() async throws {
        let house = try await House()
        let path = house.path + "/old.db"
        let steps = CustomerSchema.schema.steps
        let old = Schema(name: "customer", steps: Array(steps.prefix { $0.utf8Start != AuditTables.step.utf8Start }))
        let thread = WriterThread(name: "old", openLimit: 1)
        let file = DatabaseFile(path: path, schema: old, thread: thread)
        _ = try await file.write { database in
            try database.execute("INSERT INTO person (id, email, name, role, created) VALUES ('p1', 'ann@clinic.example', 'Ann', 'administrator', 0)")
            for number in 0..<2500 {
                let who = number % 2 == 0 ? "clinic/ann@clinic.example" : "operations"
                try database.execute("INSERT INTO audit (at, who, what, detail, request) VALUES (?, ?, 'signed in', ?, NULL)", number, who, "\(number)")
            }
        }
        await file.close()
        let file2 = DatabaseFile(path: path, schema: CustomerSchema.schema, thread: thread)
        let (entries, outcome) = try await file2.alone { database in
            (try AuditRows.list(AuditFilter(), before: .max, limit: 3000, in: database).items, try AuditVerification.run(database))
        }
        #expect(outcome.broken == nil && outcome.entries == 2500)
        #expect(entries.map(\.detail) == (0..<2500).reversed().map(String.init))
        #expect(entries.last?.actor == "person/p1" && entries.last?.who == "ann@clinic.example" && entries.first?.actor == "node/operations")
        await thread.stop()
        await house.close()
    }

    @Test func `erasing the detail of a thing leaves the chain whole, and nothing of the person`() async throws {
        let (house, ann) = try await clinic()
        let subject = try await subject("S-1", named: "Sam Secret", in: house, as: ann)
        let file = try #require(house.store.customer("clinic")?.file)
        let now = house.now
        let erased = try await house.store.write(file) { database in
            let entry = try Audit(actor: .nobody, request: nil, now: now).note(Audit.erasure, .subject(subject.id), in: database)
            return try Audit.erase(.subject(subject.id), told: entry, in: database)
        }
        #expect(erased == 1)
        let log = try await verify(house, "clinic")
        #expect(log.broken == nil, "\(log)")
        let items = try await house.call(ListAudit(), as: ann).items
        #expect(items.first { $0.what == "added a subject" }?.erased == true)
        #expect(!items.contains { $0.changes.contains { $0.after == "Sam Secret" } || $0.detail.contains("Sam Secret") })
        await house.close()
    }

    @Test func `filters narrow the log by who, what, which, words and days, page after page`() async throws {
        let (house, ann) = try await clinic()
        try await house.person("bob@clinic.example", .operator, of: "clinic")
        let bob = try await house.signIn("bob@clinic.example")
        let subject = try await subject("S-1", named: "Sam Needle", in: house, as: bob)
        for number in 4...30 { _ = try await house.ticket("Ticket \(number)", as: ann) }
        house.now = house.now.adding(.seconds(3 * 86_400))
        let later = try await house.signIn("ann@clinic.example")

        func list(_ change: (inout ListAudit) -> Void) async throws -> [AuditEntry] {
            var asked = ListAudit()
            asked.page.limit = 7
            change(&asked)
            var all: [AuditEntry] = []
            while true {
                let answer = try await house.call(asked, as: later)
                #expect(answer.items.count <= 7)
                all += answer.items
                guard let next = answer.next else { return all }
                asked.page.after = next
            }
        }
        let everything = try await list { _ in }
        #expect(everything.map(\.row) == Array((1...everything.count).reversed()))
        #expect(try await list { $0.who = "BOB@clinic.example" }.map(\.what) == ["added a subject", "signed in"])
        #expect(try await list { $0.what = "opened a ticket" }.count == 30)
        #expect(try await list { $0.what = "opened a ticket"; $0.who = "bob@clinic.example" }.isEmpty)
        #expect(try await list { $0.object = "subject/\(subject.id)" }.count == 1)
        #expect(try await list { $0.search = "needle" }.map(\.what) == ["added a subject"])
        let day = house.now.date
        #expect(try await list { $0.from = day }.count == 1)
        #expect(try await list { $0.to = CalendarDate(daysSince1970: day.daysSince1970 - 1) }.count == everything.count - 1)
        #expect(try await list { $0.from = day; $0.to = CalendarDate(daysSince1970: day.daysSince1970 - 1) }.isEmpty)
        #expect(try await list { $0.who = "nobody@nowhere.example" }.isEmpty)
        await house.close()
    }

    @Test func `a search looks through a bounded number of entries and says where to go on`() async throws {
        let (house, ann) = try await clinic()
        let file = try #require(house.store.customer("clinic")?.file)
        let now = house.now
        _ = try await house.store.write(file) { database in
            for number in 0..<(AuditRows.looked + 100) { try Audit(actor: .nobody, request: nil, now: now).note("signed in", detail: "entry \(number)", in: database) }
        }
        var asked = ListAudit()
        asked.search = "ticket"
        let first = try await house.call(asked, as: ann)
        #expect(first.items.isEmpty && first.next != nil)
        asked.page.after = first.next
        #expect(try await house.call(asked, as: ann).items.count == 3)
        await house.close()
    }

    @Test func `a customer's log holds nothing of staff but that it was staff, whoever searches or exports it`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let ticket = try await house.ticket("Scales", as: tokens["clinic/operator"]!)
        var reply = ReplyToTicket()
        (reply.number, reply.body) = (ticket.number, "On its way.")
        _ = try await house.call(reply, as: tokens["staff/support"]!)
        let mine = tokens["clinic/administrator"]!
        let entry = try #require(try await house.call(ListAudit(), as: mine).items.first { $0.what == "replied to a ticket" })
        #expect(entry.actor.hasPrefix("staff/") && entry.who.isEmpty && entry.object == "ticket/\(ticket.number)")
        var asked = ListAudit()
        asked.search = "support@fitech"
        #expect(try await house.call(asked, as: mine).items.isEmpty)
        let file = try #require(house.store.customer("clinic")).file
        let named = try await file.write { try $0.int("SELECT count(*) FROM audit WHERE detail LIKE '%fitech.example%'") }
        #expect(named == 0)
        // Staff see each other by name: their e-mails come from the directory.
        asked = ListAudit()
        asked.customer = "clinic"
        #expect(try await house.call(asked, as: tokens["staff/operations"]!).items.first { $0.what == "replied to a ticket" }?.who == "support@fitech.example")
        await house.close()
    }

    @Test func `people see their own customer's log, staff the directory's and any`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let mine = try await house.call(ListAudit(), as: tokens["clinic/super-operator"]!)
        #expect(!mine.items.isEmpty && mine.items.allSatisfy { !$0.who.contains("club") })
        var asked = ListAudit()
        asked.customer = "club"
        #expect(await failure { _ = try await house.call(asked, as: tokens["clinic/administrator"]!) }?.status == 404)
        #expect(try await house.call(asked, as: tokens["staff/support"]!).items.contains { $0.who == "operator@club.example" })
        asked.customer = "nobody"
        #expect(await failure { _ = try await house.call(asked, as: tokens["staff/support"]!) }?.status == 404)
        let directory = try await house.call(ListAudit(), as: tokens["staff/operations"]!)
        #expect(directory.items.contains { $0.what == "added a customer" && $0.object == "customer/clinic" })
        // Another customer's e-mail finds nothing, also no sign that it exists.
        var who = ListAudit()
        who.who = "administrator@club.example"
        #expect(try await house.call(who, as: tokens["clinic/administrator"]!).items.isEmpty)
        #expect(try await house.call(VerifyAudit(), by: .operations).items.allSatisfy { $0.broken == nil })
        await house.close()
    }
}
