// Restore points, restoring from them, and what a damaged database does to its neighbours: nothing.
import Control
import Procedures
import Storage
import TestSupport
import Testing
import Wire
@testable import DataTier

@Suite(.serialized)
struct RestoreTests {
    @Test func `a backup keeps restore points and shares unchanged databases between them`() async throws {
        let two = try await TwoNodes(offsite: true)
        try await two.start("data-1")
        try await two.start("data-2")
        let tokens = try await two.clinic(on: "data-1")
        let first = try #require(RestorePoint(json: try await two.ask("data-2", .post, "/restore-points")))
        #expect(first.databases.map(\.name) == ["directory", "clinic", "club"])
        _ = try await two.ticket("data-1", "later", as: tokens["clinic"]!)
        let second = try #require(RestorePoint(json: try await two.ask("data-2", .post, "/restore-points")))
        #expect(first.database("club") == second.database("club"))
        #expect(first.database("clinic")?.sha256 != second.database("clinic")?.sha256)
        let shelf = RestorePointShelf(path: two.state.files(of: "data-2") + "/restore-points", kept: 48)
        // The scheduled one may have come between.
        #expect(Set(shelf.all().map(\.id)).isSuperset(of: [first.id, second.id]))
        for database in second.databases {
            #expect(try FileDigest.sha256(shelf.file(database.name, of: second)).sha256 == database.sha256)
            #expect(DatabaseCheck.faults(path: shelf.file(database.name, of: second)) == [])
        }
        let listed = try await two.ask("data-2", .get, "/restore-points")
        #expect(listed["items"]?.array?.first?["id"]?.string == second.id)
        try await two.close()
    }

    @Test func `only so many restore points are kept, and a half-made one is never seen`() throws {
        let shelf = RestorePointShelf(path: "/tmp/fitech-shelf-\(RestorePoint.makeID(.now))", kept: 3)
        for i in 0..<40 {
            // Every ten minutes: six of an hour, of which all but the newest go.
            let time = Timestamp(milliseconds: 1_794_960_000_000 + Int64(i) * 600_000)
            let point = RestorePoint(id: RestorePoint.makeID(time), taken: time, epoch: 1, databases: [])
            try shelf.finish(point, from: try shelf.begin(point.id))
        }
        _ = try shelf.begin("20261122T000000Z-half")
        // The newest eight (of hours 5 and 6), and the last of hour 4.
        #expect(shelf.all().map { ($0.taken.milliseconds - 1_794_960_000_000) / 600_000 } == [29] + (32..<40))
        shelf.sweep()
        #expect(DurableFiles.hiddenNames(in: shelf.path).isEmpty)
        try DurableFiles.remove(shelf.path)
    }

    @Test(arguments: ["garbage", "missing"])
    func `a destroyed customer comes back from the backup and the others never notice`(_ damage: String) async throws {
        let two = try await TwoNodes()
        try await two.start("data-1")
        try await two.start("data-2")
        let tokens = try await two.clinic(on: "data-1")
        _ = try await two.ticket("data-1", "kept", as: tokens["clinic"]!)
        _ = try await two.ticket("data-1", "other", as: tokens["club"]!)
        try await two.ask("data-2", .post, "/restore-points")
        _ = try await two.ticket("data-1", "after the point", as: tokens["clinic"]!)
        _ = try await two.ticket("data-1", "after the point too", as: tokens["club"]!)
        #expect(try await two.call("data-1", VerifyAudit()).items.allSatisfy { $0.broken == nil })
        try await two.stop("data-1")
        let file = two.file("data-1", "clinic")
        for ending in ["-wal", "-shm"] { try DurableFiles.remove(file + ending) }
        if damage == "missing" { try DurableFiles.remove(file) } else { try DurableFiles.write([UInt8](repeating: 0x41, count: 50_000), to: file) }
        try await two.start("data-1")
        let refused = await failure { _ = try await two.titles("data-1", as: tokens["clinic"]!) }
        #expect(refused?.status == 503 && refused?.hint.contains("fitech-ctl restore --customer clinic") == true)
        #expect(try await two.titles("data-1", as: tokens["club"]!) == ["other", "after the point too"])
        let done = try await two.ask("data-1", .post, "/restore", ["customer": "clinic", "at": "latest", "in_place": true])
        #expect(done["databases"]?.array?.count == 1)
        #expect(await failure { _ = try await two.titles("data-1", as: tokens["clinic"]!) }?.status == 401)
        let again = try await two.signIn("data-1", "ann@clinic.example")
        #expect(try await two.titles("data-1", as: again) == ["kept"])
        #expect(try await two.titles("data-1", as: tokens["club"]!) == ["other", "after the point too"])
        #expect(try await two.ticket("data-1", "new", as: again) > 1004)
        // The log of the clinic is shorter than when it was last verified, and the directory's says why.
        #expect(try await two.call("data-1", VerifyAudit()).items.allSatisfy { $0.broken == nil && $0.entries > 0 })
        if damage == "garbage" {
            let aside = try #require(done["aside"]?.string)
            #expect(DurableFiles.exists(aside + "/customers/clinic.db"))
        }
        try await two.close()
    }

