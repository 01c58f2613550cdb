// A customer's export from the asking to the file, and the file in another Fitech: the same counts, or nothing at all.
import Control
import Digests
import Engine
import Glibc
import Procedures
import Storage
import Testing
import Wire
@testable import DataTier

@Suite(.serialized) struct CustomerMoveTests {
    /// A fleet of two with something in the clinic, and the path of a finished export of it.
    private func exported(_ two: TwoNodes) async throws -> (path: String, export: Export, token: String) {
        try await two.start("data-1")
        try await two.start("data-2")
        let tokens = try await two.clinic(on: "data-1")
        let token = tokens["clinic"]!
        var run = RunImport()
        run.bytes = Array((["reference,name,weight_kg,height_cm"] + (1...300).map { "S-\($0),\"Ünal, \($0)\",\(60 + $0 % 40),180" }).joined(separator: "\n").utf8)
        _ = try await two.call("data-1", run, as: token)
        var numbers: [Int] = []
        for number in 1...5 { numbers.append(try await two.ticket("data-1", "Ticket \(number)", as: token)) }
        try await merge(numbers[1], into: numbers[0], two)
        var begin = BeginAttachment()
        (begin.number, begin.fileName) = (numbers[2], "../results.txt")
        var piece = AppendAttachment()
        (piece.number, piece.id) = (begin.number, try await two.call("data-1", begin, as: token).id)
        for start in stride(from: 0, to: Self.contents.count, by: 262_144) {
            piece.bytes = Array(Self.contents[start..<min(start + 262_144, Self.contents.count)])
            _ = try await two.call("data-1", piece, as: token)
            piece.place += 1
        }
        var finish = FinishAttachment()
        (finish.number, finish.id, finish.pieces) = (piece.number, piece.id, piece.place)
        _ = try await two.call("data-1", finish, as: token)
        for title in ["Change 1", "Change 2"] { _ = try await raise(title, two, token) }
        let export = try await finished(try await { var ask = AskExport(); ask.fresh = true; return try await two.call("data-1", ask, as: token) }(), two, token)
        let names = DurableFiles.names(in: two.state.files(of: "data-2") + "/exports")
        #expect(names.count == 1 && names[0].hasPrefix("clinic.") && names[0].hasSuffix(".tar"), "\(names)")
        return (two.state.files(of: "data-2") + "/exports/" + names[0], export, token)
    }

    private func raise(_ title: String, _ two: TwoNodes, _ token: String) async throws -> Int {
        var raise = RaiseChange()
        (raise.title, raise.reason, raise.submit) = (title, "It is wanted.", true)
        return try await two.call("data-1", raise, as: token).number
    }

    /// Merged by support, who also leaves a note among staff.
    private func merge(_ source: Int, into target: Int, _ two: TwoNodes) async throws {
        var person = AddPerson()
        (person.email, person.role, person.password) = ("sam@fitech.example", .support, House.password)
        _ = try await two.call("data-1", person)
        let support = try await two.signIn("data-1", person.email)
        var note = ReplyToTicket()
        (note.number, note.body, note.internal) = (target, Self.secretNote, true)
        _ = try await two.call("data-1", note, as: support)
        var merge = MergeTicket()
        (merge.number, merge.into) = (source, target)
        _ = try await two.call("data-1", merge, as: support)
    }

    /// More than two pieces of an attachment.
    private static let contents = Array(String(repeating: "blood pressure 120/80, pulse 60\n", count: 20_000).utf8)

    private static let secretNote = "A note that is only among staff."

