// Searching through both databases: who finds what, how words are read, pages, and the index beside what it indexes.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

extension House {
    func search(_ query: String, as token: String, _ more: (inout SearchPortal) -> Void = { _ in }) async throws -> SearchPortal.Answer {
        var asked = SearchPortal()
        (asked.query, asked.page.limit) = (query, 200)
        more(&asked)
        return try await call(asked, as: token)
    }

    /// What is found, as `ticket 1001`.
    func found(_ query: String, as token: String, _ more: (inout SearchPortal) -> Void = { _ in }) async throws -> [String] {
        try await search(query, as: token, more).items.map { "\($0.kind) \($0.id)" }
    }

    func open(_ title: String, _ body: String, as token: String) async throws -> Int {
        var asked = OpenTicket()
        (asked.title, asked.body) = (title, body)
        return try await call(asked, as: token).number
    }

    func reply(_ number: Int, _ body: String, as token: String, note: Bool = false) async throws {
        var asked = ReplyToTicket()
        (asked.number, asked.body, asked.internal) = (number, body, note ? true : nil)
        _ = try await call(asked, as: token)
    }

    /// Whether every index agrees with the texts it stands for, word by word.
    func checkIndexes() async throws {
        for file in store.allCustomers.map(\.file) {
            try await store.write(file) { database in
                try database.execute("INSERT INTO ticket_words (ticket_words, rank) VALUES ('integrity-check', 1)")
                try database.execute("INSERT INTO ticket_titles (ticket_titles, rank) VALUES ('integrity-check', 1)")
                try database.execute("INSERT INTO change_words (change_words, rank) VALUES ('integrity-check', 1)")
                try database.execute("INSERT INTO subject_words (subject_words, rank) VALUES ('integrity-check', 1)")
            }
        }
        try await store.write(store.directory) { database in
            try database.execute("INSERT INTO ticket_words (ticket_words, rank) VALUES ('integrity-check', 1)")
            try database.execute("INSERT INTO ticket_titles (ticket_titles, rank) VALUES ('integrity-check', 1)")
            try database.execute("INSERT INTO change_words (change_words, rank) VALUES ('integrity-check', 1)")
            try database.execute("INSERT INTO post_words (post_words, rank) VALUES ('integrity-check', 1)")
            try database.execute("INSERT INTO announcement_words (announcement_words, rank) VALUES ('integrity-check', 1)")
        }
    }
}

extension [SearchPart] {
    var text: String { map { $0.marked ? "[\($0.text)]" : $0.text }.joined() }
}

