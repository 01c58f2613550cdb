// Attachments as files of an export, and back: their contents never pass through memory whole.
import Digests
import Storage
import Wire

/// One attachment whose contents travel beside the database.
struct AttachmentFile: Sendable {
    var row: Int64
    var id: String
    var bytes: Int
    var sha256: [UInt8]

    /// Its place in the archive. The name a person gave it is in the database: here it could not lead anywhere.
    var path: String { "attachments/\(id)" }

    /// Those an export takes: complete, and not among staff.
    static func all(in database: Database) throws -> [AttachmentFile] {
        try database.query("SELECT row, id, bytes, sha256 FROM attachment WHERE complete = 1 AND internal = 0 ORDER BY row") {
            AttachmentFile(row: $0.int64(0), id: $0.text(1), bytes: $0.int(2), sha256: $0.bytes(3))
        }
    }

    /// Bytes of a piece as they are stored; only the last has fewer.
    static let pieceBytes = 262_144
}

extension ArchiveWriter {
    /// Adds the contents of every attachment of `source`; answers how many there were.
    func addAttachments(of source: String, _ progress: ExportProgress) throws -> Int {
        let database = try Database(path: source, mode: .immutable)
        let files = try AttachmentFile.all(in: database)
        for file in files {
            guard !progress.isStopped else { throw DatabaseExcerpt.Stopped() }
            let digest = try add(file.path, bytes: file.bytes) { put in
                try database.each("SELECT bytes FROM attachment_piece WHERE attachment = ? ORDER BY place", [file.row]) { row in
                    try put(row.bytes(0))
                    return true
                }
            }
            guard digest == Hex.encode(file.sha256) else {
                throw Failure.fault("An attachment (\(file.id)) is not what was once stored: its SHA-256 differs.", hint: "Operations look at the disk; an older restore point may hold it whole.")
            }
        }
        return files.count
    }
}

extension ArchiveReader {
    /// Puts the contents of the attachments back into a database that has their rows.
    func restoreAttachments(into path: String) throws {
        var options = DatabaseOptions()
        options.exclusive = false
        let database = try Database(path: path, mode: .write(create: false), options: options)
        try database.script("PRAGMA journal_mode = DELETE")
        for file in try AttachmentFile.all(in: database) {
            guard let entry = entries.first(where: { $0.path == file.path }), entry.bytes == file.bytes, entry.sha256 == Hex.encode(file.sha256) else {
                throw Self.refused("The attachment \(file.id) of its database is not among its files.")
            }
            var place = 0
            try database.transaction {
                try read(entry, piece: AttachmentFile.pieceBytes) { piece in
                    try database.execute("INSERT INTO attachment_piece (attachment, place, bytes) VALUES (?, ?, ?)", file.row, place, piece)
                    place += 1
                }
            }
        }
        let known = Set(try AttachmentFile.all(in: database).map(\.path)).union([ExportArchive.database, ExportArchive.manifest, ExportArchive.sums])
        if let odd = entries.first(where: { !known.contains($0.path) }) { throw Self.refused("\(odd.path) belongs to no attachment of its database.") }
    }
}
