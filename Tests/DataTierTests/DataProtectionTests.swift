// A subject's rights: all that is kept of them, and an erasure after which nothing of it is left in any file.
import Control
import Engine
import Procedures
import Storage
import Testing
import Wire
@testable import DataTier

struct DataProtectionTests {
    /// - Parameter others: subjects there are besides, half of them older than the one.
    private func clinic(others: Int = 0) async throws -> (house: House, ann: String, subject: Subject) {
        let house = try await House()
        try await house.customer("clinic")
        try await house.person("ann@clinic.example", .administrator, of: "clinic")
        let ann = try await house.signIn("ann@clinic.example")
        try await self.others(0..<others / 2, house, as: ann)
        var add = AddSubject()
        (add.reference, add.name, add.sex) = ("S-77", "Zebedee Quill", .male)
        let subject = try await house.call(add, as: ann, replay: "add")
        var change = UpdateSubject()
        (change.id, change.reference, change.name) = (subject.id, "S-77", "Zebedee Quillfeather")
        _ = try await house.call(change, as: ann)
        var assess = AddAssessment(), weight = MeasureEntry()
        (weight.code, weight.value) = ("weight", 81)
        (assess.subject, assess.measures, assess.note) = (subject.id, [weight], "Zebedee limps since Tuesday")
        _ = try await house.call(assess, as: ann, replay: "assess")
        try await self.others(others / 2..<others, house, as: ann)
        return (house, ann, subject)
    }

    private func others(_ range: Range<Int>, _ house: House, as token: String) async throws {
        for number in range {
            var add = AddSubject()
            (add.reference, add.name, add.sex) = ("T-\(number)", "Ada Lovelace \(number)", .female)
            _ = try await house.call(add, as: token, replay: "other \(number)")
        }
    }

    private func erase(_ house: House, _ id: String, _ reference: String = "S-77", as token: String) async throws -> EraseSubject.Answer {
        var asked = EraseSubject()
        (asked.id, asked.reference) = (id, reference)
        return try await house.call(asked, as: token)
    }

    @Test func `a subject's file holds everything, without who of the organisation did it, and is noted`() async throws {
        let (house, ann, subject) = try await clinic()
        var asked = TakeOutSubject()
        asked.id = subject.id
        let file = try await house.call(asked, as: ann)
        #expect(file.subject.name == "Zebedee Quillfeather" && file.assessments.first?.note == "Zebedee limps since Tuesday" && file.organisation == "Clinic")
        #expect(file.history.map(\.what) == ["added an assessment", "changed a subject", "added a subject"])
        #expect(file.history[1].changes.contains { $0.field == "name" && $0.before == "Zebedee Quill" })
        #expect(!String(decoding: JSONCodec.encode(file), as: UTF8.self).contains("ann@clinic.example"))
        var log = ListAudit()
        log.what = "took a subject's data out"
        #expect(try await house.call(log, as: ann).items.first?.object == "subject/" + subject.id)
        await house.close()
    }

    private func overwrite(_ house: House) async -> Bool { await house.loop.run { _ in await house.room.overwriteTraces(of: "clinic") } }

    /// What of the subject is in the customer's files as they lie there.
    private func traces(_ house: House) throws -> [String] {
        let file = house.store.customer("clinic")!.file
        return try [file.path, file.path + "-wal"].filter(DurableFiles.exists).flatMap { path in
            let bytes = String(decoding: try DurableFiles.read(path), as: UTF8.self).lowercased()
            return ["zebedee", "quill", "limps"].filter(bytes.contains).map { "\($0) in \(path)" }
        }
    }

    // Of many subjects the index of searching has been merged, and what a merge lets go is not overwritten.
    @Test(arguments: [0, 8, 60, 200, 600]) func `an erased subject is in no list, no log and no byte of the file, and the chain is whole`(others: Int) async throws {
        let (house, ann, subject) = try await clinic(others: others)
        var run = RunImport()
        run.bytes = Array("reference,name,weight_kg\nS-77,Zebedee Quillfeather,8\nS-77,Zebedee Quillfeather,9\n".utf8)
        _ = try? await house.call(run, as: ann)
        let answer = try await erase(house, subject.id, as: ann)
        #expect(answer.assessments == 1 && answer.entries == 3)
        var show = ShowSubject()
        show.id = subject.id
        #expect(await failure { _ = try await house.call(show, as: ann) }?.status == 404)
        var list = ListSubjects()
        list.search = "zebedee"
        #expect(try await house.call(list, as: ann).items.isEmpty)
        let entries = try await house.call(ListAudit(), as: ann).items.filter { $0.object == "subject/" + subject.id }
        #expect(entries.first?.what == "erased a subject" && entries.dropFirst().allSatisfy { $0.erased && $0.changes.isEmpty })
        #expect(try await house.call(VerifyAudit(), by: .operations).items.allSatisfy { $0.broken == nil })
        #expect(await overwrite(house))
        #expect(try traces(house) == [])
        #expect(try await house.call(ListSubjects(), as: ann).count == others)
        await house.close()
    }