struct SearchTests {
    @Test func `posts and announcements are found by whom they are for, with what was changed in them, and by staff before`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        var support = tokens["staff/support"]!
        func post(_ title: String, _ publish: String, _ audience: String? = nil, number: Int? = nil) async throws -> Int {
            var asked = SavePost()
            (asked.title, asked.body, asked.tags, asked.publish, asked.audience, asked.number) = (title, "About **okapis**.", "stripes", publish, audience, number)
            return try await house.call(asked, as: support).number
        }
        let (all, clinic, draft) = (try await post("For everybody", "now"), try await post("For the clinic", "now", "clinic"), try await post("Not yet", "draft"))
        let ahead = try await post("Next week", house.inDays(7))
        let news = try await house.publish("Okapi news", .news, in: nil, as: support) { $0.body = "An okapi came." }
        let theirs = try await house.publish("Okapi of the club", as: support) { ($0.customer, $0.role) = ("club", .administrator) }
        let unseen = try await house.draft("Okapi draft", as: support)
        func hits(_ person: String, _ query: String = "okapi") async throws -> Set<String> { Set(try await house.found(query, as: tokens[person]!)) }
        let everybody: Set<String> = ["post \(all)", "announcement \(news.id)"]
        #expect(try await hits("clinic/subject") == everybody.union(["post \(clinic)"]))
        #expect(try await hits("club/operator") == everybody)
        #expect(try await hits("club/administrator") == everybody.union(["announcement \(theirs.id)"]))
        #expect(try await hits("staff/support") == everybody.union(["post \(clinic)", "post \(draft)", "post \(ahead)", "announcement \(theirs.id)", "announcement \(unseen.id)"]))
        #expect(try await hits("staff/technician") == everybody.union(["post \(clinic)", "post \(draft)", "post \(ahead)"]))
        #expect(try await hits("club/operator", "stripes") == ["post \(all)"])
        house.now = house.now.adding(.seconds(8 * 86_400))
        let later = try await house.signIn("operator@club.example")
        support = try await house.signIn("support@fitech.example")
        #expect(try await house.found("okapi", as: later).contains("post \(ahead)"))
        // What was written anew is found by its new words alone.
        _ = try await post("For giraffes", "now", number: all)
        #expect(try await house.found("giraffes", as: later) == ["post \(all)"])
        #expect(try await house.found("everybody", as: later) == [])
        // Pages go through the kinds to the end.
        var seen: [String] = [], after: String?
        repeat {
            let page = try await house.search("okapi", as: later) { ($0.page.limit, $0.page.after) = (1, after) }
            seen += page.items.map { "\($0.kind) \($0.id)" }
            after = page.next
        } while after != nil
        #expect(seen == (try await house.found("okapi", as: later)) && seen.count == 3)
        try await house.checkIndexes()
        await house.close()
    }

    @Test func `each person finds what their lists show and nothing else`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, subject, other, support) = (tokens["clinic/administrator"]!, tokens["clinic/subject"]!, tokens["club/administrator"]!, tokens["staff/support"]!)
        let (mine, theirs) = (try await house.open("A zebra in the waiting room", "Please help.", as: subject), try await house.open("The zebra again", "It is back.", as: admin))
        let change = try await house.change("Zebra crossing", as: admin)
        let draft = try await house.change("Zebra draft", as: admin, submit: false)
        var add = AddSubject()
        (add.reference, add.name, add.group) = ("Z-1", "Zebra Smith", "Stables")
        let animal = try await house.call(add, as: admin)

        #expect(try await house.found("zebra", as: subject) == ["ticket \(mine)"])
        let all = ["ticket \(theirs)", "ticket \(mine)", "change \(draft.number)", "change \(change.number)", "subject \(animal.id)"]
        #expect(try await house.found("zebra", as: admin) == all)
        #expect(try await house.found("zebra", as: tokens["clinic/operator"]!) == all)
        #expect(try await house.found("zebra", as: other) == [])
        #expect(try await house.found("zebra", as: support) == ["ticket \(theirs)", "ticket \(mine)", "change \(change.number)"])
        #expect(try await house.search("zebra", as: tokens["staff/technician"]!).kinds == ["post", "announcement"])
        #expect(try await house.found("zebra", as: tokens["staff/technician"]!) == [])
        // A number is no way around it either.
        for query in ["\(theirs)", "#\(theirs)", "T-\(theirs)", "\(change.number)", "C-\(draft.number)"] {
            #expect(try await house.found(query, as: other) == [])
            #expect(try await house.found(query, as: tokens["staff/technician"]!) == [], "\(query)")
        }
        #expect(try await house.found("#\(theirs)", as: subject) == [])
        #expect(try await house.found("#\(mine)", as: subject) == ["ticket \(mine)"])
        #expect(try await house.found("C-\(draft.number)", as: support) == [])
        #expect(try await house.found("C-\(draft.number)", as: admin) == ["change \(draft.number)"])
        // Whose it is can be asked for by staff alone, and is never a word that is found.
        #expect(try await house.found("zebra", as: support) { $0.customer = "club" } == [])
        #expect(try await house.found("zebra", as: support) { $0.customer = "clinic" }.count == 3)
        #expect(try await house.found("zebra", as: other) { $0.customer = "clinic" } == [])
        #expect(try await house.found("scope clinic", as: support) == [])
        try await house.checkIndexes()
        await house.close()
    }

    @Test func `a note among staff is found by staff, and changes nothing of what customers are answered`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.open("The scale shows nothing", "Since this morning.", as: admin)
        _ = try await house.open("The scale again", "It shows nothing.", as: admin)
        let queries = ["scale", "nothing", "fraud", "fraudulent customer", "scale fraud", "morning -fraud", "frau"]
        var before: [[UInt8]] = []
        for query in queries { before.append(CompactCodec.encode(try await house.search(query, as: admin))) }
        try await house.reply(number, "A fraudulent customer: the scale is stolen.", as: support, note: true)
        for (query, bytes) in zip(queries, before) { #expect(CompactCodec.encode(try await house.search(query, as: admin)) == bytes, "\(query)") }
        let hit = try #require(try await house.search("fraud", as: support).items.first)
        #expect(hit.id == "\(number)" && hit.snippet.text.contains("A [fraudulent] customer") && hit.customer == "clinic")
        // A reply everybody may read is found by both, a split of the note into a ticket of its own by staff alone.
        try await house.reply(number, "We replaced the battery.", as: support)
        #expect(try await house.found("battery", as: admin) == ["ticket \(number)"])
        #expect(try await house.found("battery scale", as: support) == ["ticket \(number)"])
        try await house.checkIndexes()
        await house.close()
    }

    @Test func `words, phrases, exclusions, beginnings, accents and addresses are read as people mean them`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let jam = try await house.open("Printer: paper jam", "The jam is in tray 2. Café Zürich told ana.smith@clinic.example about it.", as: admin)
        let toner = try await house.open("Printer out of toner", "Paper is there, no jam.", as: admin)
        let subscription = try await house.open("Subscription", "Renew it for the printers", as: admin)
        func expect(_ query: String, _ numbers: [Int]) async throws { #expect(try await house.found(query, as: admin) == numbers.map { "ticket \($0)" }, "\(query)") }
        try await expect("printer", [toner, jam, subscription])
        try await expect("printer ", [toner, jam])
        try await expect("PRINTER tray", [jam])
        try await expect("\"paper jam\"", [jam])
        try await expect("\"jam paper\"", [])
        try await expect("printer -toner", [jam])
        try await expect("-toner printer", [jam, subscription])
        try await expect("jam -\"paper jam\"", [toner])
        try await expect("-printer", [])
        try await expect("subscr", [subscription])
        try await expect("sub", [subscription])
        try await expect("cafe zurich", [jam])
        try await expect("CAFÉ", [jam])
        try await expect("ana.smith@clinic.example", [jam])
        try await expect("ana.smith@cli", [jam])
        try await expect("\(jam)", [jam])
        // Both words, though in no single message.
        try await house.reply(subscription, "A zeppelin was delivered.", as: admin)
        try await expect("zeppelin renew", [subscription])
        let hit = try #require(try await house.search("tray", as: admin).items.first)
        #expect(hit.title.text == "Printer: paper jam" && hit.snippet.text.hasPrefix("The jam is in [tray] 2.") && hit.about.text == "administrator" && hit.state == "open")
        #expect(try await house.search("paper", as: admin).items.first?.title.text == "Printer: [paper] jam")
        await house.close()
    }

    @Test func `nothing that can be typed is an error`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        _ = try await house.open("Quote \" and 'more'", "NEAR AND OR NOT * ^ : {title}", as: admin)
        var random = Dice(7)
        let pieces = ["\"", "-", " ", "*", "(", ")", "{title}:", ":", "AND", "OR", "NOT", "NEAR(", "^", "a", "quote", "ß", "é", "\u{0}", "\u{1F600}", "'", ";", "--", "\u{201C}", "+", "\\", "\u{301}", "\u{E000}", "\u{FFFF}", "%", "_", "ﬁ", "１２"]
        for turn in 0..<600 {
            let query = (0..<random.below(12)).map { _ in pieces[random.below(pieces.count)] }.joined()
            let failed = await failure { _ = try await house.search(query, as: turn % 2 == 0 ? admin : support) }
            #expect(failed == nil, "\(query.debugDescription): \(failed?.reason ?? "")")
        }
        for place in ["", "ticket", "ticket.1", "ticket.4.5.0", "page.1.5.0", "ticket.1.x.0", "ticket.1.99999999999999999999.0", "ticket.1.5", "ticket.1.5.x", "../.."] {
            #expect(await failure { _ = try await house.search("quote", as: admin) { $0.page.after = place } }?.status == 422, "\(place)")
        }
        await house.close()
    }

    @Test func `pages go through everything once, in the order of one long page`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        for number in 0..<17 {
            _ = try await house.open(number % 3 == 0 ? "Hanging lamp \(number)" : "Light \(number)", "A hanging lamp is broken.", as: number % 2 == 0 ? admin : tokens["club/operator"]!)
            if number % 4 == 0 { _ = try await house.change("Lamp of \(number)", as: admin) }
        }
        // Of one word, and of several in a title, which another index finds.
        for (query, token, kind) in [
            ("lamp", admin, nil), ("lamp", support, nil), ("lamp", support, SearchKind.ticket), ("lamp", admin, .change),
            ("lamp hanging", admin, nil), ("lamp hanging", support, nil), ("\"hanging lamp\"", support, .ticket), ("hanging la", admin, .ticket), ("hanging lamp -light", support, .ticket),
        ] as [(String, String, SearchKind?)] {
            let whole = try await house.found(query, as: token) { $0.kind = kind }
            #expect(whole.count > 3 && Set(whole).count == whole.count)
            for limit in [1, 2, 3, 5] {
                var parts: [String] = [], after: String?
                repeat {
                    let page = try await house.search(query, as: token) { ($0.kind, $0.page.limit, $0.page.after) = (kind, limit, after) }
                    #expect(page.items.count <= limit && (page.next == nil || page.items.count == limit))
                    parts += page.items.map { "\($0.kind) \($0.id)" }
                    after = page.next
                } while after != nil && parts.count < 100
                #expect(parts == whole, "by \(limit)")
            }
        }
        let overview = try await house.search("lamp", as: support) { ($0.overview, $0.page.limit) = (true, 5) }
        #expect(overview.items.filter { $0.kind == .ticket }.count == 5 && overview.items.filter { $0.kind == .change }.count == 5 && overview.further == ["ticket"])
        await house.close()
    }

    @Test func `a title counts among the newest; what is older comes behind them, newest first`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let oldest = try await house.open("Something older", "An anvil of iron.", as: admin)
        let old = try await house.open("Anvil of iron then", "It fell.", as: admin)
        // Thousands of tickets of others lie between.
        _ = try await house.store.write(house.store.directory) { try $0.execute("UPDATE counter SET next = next + 5000 WHERE name = 'ticket'") }
        house.store.numbers.forget()
        let new = try await house.open("Anvil of iron now", "It fell.", as: admin)
        let newest = try await house.open("Something newer", "An anvil of iron.", as: admin)
        for (query, token) in ["anvil", "iron anvil", "\"anvil of iron\""].flatMap({ [($0, admin), ($0, support)] }) {
            let all = [new, newest, old, oldest].map { "ticket \($0)" }
            #expect(try await house.found(query, as: token) == all)
            var (parts, after): ([String], String?) = ([], nil)
            repeat {
                let page = try await house.search(query, as: token) { ($0.page.limit, $0.page.after) = (1, after) }
                parts += page.items.map { "\($0.kind) \($0.id)" }
                after = page.next
            } while after != nil && parts.count < 10
            #expect(parts == all)
        }
        await house.close()
    }

    @Test func `a long conversation is found in all its length, and a word that is not wanted anywhere in it takes it out`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.open("A very long story", "It begins with an aardvark.", as: admin)
        for turn in 0..<30 { try await house.reply(number, "Turn\(turn) " + String(repeating: "and so it goes on ", count: 60), as: turn % 2 == 0 ? admin : support) }
        try await house.reply(number, "It ends with a yak.", as: admin)
        let pieces = try await house.loop.run { _ in try await house.room.read(house.store.customer("clinic")!.file) { try $0.int("SELECT count(*) FROM ticket_piece") ?? 0 } }
        #expect(pieces > 2)
        for token in [admin, support] {
            for query in ["aardvark", "yak", "turn17", "story yak", "goes"] { #expect(try await house.found(query, as: token) == ["ticket \(number)"], "\(query)") }
            for query in ["yak -aardvark", "turn29 -turn0", "story -yak"] { #expect(try await house.found(query, as: token) == [], "\(query)") }
        }
        try await house.checkIndexes()
        await house.close()
    }

    @Test func `what was there before the index is brought in piece by piece, also after a start that was cut off`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        var numbers: [Int] = []
        for number in 0..<5 { numbers.append(try await house.open("Owl \(number)", "Hoot.", as: admin)) }
        _ = try await house.change("Owl change", as: admin)
        let own = try await house.change("Owl of our own", as: support)
        var add = AddSubject()
        (add.reference, add.name) = ("O-1", "Owl")
        _ = try await house.call(add, as: admin)
        let clinic = house.store.customer("clinic")!
        // As a database looks that comes from a release without an index.
        try await house.store.write(clinic.file) { database in
            for table in [0, 1, 2] {
                switch table {
                case 0:
                    try database.execute("INSERT INTO ticket_words (ticket_words) VALUES ('delete-all')")
                    try database.execute("INSERT INTO ticket_titles (ticket_titles) VALUES ('delete-all')")
                case 1: try database.execute("INSERT INTO change_words (change_words) VALUES ('delete-all')")
                default: try database.execute("INSERT INTO subject_words (subject_words) VALUES ('delete-all')")
                }
            }
            try database.execute("DELETE FROM ticket_piece")
            try database.execute("UPDATE search_state SET built = 0")
        }
        try await house.store.write(house.store.directory) { database in
            try database.execute("INSERT INTO ticket_words (ticket_words) VALUES ('delete-all')")
            try database.execute("INSERT INTO ticket_titles (ticket_titles) VALUES ('delete-all')")
            try database.execute("INSERT INTO change_words (change_words) VALUES ('delete-all')")
            try database.execute("DELETE FROM ticket_text")
            try database.execute("DELETE FROM change_text")
            try database.execute("UPDATE customer SET ticket_revision = 0, change_revision = 0")
            try database.execute("UPDATE search_state SET built = 0")
        }
        let empty = try await house.search("owl", as: admin)
        #expect(empty.items.isEmpty && !empty.complete)
        // What is written meanwhile brings its own in; changing what is not in yet harms nothing.
        try await house.reply(numbers[1], "A new owl.", as: admin)
        var update = UpdateSubject()
        (update.id, update.reference, update.name) = (try await house.call(ListSubjects(), as: admin).items[0].id, "O-1", "Owl Brown")
        _ = try await house.call(update, as: admin)
        #expect(try await house.found("owl", as: admin) == ["ticket \(numbers[1])", "subject \(update.id)"])
        // A part was done before the start was cut off.
        let third = numbers[2]
        _ = try await house.store.write(clinic.file) { try SearchBuilding.tickets(before: third, in: $0) }
        await house.loop.run { _ in await house.room.sweep() }
        let after = try await house.search("owl", as: admin)
        #expect(after.items.count == 7 && after.complete)
        let staff = try await house.search("owl", as: support)
        #expect(staff.items.count == 7 && staff.complete && staff.items.contains { $0.id == "\(own.number)" })
        try await house.checkIndexes()
        await house.close()
    }
}

/// Random numbers of a seed, the same in every run.
struct Dice {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func below(_ end: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return end == 0 ? 0 : Int((state >> 33) % UInt64(end))
    }
}