    @Test func `everything goes back to a chosen hour`() async throws {
        let two = try await TwoNodes()
        try await two.start("data-1")
        try await two.start("data-2")
        let tokens = try await two.clinic(on: "data-1")
        _ = try await two.ticket("data-1", "one", as: tokens["clinic"]!)
        let first = try #require(RestorePoint(json: try await two.ask("data-2", .post, "/restore-points")))
        _ = try await two.ticket("data-1", "two", as: tokens["clinic"]!)
        try await two.ask("data-2", .post, "/restore-points")
        let early = await failure { try await two.ask("data-1", .post, "/restore", ["at": "2020-01-01T00:00:00Z", "in_place": true]) }
        #expect(early?.code == "no-restore-point")
        let done = try await two.ask("data-1", .post, "/restore", ["at": .string(first.taken.iso8601), "in_place": true])
        #expect(done["databases"]?.array?.count == 3)
        let token = try await two.signIn("data-1", "ann@clinic.example")
        #expect(try await two.titles("data-1", as: token) == ["one"])
        // Searching goes back with it.
        for (query, count) in [("one", 1), ("two", 0)] {
            var search = SearchPortal()
            search.query = query
            #expect(try await two.call("data-1", search, as: token).items.count == count, "\(query)")
        }
        try await two.close()
    }

