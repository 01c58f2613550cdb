// Rows of a customer's exports.
import Digests
import Procedures
import Storage
import Wire

/// An export with what only the data tier knows of it.
struct ExportRow: Sendable {
    var row: Int64
    var export: Export
    var file: String
    var node: String?
    var person: String?
    var origin: String?
}

enum ExportRows {
    private static func read(_ row: Row, _ customer: String, _ now: Timestamp) -> ExportRow {
        var export = Export()
        export.customer = customer
        export.id = row.text(1)
        export.state = ExportState(rawValue: row.text(3)) ?? .failed
        export.fresh = row.bool(4)
        export.askedBy = row.text(6)
        export.asked = Timestamp(milliseconds: row.int64(7))
        export.asOf = row.optionalInt64(10).map(Timestamp.init(milliseconds:))
        export.finished = row.optionalInt64(11).map(Timestamp.init(milliseconds:))
        export.expires = row.optionalInt64(12).map(Timestamp.init(milliseconds:))
        export.fileName = row.optionalText(13)
        export.bytes = row.optionalInt(14)
        export.sha256 = row.optionalText(15)
        export.rows = row.optionalInt(16)
        export.attachments = row.optionalInt(17)
        export.downloads = row.int(18)
        export.problem = row.optionalText(19)
        export.hint = row.optionalText(20)
        export.upload = row.optionalText(21).flatMap(UploadState.init)
        export.uploadTried = row.optionalInt64(22).map(Timestamp.init(milliseconds:))
        export.uploadProblem = row.text(23).isEmpty ? nil : row.text(23)
        export.scheduled = row.bool(24)
        // Its time may be over before anybody has swept.
        if export.state == .done, let expires = export.expires, expires <= now { export.state = .expired }
        if export.state == .done { export.progress = 1 }
        return ExportRow(row: row.int64(0), export: export, file: row.text(2), node: row.optionalText(9), person: row.optionalText(5), origin: row.optionalText(8))
    }

    static func find(_ id: String, of customer: String, now: Timestamp, in database: Database) throws -> ExportRow? {
        try database.first("""
            SELECT row, id, file, state, fresh, person, asked_by, asked, origin, node, as_of, finished, expires, file_name, bytes, sha256, rows,
                attachments, downloads, problem, hint, upload, upload_at, upload_reason, scheduled FROM export WHERE id = ?
            """, id) { read($0, customer, now) }
    }

    static func find(row: Int64, of customer: String, now: Timestamp, in database: Database) throws -> ExportRow? {
        try database.first("""
            SELECT row, id, file, state, fresh, person, asked_by, asked, origin, node, as_of, finished, expires, file_name, bytes, sha256, rows,
                attachments, downloads, problem, hint, upload, upload_at, upload_reason, scheduled FROM export WHERE row = ?
            """, row) { read($0, customer, now) }
    }

    /// Newest first, before the row of that id.
    static func list(of customer: String, after: String?, limit: Int, now: Timestamp, in database: Database) throws -> [Export] {
        var before = Int64.max
        if let after {
            guard let found = try database.first("SELECT row FROM export WHERE id = ?", after, row: { $0.int64(0) }) else { throw PageCut.wrongCursor }
            before = found
        }
        return try database.query("""
            SELECT row, id, file, state, fresh, person, asked_by, asked, origin, node, as_of, finished, expires, file_name, bytes, sha256, rows,
                attachments, downloads, problem, hint, upload, upload_at, upload_reason, scheduled FROM export WHERE row < ? ORDER BY row DESC LIMIT ?
            """, before, limit) { read($0, customer, now).export }
    }

    /// Those somebody has to make, the oldest first.
    static func open(of customer: String, now: Timestamp, in database: Database) throws -> [ExportRow] {
        try database.query("""
            SELECT row, id, file, state, fresh, person, asked_by, asked, origin, node, as_of, finished, expires, file_name, bytes, sha256, rows,
                attachments, downloads, problem, hint, upload, upload_at, upload_reason, scheduled FROM export WHERE state IN ('waiting', 'running') ORDER BY row LIMIT 10
            """) { read($0, customer, now) }
    }

    /// Asks for an export; refused while another is waiting or running.
    static func ask(_ export: Export, file: String, person: String?, origin: String?, in database: Database) throws {
        if try database.int("SELECT 1 FROM export WHERE state IN ('waiting', 'running')") != nil {
            throw Failure.conflict("An export of this customer is being made already.", hint: "Wait for it, or end it first.", code: "export-under-way")
        }
        try database.execute(
            "INSERT INTO export (id, file, state, fresh, person, asked_by, asked, origin, scheduled) VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?, ?)",
            export.id, file, export.fresh, person, export.askedBy, export.asked.milliseconds, origin, export.scheduled)
    }

    /// Takes files out of use: those past their time, and the oldest beyond how many are kept.
    static func retire(kept: Int, now: Timestamp, in database: Database) throws {
        try database.execute("UPDATE export SET state = 'expired' WHERE state = 'done' AND expires <= ?", now.milliseconds)
        try database.execute("""
            UPDATE export SET state = 'expired' WHERE state = 'done'
            AND row NOT IN (SELECT row FROM export WHERE state = 'done' ORDER BY row DESC LIMIT ?)
            """, kept)
        try ScheduleRows.drop("its time was over", now: now, in: database)
        try database.execute("DELETE FROM export_link WHERE expires <= ? OR export NOT IN (SELECT row FROM export WHERE state = 'done')", now.milliseconds)
    }

    /// The file of an export that can be downloaded now.
    static func file(_ found: ExportRow) throws(Failure) -> ExportFile {
        guard found.export.state == .done, let node = found.node else {
            throw Failure(
                whose: .client, retry: .never, status: found.export.state == .expired ? 410 : 409, code: "export-\(found.export.state.rawValue)",
                reason: found.export.state == .expired ? "This export is gone: its time was over, or somebody removed it." : "This export is not there yet: it is \(found.export.state.rawValue).",
                hint: found.export.state == .expired ? "Ask for a new one." : "Wait until its state is done.")
        }
        var file = ExportFile()
        (file.node, file.file, file.fileName) = (node, found.file, found.export.fileName ?? "export.tar")
        (file.bytes, file.sha256, file.finished) = (found.export.bytes ?? 0, found.export.sha256 ?? "", found.export.finished ?? Timestamp())
        return file
    }
}
