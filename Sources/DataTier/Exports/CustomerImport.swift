// Brings an export of a customer into this Fitech: checked first, put together aside, then there as a whole or not at all.
import Control
import Digests
import Glibc
import Nodes
import Procedures
import Storage
import Wire

/// What is to be brought in.
struct CustomerImportRequest: Sendable {
    /// What the customer is called here.
    var customer: String
    /// The archive, on this machine.
    var path: String
    /// Mail everybody an invitation that sets a password; needs `origin`.
    var invites: Bool
    var origin: String?

    init(json: JSON) throws(Failure) {
        customer = json["customer"]?.string ?? ""
        path = json["path"]?.string ?? ""
        invites = json["invite"]?.bool ?? false
        origin = json["origin"]?.string
        var problems: [Failure.FieldProblem] = []
        if let problem = CustomerName.problem(customer) { problems.append(.init(field: "customer", reason: problem, hint: "Use a short name like clinic.")) }
        if !path.hasPrefix("/") { problems.append(.init(field: "path", reason: "\"\(path)\" is not an absolute path.", hint: "Send the whole path of the file on the machine of the primary.")) }
        if invites, origin?.isEmpty != false { problems.append(.init(field: "origin", reason: "It is not known what the links of invitations begin with.", hint: "Send origin, like https://portal.example.")) }
        guard problems.isEmpty else { throw .unacceptable(problems) }
    }
}

extension DataNode {
    /// Answers what was brought in: counts by table, people, what became of the tickets' numbers.
    func importCustomer(_ request: CustomerImportRequest, _ room: DataRoom, _ progress: Progress) async throws -> JSON {
        try store.role.checkMayWrite()
        await operations.enter(Self.operation)
        defer { operations.leave(Self.operation) }
        let taken = Failure.conflict("There is a customer named \(request.customer) already.", hint: "Bring the export in under another name.", code: "customer-taken")
        guard store.customer(request.customer) == nil else { throw taken }
        let staging = "\(node.files)/incoming"
        defer { try? DurableFiles.remove(staging) }
        await progress(0.05, "checking the archive against its manifest")
        let incoming = try await store.exporting.run { try IncomingCustomer(request.path, in: staging) }
        await progress(0.6, "comparing addresses")
        try await checkAddresses(incoming.people, room)
        let numbers = try await ticketNumbers(incoming)
        if numbers.isNew {
            await progress(0.65, "numbering the tickets anew")
            try await store.exporting.run { try incoming.renumber(from: numbers.first) }
        }
        if incoming.changes > 0 {
            let first = try await changeNumbers(incoming.changes)
            try await store.exporting.run { try incoming.renumberChanges(from: first) }
        }
        await progress(0.75, "taking the customer in")
        let name = request.customer
        let entry = store.enter(name, displayName: incoming.manifest.displayName)
        do {
            try await place(incoming.database, as: entry)
            try await enter(incoming, entry, room)
        } catch {
            store.forget(name)
            let path = entry.file.path
            _ = try? await entry.file.whileClosed { try DurableFiles.remove(path) }
            throw error
        }
        await progress(0.9, request.invites ? "inviting \(incoming.people.count) people" : "finishing")
        try await greet(incoming, entry, request, room)
        store.log.info("brought a customer in", ("customer", name), ("rows", "\(incoming.rows)"))
        return [
            "customer": .string(name), "display_name": .string(incoming.manifest.displayName), "was": .string(incoming.manifest.customer), "as_of": .string(incoming.manifest.asOf),
            "rows": .integer(Int64(incoming.rows)), "tables": .array(incoming.counts.map { ["name": .string($0.table), "rows": .integer(Int64($0.rows))] }),
            "people": .integer(Int64(incoming.people.count)), "invited": .integer(Int64(request.invites ? incoming.people.count : 0)),
            "tickets": numbers.isNew ? .string("numbered anew from \(numbers.first)") : .string("numbers kept"),
        ]
    }