    @Test func `after a customer goes back alone, staff find what is there again and nothing else`() async throws {
        let two = try await TwoNodes()
        try await two.start("data-1")
        try await two.start("data-2")
        let tokens = try await two.clinic(on: "data-1")
        var person = AddPerson()
        (person.email, person.role, person.password) = ("sam@fitech.example", .support, House.password)
        _ = try await two.call("data-1", person)
        let number = try await two.ticket("data-1", "one", as: tokens["clinic"]!)
        let point = try #require(RestorePoint(json: try await two.ask("data-2", .post, "/restore-points")))
        _ = try await two.ticket("data-1", "two", as: tokens["clinic"]!)
        let support = try await two.signIn("data-1", person.email)
        var reply = ReplyToTicket()
        (reply.number, reply.body) = (number, "later")
        _ = try await two.call("data-1", reply, as: support)
        func found(_ query: String) async throws -> [String] {
            var search = SearchPortal()
            search.query = query
            return try await two.call("data-1", search, as: support).items.map(\.id)
        }
        #expect(try await found("later") == ["\(number)"])
        #expect(try await found("two").count == 1)
        try await two.ask("data-1", .post, "/restore", ["at": .string(point.taken.iso8601), "customer": "clinic", "in_place": true])
        #expect(try await found("one") == ["\(number)"])
        for gone in ["two", "later"] { #expect(try await found(gone) == [], "\(gone)") }
        try await two.close()
    }

#if PASSKEYS
    @Test func `after a customer goes back alone, the passkeys of that time open and later ones do not`() async throws {
        let two = try await TwoNodes()
        try await two.start("data-1")
        try await two.start("data-2")
        let ann = try #require(try await two.clinic(on: "data-1")["clinic"]), origin = "https://localhost"
        func add() async throws -> (key: SoftAuthenticator, handle: [UInt8], id: String) {
            var begin = BeginPasskey(), add = AddPasskey()
            begin.origin = origin
            let begun = try await two.call("data-1", begin, as: ann), key = SoftAuthenticator(site: "localhost")
            (add.name, add.origin) = ("Phone", origin)
            (add.clientData, add.authenticatorData) = key.make(begun.question.challenge)
            return (key, begun.handle, try await two.call("data-1", add, as: ann).id)
        }
        func signIn(_ key: SoftAuthenticator, _ handle: [UInt8]) async throws -> Failure? {
            var begin = BeginPasskeySignIn(), asked = SignInByPasskey()
            begin.origin = origin
            let answer = key.answer(try await two.call("data-1", begin).challenge)
            (asked.proof.credential, asked.proof.origin, asked.proof.handle) = (key.credential, origin, handle)
            (asked.proof.clientData, asked.proof.authenticatorData, asked.proof.signature) = answer
            let sent = asked
            return await failure { _ = try await two.call("data-1", sent) }
        }
        let early = try await add()
        let point = try #require(RestorePoint(json: try await two.ask("data-2", .post, "/restore-points")))
        var remove = RemovePasskey()
        remove.id = early.id
        _ = try await two.call("data-1", remove, as: ann)
        let late = try await add()
        #expect(try await signIn(early.key, early.handle)?.code == "wrong-passkey")
        #expect(try await signIn(late.key, late.handle) == nil)
        try await two.ask("data-1", .post, "/restore", ["at": .string(point.taken.iso8601), "customer": "clinic", "in_place": true])
        #expect(try await signIn(early.key, early.handle) == nil)
        #expect(try await signIn(late.key, late.handle)?.code == "wrong-passkey")
        try await two.close()
    }
#endif

    @Test func `a damaged restore point is passed over for the one before`() async throws {
        let two = try await TwoNodes()
        try await two.start("data-1")
        try await two.start("data-2")
        let tokens = try await two.clinic(on: "data-1")
        _ = try await two.ticket("data-1", "one", as: tokens["clinic"]!)
        let first = try await two.ask("data-2", .post, "/restore-points")
        _ = try await two.ticket("data-1", "two", as: tokens["clinic"]!)
        let second = try #require(RestorePoint(json: try await two.ask("data-2", .post, "/restore-points")))
        let shelf = RestorePointShelf(path: two.state.files(of: "data-2") + "/restore-points", kept: 48)
        var bytes = try DurableFiles.read(shelf.file("clinic", of: second))
        bytes[bytes.count / 2] ^= 0xFF
        try DurableFiles.write(bytes, to: shelf.file("clinic", of: second))
        let done = try await two.ask("data-1", .post, "/restore", ["customer": "clinic", "at": "latest", "in_place": true])
        #expect(done["databases"]?.array?.first?["restore_point"]?.string == first["id"]?.string)
        try await two.close()
    }

    @Test func `a single data node keeps its points offsite and restores to a directory without touching what is live`() async throws {
        let two = try await TwoNodes(names: ["data-1"], offsite: true)
        try await two.start("data-1")
        let tokens = try await two.clinic(on: "data-1")
        try await two.ask("data-1", .post, "/restore-points")
        #expect(DurableFiles.names(in: two.state.offsite + "/restore-points").isEmpty == false)
        let target = two.state.path + "/out"
        try await two.ask("data-1", .post, "/restore", ["customer": "clinic", "to": .string(target)])
        #expect(DatabaseCheck.faults(path: target + "/customers/clinic.db") == [])
        #expect(try await two.titles("data-1", as: tokens["clinic"]!) == [])
        let wrong = await failure { try await two.ask("data-1", .post, "/restore", ["customer": "clinic"]) }
        #expect(wrong?.status == 422)
        try await two.close()
    }

    @Test func `a primary whose databases are gone does not begin anew beside its restore points`() async throws {
        let two = try await TwoNodes()
        try await two.start("data-1")
        try await two.start("data-2")
        let tokens = try await two.clinic(on: "data-1")
        try await two.ask("data-2", .post, "/restore-points")
        try await two.stop("data-1")
        try DurableFiles.remove(two.state.files(of: "data-1"))
        try await two.start("data-1")
        #expect(await failure { _ = try await two.titles("data-1", as: tokens["clinic"]!) }?.code == "storage-damaged")
        try await two.ask("data-1", .post, "/restore", ["at": "latest", "in_place": true])
        let token = try await two.signIn("data-1", "ann@clinic.example")
        #expect(try await two.titles("data-1", as: token) == [])
        try await two.close()
    }
}
