// Full-text indexes that are merged beside the work: what they are written in, what is found before and after, and an upgrade of them.
import Engine
import Procedures
import Storage
import Testing
@testable import DataTier

extension House {
    /// Merges whatever there is to merge in every database; how many steps it took.
    @discardableResult
    func mergeIndexes() async throws -> Int {
        var steps = 0
        for file in [store.directory] + store.allCustomers.map(\.file) {
            while try await loop.run({ _ in try await self.room.mergeOnce(file) }) { steps += 1 }
        }
        return steps
    }
}

struct SearchMergingTests {
    /// In how many pieces the index of a database's conversations is.
    private func pieces(_ file: DatabaseFile) async throws -> Int {
        try await file.alone { try $0.int("SELECT count(DISTINCT segid) FROM ticket_words_idx") ?? 0 }
    }

    @Test func `an index is merged into few pieces, and every search finds what it found before`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        for number in 0..<60 {
            let ticket = try await house.open("Heron \(number) and \(number % 7)", "It stands in the \(number % 2 == 0 ? "reeds" : "shallows").", as: admin)
            if number % 5 == 0 { try await house.reply(ticket, "Another heron, number\(number).", as: support) }
        }
        let files = [house.store.customer("clinic")!.file, house.store.directory]
        let queries = ["heron", "heron 3", "\"and 4\"", "heron -reeds", "shallows heron", "number4", "her", "heron 6 shallows -number25"]
        var before: [[String]] = []
        for query in queries { for token in [admin, support] { before.append(try await house.found(query, as: token)) } }
        let scattered = [try await pieces(files[0]), try await pieces(files[1])]
        #expect(try await house.mergeIndexes() > 0)
        for (file, count) in zip(files, scattered) { #expect(try await pieces(file) < count && count > 3) }
        var after: [[String]] = []
        for query in queries { for token in [admin, support] { after.append(try await house.found(query, as: token)) } }
        #expect(before == after && before.allSatisfy { !$0.isEmpty })
        try await house.checkIndexes()
        // Nothing was written since.
        #expect(try await house.mergeIndexes() == 0)
        await house.close()
    }

    @Test func `a database of an earlier release gets the titles of its tickets into their index by the step that makes it`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.open("Stork and heron", "On one leg.", as: admin)
        _ = try await house.open("Heron", "Beside a stork.", as: admin)
        for (file, step) in [(house.store.customer("clinic")!.file, SearchTables.titlesOfCustomer), (house.store.directory, SearchTables.titlesOfDirectory)] {
            try await file.alone { database in
                try database.execute("DROP TABLE ticket_titles")
                try database.execute("DROP VIEW ticket_title")
                try database.script(step)
            }
        }
        for token in [admin, support] { #expect(try await house.found("stork heron", as: token).first == "ticket \(number)") }
        try await house.checkIndexes()
        await house.close()
    }
}