    /// Every address belongs to one person of one customer: those in use here are named, all of them.
    private func checkAddresses(_ people: [IncomingCustomer.Person], _ room: DataRoom) async throws {
        let emails = people.map(\.email)
        let used = try await room.read(store.directory) { database in
            try emails.filter { try database.int("SELECT 1 FROM address WHERE email = ?", $0) != nil }
        }
        guard !used.isEmpty else { return }
        throw Failure(
            whose: .client, retry: .never, status: 409, code: "addresses-taken",
            reason: "\(used.count) of its \(people.count) people have an address that belongs to somebody here already: \(used.prefix(20).joined(separator: ", "))\(used.count > 20 ? " and more" : "").",
            hint: "Every address belongs to one person. Change it there and export again, or remove the person here first; nothing was taken in.")
    }

    private func ticketNumbers(_ incoming: IncomingCustomer) async throws -> (first: Int, isNew: Bool) {
        let (count, lowest, highest) = (incoming.tickets, incoming.lowestTicket, incoming.highestTicket)
        return try await store.write(store.directory) { database in
            let next = try database.int("SELECT next FROM counter WHERE name = 'ticket'") ?? 1001
            guard count > 0 else { return (next, false) }
            // Numbers below were given out here, or are about to be.
            let isNew = lowest < next
            try database.execute("UPDATE counter SET next = ? WHERE name = 'ticket'", isNew ? next + count : highest + 1)
            return (next, isNew)
        }
    }

    /// The first of so many numbers for changes: theirs may be another's here, so they always get new ones.
    private func changeNumbers(_ count: Int) async throws -> Int {
        try await store.write(store.directory) { database in
            let next = try database.int("SELECT next FROM counter WHERE name = 'change'") ?? 101
            try database.execute("UPDATE counter SET next = ? WHERE name = 'change'", next + count)
            return next
        }
    }

    /// Puts the file in its place. One that lies there is of no customer the directory knows: it is kept aside.
    private func place(_ database: String, as entry: CustomerEntry) async throws {
        let (path, aside) = (entry.file.path, "\(store.recoveredPath)/\(RestorePoint.makeID(.now))")
        try await entry.file.whileClosed {
            if DurableFiles.exists(path) {
                try DurableFiles.makeDirectory(aside)
                for ending in ["", "-wal", "-shm"] where DurableFiles.exists(path + ending) { try DurableFiles.move(path + ending, to: "\(aside)/\(entry.name).db\(ending)") }
            }
            try DurableFiles.move(database, to: path)
        }
    }

    /// The one commit that makes the customer exist.
    private func enter(_ incoming: IncomingCustomer, _ entry: CustomerEntry, _ room: DataRoom) async throws {
        let (people, name, displayName, now) = (incoming.people, entry.name, entry.displayName, Timestamp.now)
        try await store.write(store.directory) { database in
            try database.execute("INSERT INTO customer (name, display_name, created) VALUES (?, ?, ?)", name, displayName, now.milliseconds)
            for person in people { try database.execute("INSERT INTO address (email, customer, person) VALUES (?, ?, ?)", person.email, name, person.id) }
            try Audit(actor: .node(.operations), request: nil, now: now).note("brought a customer in", .customer(name), in: database)
        }
    }

    private func greet(_ incoming: IncomingCustomer, _ entry: CustomerEntry, _ request: CustomerImportRequest, _ room: DataRoom) async throws {
        let (people, manifest, life, now, name, house) = (incoming.people, incoming.manifest, options.invitationLife, Timestamp.now, entry.name, entry.displayName)
        let origin = request.invites ? request.origin : nil
        try await store.write(entry.file) { database in
            // The indexes of searching are never in an export: they are made of what came.
            try database.execute("UPDATE search_state SET built = 0")
            try Audit(actor: .node(.operations), request: nil, now: now).note("brought in from an export", detail: "of \(manifest.customer) up to \(manifest.asOf)", in: database)
            guard let origin else { return }
            for person in people {
                let (text, hash) = Token.make(in: name)
                try LinkFamily.make(.invitation, hash, person: person.id, life: life, now, in: database)
                try Mail.write(to: person.email, subject: "The portal of \(house) has moved", body: """
                    Hello \(person.name),

                    the portal of \(house) is here now, with everything that was in it. This link sets your password; it works once, for a week:

                    \(origin)/invitation?token=\(text)
                    """, place: name, now: now, in: database)
            }
        }
        if origin != nil { store.effects.note(name) }
        await room.buildSearch(of: entry)
        await room.followAllTickets(of: entry)
        await room.followChanges(of: .customer(entry))
    }
}
