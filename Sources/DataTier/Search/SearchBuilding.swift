// Brings what was there before the indexes, or came without them, into them: newest first, so many rows a transaction, so that whoever
// writes meanwhile waits behind little. Rows that were brought in say so themselves: it goes on where it was cut off.
import Storage

extension DataRoom {
    /// What cannot be done now is done after the next start; searches say that they are not complete.
    func buildSearch(of customer: CustomerEntry) async {
        do {
            guard try await read(customer.file, { try $0.int("SELECT built FROM search_state") }) == 0 else { return }
            var (ticket, change, subject): (Int?, Int?, Int?) = (.max, .max, .max)
            while let last = ticket { ticket = try await store.write(customer.file) { try SearchBuilding.tickets(before: last, in: $0) } }
            while let last = change { change = try await store.write(customer.file) { try SearchBuilding.changes(before: last, in: $0) } }
            while let last = subject { subject = try await store.write(customer.file) { try SearchBuilding.subjects(before: last, in: $0) } }
            _ = try await store.write(customer.file) { try $0.execute("UPDATE search_state SET built = 1") }
        } catch {
            store.log.warning("the search index is not complete", ("customer", customer.name), ("error", "\(error)"))
        }
    }
}

enum SearchBuilding {
    /// Brings 200 rows in: the index takes them in ascending order, so that it collects their words before it writes.
    /// The lowest number that was looked at; nil when there are none before.
    static func tickets(before number: Int, in database: Database) throws -> Int? {
        let found = try database.query("SELECT number, EXISTS (SELECT 1 FROM ticket_piece WHERE ticket = number) FROM ticket WHERE number < ? ORDER BY number DESC LIMIT 200", number) { ($0.int(0), $0.bool(1)) }
        for (number, isIn) in found.reversed() where !isIn { try TicketWords.add(number, in: database) }
        return found.last?.0
    }

    static func changes(before number: Int, in database: Database) throws -> Int? {
        let found = try database.query("SELECT number, EXISTS (SELECT 1 FROM change_words_docsize WHERE id = number) FROM change WHERE number < ? ORDER BY number DESC LIMIT 200", number) { ($0.int(0), $0.bool(1)) }
        for (number, isIn) in found.reversed() where !isIn { try ChangeWords.add(number, in: database) }
        return found.last?.0
    }

    static func subjects(before row: Int, in database: Database) throws -> Int? {
        let found = try database.query("SELECT row, EXISTS (SELECT 1 FROM subject_words_docsize WHERE id = row) FROM subject WHERE row < ? ORDER BY row DESC LIMIT 200", row) { ($0.int64(0), $0.bool(1)) }
        for (row, isIn) in found.reversed() where !isIn { try SubjectWords.add(row, in: database) }
        return found.last.map { Int($0.0) }
    }

    /// Fitech's own changes, of before the index.
    static func ownChanges(in directory: Database) throws {
        for number in try directory.query("SELECT number FROM change WHERE NOT EXISTS (SELECT 1 FROM change_text WHERE row = number)", row: { $0.int(0) }) {
            try ChangeIndex.followOwn(number, in: directory)
        }
    }
}
