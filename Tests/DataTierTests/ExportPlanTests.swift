// What is handed out of a customer's database: every table has its rule, and no secret is in what is taken.
import Storage
import Testing
import Wire
@testable import DataTier

struct ExportPlanTests {
    /// A fresh file of the customer's newest tables, and its path.
    private func fresh() throws -> String {
        let path = "/tmp/fitech-plan-\(UInt32.random(in: 0 ... .max)).db"
        var options = DatabaseOptions()
        options.exclusive = false
        let database = try Database(path: path, mode: .write(create: true), options: options)
        try CustomerSchema.schema.migrate(database)
        try database.script("PRAGMA journal_mode = DELETE")
        return path
    }

    @Test func `every table of a customer is named, with what becomes of it, and no other`() throws {
        let path = try fresh()
        #expect(Set(ExportPlan.tables.map(\.name)) == Set(try DatabaseExcerpt.tables(of: path)), "a new table needs a rule in ExportPlan: taken whole, in part, or left out, and why")
        #expect(Set(ExportPlan.tables.map(\.name)).count == ExportPlan.tables.count)
        for case (let name, .without(let columns, _)) in ExportPlan.tables {
            #expect(Set(try DatabaseExcerpt.columns(of: path, table: name)).isSuperset(of: columns), "\(name)")
        }
        try DurableFiles.remove(path)
    }

    /// Columns whose names sound like secrets and are none.
    private static let harmless: Set<String> = ["ticket.title_key", "change.title_key", "measure.category_code", "measure.code", "audit.hash"]

    @Test func `no column that sounds like a secret is taken`() throws {
        let path = try fresh()
        for table in try ExportPlan.taken(columns: { try DatabaseExcerpt.columns(of: path, table: $0) }) {
            for column in try DatabaseExcerpt.columns(of: path, table: table.name) where table.columns?.contains(column) ?? true {
                let secret = ["password", "secret", "token", "hash", "key", "code", "seed", "credential"].contains { column.contains($0) }
                #expect(!secret || Self.harmless.contains("\(table.name).\(column)"), "\(table.name).\(column): leave it out in ExportPlan, or name it harmless here")
            }
        }
        try DurableFiles.remove(path)
    }

    @Test func `names of files are what they must be and lead nowhere`() {
        let one = "clinic." + String(repeating: "a", count: 43)
        #expect(ExportName.isOne(one))
        for bad in ["", "clinic", "../etc", "clinic./../x", "clinic..", ".clinic", "clinic.a/b", "clinic.\u{0}", "clinic.%2e", one + "é"] { #expect(!ExportName.isOne(bad), "\(bad)") }
    }
}