    @Test func `it takes the reference, an administrator and a session that has just proved who it is`() async throws {
        let (house, ann, subject) = try await clinic()
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        let otto = try await house.signIn("otto@clinic.example")
        #expect(await failure { _ = try await erase(house, subject.id, "S-7", as: ann) }?.fields.first?.field == "reference")
        #expect(await failure { _ = try await erase(house, subject.id, as: otto) }?.status == 403)
        var make = CreateToken()
        make.email = "ann@clinic.example"
        let token = try await house.call(make, by: .operations).token
        #expect(await failure { _ = try await erase(house, subject.id, as: token) }?.code == "session-needed")
        house.now = house.now.adding(.seconds(901))
        #expect(await failure { _ = try await erase(house, subject.id, as: ann) }?.code == "confirm-identity")
        #expect(await failure { _ = try await erase(house, "nobody", as: house.signIn("ann@clinic.example")) }?.status == 404)
        await house.close()
    }

    @Test func `other subjects, and lines of imports about them, stay as they are`() async throws {
        let (house, ann, subject) = try await clinic()
        var run = RunImport()
        (run.bytes, run.bad) = (Array("reference,weight_kg\nS-770,80\nS-771,eighty\nS-7,82\n".utf8), .skip)
        let before = try await house.call(run, as: ann)
        _ = try await erase(house, subject.id, as: ann)
        var show = ShowImport()
        show.id = before.id
        #expect(try await house.call(show, as: ann).lines.map(\.reason) == before.lines.map(\.reason))
        #expect(try await house.call(ListSubjects(), as: ann).items.map(\.reference) == ["S-7", "S-770"])
        await house.close()
    }

    @Test func `older data that is restored is erased again`() async throws {
        let (house, ann, subject) = try await clinic()
        _ = try await erase(house, subject.id, as: ann)
        #expect(await SubjectErasure.remembered(house.store) == ["clinic": [subject.id]])
        // The same subject as a restore point would bring them back.
        let file = house.store.customer("clinic")!.file
        let (again, now) = (subject, house.now)
        let left = try await house.store.write(file) { database in
            try SubjectRows.insert(again, in: database)
            try SubjectErasure.again([again.id, "long gone"], Audit(actor: "operations", request: nil, now: now), in: database)
            return try database.int("SELECT count(*) FROM subject") ?? -1
        }
        #expect(left == 0)
        #expect(await overwrite(house))
        #expect(try traces(house) == [])
        #expect(try await house.call(VerifyAudit(), by: .operations).items.allSatisfy { $0.broken == nil })
        await house.close()
    }

    private func waiting(_ house: House, as token: String) async throws -> BackgroundWork? {
        try await house.call(ShowBackgroundWork(), as: token).items.first { $0.kind == .traces }
    }

    @Test func `staff see what is yet to go from the file and since when, also after a start`() async throws {
        let (house, ann, subject) = try await clinic(others: 4)
        try await house.person("tom@fitech.example", .technician, of: nil)
        let tom = try await house.signIn("tom@fitech.example")
        let since = house.now
        _ = try await erase(house, subject.id, as: ann)
        #expect(try await waiting(house, as: tom)?.waiting == 1)
        // As after a start: nothing is remembered but what the files say.
        house.store.traces.clear("clinic")
        await house.loop.run { _ in await house.room.sweep() }
        #expect(house.store.traces.all == ["clinic"])
        house.now = house.now.adding(.seconds(60))
        let other = try await house.call(ListSubjects(), as: ann).items[0]
        _ = try await erase(house, other.id, other.reference, as: ann)
        let left = try await waiting(house, as: tom)
        #expect(left?.waiting == 2 && left?.oldest == since)
        #expect(await overwrite(house))
        #expect(try await waiting(house, as: tom)?.waiting == 0)
        #expect(house.store.traces.all == [])
        await house.close()
    }

    @Test func `a backup writes nothing anew`() async throws {
        let (house, ann, subject) = try await clinic(others: 60)
        _ = try await erase(house, subject.id, as: ann)
        house.store.role.set(.backup)
        #expect(await !overwrite(house))
        #expect(try traces(house) != [] && house.store.traces.all == ["clinic"])
        house.store.role.set(.primary(epoch: 2))
        #expect(await overwrite(house))
        #expect(try traces(house) == [])
        await house.close()
    }

    @Test func `an erasure of an earlier release is overwritten as well`() async throws {
        let (house, ann, subject) = try await clinic(others: 60)
        _ = try await erase(house, subject.id, as: ann)
        let file = house.store.customer("clinic")!.file
        try await file.alone { database in
            try database.script("DROP TABLE erasure_trace")
            try database.eachBuilt("PRAGMA user_version = \(CustomerSchema.schema.version - 1)") { _ in }
        }
        await file.close()
        #expect(try traces(house) != [])
        #expect(await overwrite(house))
        #expect(try traces(house) == [])
        await house.close()
    }

    @Test func `the old file goes with the handles on it, and after a minute in any case`() async throws {
        let (house, ann, subject) = try await clinic()
        _ = try await erase(house, subject.id, as: ann)
        let old = house.path + "/anew-clinic.old"
        let left = try await house.loop.run { _ in
            // Another room's handle, which nobody reads by any more.
            let other = DataRoom(store: house.store), file = house.store.customer("clinic")!.file
            _ = try await other.read(file) { try $0.int("SELECT count(*) FROM subject") }
            #expect(await house.room.overwriteTraces(of: "clinic"))
            var seen: [String: ContinuousClock.Instant] = [:], left: [Bool] = []
            let now = ContinuousClock.now
            for second in [0, 59, 60] {
                await house.room.removeOldFiles(seen: &seen, now: now + .seconds(second))
                left.append(DurableFiles.exists(old))
            }
            #expect(try await other.read(file) { try $0.int("SELECT count(*) FROM subject") } == 0)
            return left
        }
        #expect(left == [true, true, false])
        await house.close()
    }
}