    private func finished(_ asked: Export, _ two: TwoNodes, _ token: String) async throws -> Export {
        var show = ShowExport()
        show.id = asked.id
        for _ in 0..<300 {
            let export = try await two.call("data-1", show, as: token)
            if export.state == .done { return export }
            try #require(export.state != .failed, "\(export.problem ?? "")")
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Failure.fault("the export was not finished")
    }

    private func bring(_ path: String, as customer: String, to two: TwoNodes, invite: Bool = false) async throws -> JSON {
        try await two.ask("data-1", .post, "/customers", ["customer": .string(customer), "path": .string(path), "invite": .bool(invite), "origin": "https://new.example"])
    }

    @Test func `an export holds everything but secrets, is what it says, and comes in elsewhere with the same counts`() async throws {
        let (old, new) = (try await TwoNodes(), try await TwoNodes(names: ["data-1"]))
        let (path, export, _) = try await exported(old)
        #expect(try FileDigest.sha256(path) == (try #require(export.sha256), try #require(export.bytes)))
        let reader = try ArchiveReader(path)
        #expect(reader.manifest.customer == "clinic" && export.attachments == 1)
        let attachment = try #require(reader.entries.first { $0.path.hasPrefix("attachments/") })
        #expect(attachment.bytes == Self.contents.count && attachment.sha256 == Hex.encode(Digest.sha256(Self.contents)))
        #expect(reader.entries.map(\.path) == ["customer.db", attachment.path, "manifest.json", "SHA256SUMS"])
        #expect(reader.manifest.tables.contains { $0 == ("subject", 300) } && reader.manifest.tables.contains { $0 == ("ticket", 5) })
        let taken = old.state.path + "/taken.db"
        try reader.extract("customer.db", to: taken)
        let database = try Database(path: taken, mode: .immutable)
        #expect(try database.faults() == [])
        for table in ["session", "link", "answer", "effect", "export", "export_link"] {
            #expect(try database.queryBuilt("SELECT count(*) FROM \"\(table)\"") { $0.int(0) } == [0], "\(table)")
        }
        #expect(try database.int("SELECT count(*) FROM person WHERE password IS NOT NULL") == 0)
        #expect(!String(decoding: try DurableFiles.read(taken), as: UTF8.self).contains(Self.secretNote))
        // Not even in a page nobody uses: the hash of a password begins like this.
        #expect(!String(decoding: try DurableFiles.read(taken), as: UTF8.self).contains("$scrypt$"))

        try await new.start("data-1")
        let brought = try await bring(path, as: "riverside", to: new)
        #expect(brought["tickets"] == "numbers kept" && brought["people"]?.integer == 1)
        for table in reader.manifest.tables {
            #expect(brought["tables"]?.array?.first { $0["name"]?.string == table.name }?["rows"]?.integer == Int64(table.rows), "\(table.name)")
        }
        // The person's address leads here now; with a new password everything is there.
        var reset = RequestPasswordReset()
        (reset.email, reset.origin) = ("ann@clinic.example", "https://new.example")
        _ = try await new.call("data-1", reset)
        let mail = try #require(try await new.call("data-1", PullEffects()).mails.first)
        var set = SetPassword()
        set.token = try #require(mail.body.components(after: "token="))
        set.password = House.password
        _ = try await new.call("data-1", set)
        let token = try await new.signIn("data-1", "ann@clinic.example")
        #expect(try await new.call("data-1", ListSubjects(), as: token).count == 300)
        #expect(try await new.call("data-1", ListTickets(), as: token).items.map(\.title) == ["Ticket 5", "Ticket 4", "Ticket 3", "Ticket 2", "Ticket 1"])
        // The index of searching was not in the file: it was made of what came.
        var search = SearchPortal()
        search.query = "unal 17 "
        #expect(try await new.call("data-1", search, as: token).items.map(\.title.text) == ["S-[17]"])
        search.query = "\"Ticket 3\""
        #expect(try await new.call("data-1", search, as: token).items.map(\.id) == ["1003"])
        search.query = "wanted"
        #expect(try await new.call("data-1", search, as: token).items.count == 2)
        var read = ReadAttachment()
        (read.number, read.id) = (1003, String(attachment.path.dropFirst("attachments/".count)))
        var whole: [UInt8] = []
        while whole.count < Self.contents.count {
            let part = try await new.call("data-1", read, as: token)
            #expect(part.attachment.bytes == Self.contents.count && !part.bytes.isEmpty)
            whole += part.bytes
            read.place += 1
        }
        #expect(whole == Self.contents)
        // The next ticket's number is none of those that came.
        #expect(try await new.ticket("data-1", "here", as: token) > 1005)
        #expect(await failure { _ = try await bring(path, as: "riverside", to: new) }?.code == "customer-taken")
        #expect(await failure { _ = try await bring(path, as: "another", to: new) }?.code == "addresses-taken")
        try await old.close()
        try await new.close()
    }

    @Test func `numbers in use are given anew, in order and wherever they stand; everybody can be invited`() async throws {
        let (old, new) = (try await TwoNodes(), try await TwoNodes(names: ["data-1"]))
        let (path, _, _) = try await exported(old)
        try await new.start("data-1")
        let others = try await new.clinic(on: "data-1", ["club"])
        let theirs = try await new.ticket("data-1", "The club's", as: others["club"]!)
        let change = try await raise("The club's", new, others["club"]!)
        let brought = try await bring(path, as: "clinic", to: new, invite: true)
        #expect(brought["tickets"]?.string?.hasPrefix("numbered anew from ") == true && brought["invited"]?.integer == 1)
        let mails = try await new.call("data-1", PullEffects()).mails.filter { $0.to == "ann@clinic.example" }
        #expect(mails.count == 1 && mails[0].body.contains("https://new.example/invitation?token=clinic."))
        var set = SetPassword()
        set.token = try #require(mails[0].body.components(after: "token="))
        set.password = House.password
        _ = try await new.call("data-1", set)
        let token = try await new.signIn("data-1", "ann@clinic.example")
        let tickets = try await new.call("data-1", ListTickets(), as: token).items
        #expect(tickets.map(\.title) == ["Ticket 5", "Ticket 4", "Ticket 3", "Ticket 2", "Ticket 1"] && tickets.allSatisfy { $0.number > theirs })
        // Changes have new numbers too, their history with them.
        let changes = try await new.call("data-1", ListChanges(), as: token).items
        #expect(changes.map(\.title) == ["Change 2", "Change 1"] && changes.map(\.number) == [change + 2, change + 1])
        var look = ShowChange()
        look.number = change + 1
        #expect(try await new.call("data-1", look, as: token).events.map(\.what) == ["raise", "submit"])
        for ticket in tickets {
            var show = ShowTicket()
            show.number = ticket.number
            #expect(try await new.call("data-1", show, as: token).ticket.title == ticket.title)
        }
        #expect(try await new.call("data-1", ListTickets(), as: others["club"]).items.map(\.title) == ["The club's"])
        // The merge that was made before still leads from one to the other.
        try await new.stop("data-1")
        let made = try Database(path: new.state.files(of: "data-1") + "/customers/clinic.db", mode: .immutable)
        let numbers = Set(tickets.map(\.number))
        for sql: StaticString in ["SELECT source, target FROM ticket_merge", "SELECT number, merged_into FROM ticket WHERE merged_into IS NOT NULL", "SELECT ticket, value FROM ticket_event WHERE kind IN ('merged', 'absorbed')"] {
            let pairs = try made.query(sql) { [$0.int(0), $0.int(1)] }
            #expect(!pairs.isEmpty && pairs.allSatisfy { numbers.isSuperset(of: $0) }, "\(sql): \(pairs)")
        }
        try await old.close()
        try await new.close()
    }

    @Test func `a file with any byte changed, cut or put together by somebody is refused, and nothing is left of it`() async throws {
        let (old, new) = (try await TwoNodes(), try await TwoNodes(names: ["data-1"]))
        let (path, _, _) = try await exported(old)
        try await new.start("data-1")
        let whole = try DurableFiles.read(path)
        let damaged = new.state.path + "/damaged.tar"
        var generator = SystemRandomNumberGenerator()
        // Where a change means nothing there is none: the zeros at the end, the padding of the last blocks.
        let places = (0..<40).map { _ in Int.random(in: 0..<whole.count * 9 / 10, using: &generator) }
        for place in places {
            var bytes = whole
            bytes[place] ^= 1 << UInt8.random(in: 0..<8)
            try DurableFiles.write(bytes, to: damaged)
            #expect(await failure { _ = try await bring(damaged, as: "clinic", to: new) }?.status == 422, "byte \(place)")
        }
        for length in [0, 511, 512, 1024, whole.count / 2, whole.count - 4096] {
            try DurableFiles.write(Array(whole[..<length]), to: damaged)
            #expect(await failure { _ = try await bring(damaged, as: "clinic", to: new) }?.status == 422, "cut at \(length)")
        }
        #expect(await failure { _ = try await bring("/nowhere/at/all.tar", as: "clinic", to: new) }?.status == 400)
        #expect(await failure { _ = try await bring("relative.tar", as: "clinic", to: new) }?.status == 422)
        #expect(await failure { _ = try await bring(path, as: "../x", to: new) }?.status == 422)
        #expect(DurableFiles.names(in: new.state.files(of: "data-1") + "/customers").isEmpty)
        #expect(!DurableFiles.exists(new.state.files(of: "data-1") + "/incoming"))
        #expect(try await new.call("data-1", ListCustomers()).items.isEmpty)
        try await old.close()
        try await new.close()
    }

    @Test func `a person of staff, or sessions, smuggled into a file do not come in`() async throws {
        let (old, new) = (try await TwoNodes(), try await TwoNodes(names: ["data-1"]))
        let (path, _, _) = try await exported(old)
        try await new.start("data-1")
        let reader = try ArchiveReader(path)
        let raw = new.state.path + "/raw.db", forged = new.state.path + "/forged.tar"
        /// The same export with its database changed and every digest made right again.
        func forge(_ change: (Database) throws -> Void) throws {
            try DurableFiles.remove(raw)
            try reader.extract("customer.db", to: raw)
            var options = DatabaseOptions()
            options.exclusive = false
            do {
                let database = try Database(path: raw, mode: .write(create: false), options: options)
                // The forger brings no files.
                try database.script("DELETE FROM attachment")
                try change(database)
                try database.script("PRAGMA journal_mode = DELETE")
            }
            let archive = try ArchiveWriter(forged, directory: "clinic", modified: 0)
            try archive.add("customer.db", file: raw) { true }
            let (sha256, bytes) = try FileDigest.sha256(raw)
            let manifest: JSON = [
                "format": "fitech-customer-export", "version": 1, "customer": "clinic", "schema": .integer(Int64(CustomerSchema.schema.version)), "tables": [],
                "files": [["path": "customer.db", "bytes": .integer(Int64(bytes)), "sha256": .string(sha256)]],
            ]
            try archive.add("manifest.json", manifest.bytes)
            _ = try archive.finish()
        }
        try forge { try $0.script("UPDATE person SET role = 'operations'") }
        #expect(await failure { _ = try await bring(forged, as: "clinic", to: new) }?.status == 422)
        try forge { try $0.script("UPDATE person SET email = 'not an address'") }
        #expect(await failure { _ = try await bring(forged, as: "clinic", to: new) }?.status == 422)
        let secret = "clinic." + String(repeating: "x", count: 43)
        try forge { database in
            let person = try database.first("SELECT id FROM person") { $0.text(0) } ?? ""
            try database.execute("INSERT INTO session (hash, person, kind, scope, created, expires, used) VALUES (?, ?, 'session', 'all', 0, ?, ?)", Digest.sha256(secret), person, Int64.max / 2, Int64.max / 2)
            try database.execute("UPDATE person SET password = 'known'")
            try database.script("CREATE TRIGGER evil AFTER INSERT ON ticket BEGIN DELETE FROM subject; END")
        }
        _ = try await bring(forged, as: "clinic", to: new)
        #expect(await failure { _ = try await new.call("data-1", WhoAmI(), as: secret) }?.status == 401)
        let file = new.state.files(of: "data-1") + "/customers/clinic.db"
        try await new.stop("data-1")
        let made = try Database(path: file, mode: .immutable)
        #expect(try made.int("SELECT count(*) FROM sqlite_schema WHERE name = 'evil'") == 0 && made.int("SELECT count(*) FROM person WHERE password IS NOT NULL") == 0)
        try await old.close()
        try await new.close()
    }

    @Test func `the file is given in parts to who knows its name, and is gone when the export is ended`() async throws {
        let two = try await TwoNodes()
        let (path, export, token) = try await exported(two)
        let name = String(path.split(separator: "/").last!.dropLast(4))
        let whole = try DurableFiles.read(path)
        for (from, count) in [(0, 512), (1000, 7), (whole.count - 3, 3), (0, whole.count)] {
            #expect(try await two.bytes("data-2", "/exports/\(name)?from=\(from)&count=\(count)") == Array(whole[from..<from + count]))
        }
        for target in ["/exports/clinic.wrong", "/exports/\(name)?from=-1", "/exports/\(name)?from=1&count=\(whole.count)", "/exports/..%2F..%2Fepoch", "/exports/.."] {
            #expect(await failure { _ = try await two.bytes("data-2", target) } != nil, "\(target)")
        }
        var expire = ExpireExport()
        expire.id = export.id
        _ = try await two.call("data-1", expire, as: token)
        // The node that holds it asks once a minute; a start asks at once.
        try await two.stop("data-2")
        try await two.start("data-2")
        for _ in 0..<100 where DurableFiles.exists(path) { try await Task.sleep(for: .milliseconds(50)) }
        #expect(!DurableFiles.exists(path))
        try await two.close()
    }
}

extension String {
    /// What follows a word, up to the end of its line.
    fileprivate func components(after word: String) -> String? {
        guard let range = firstRange(of: word) else { return nil }
        return String(self[range.upperBound...].prefix { $0 != "\n" })
    }
}
