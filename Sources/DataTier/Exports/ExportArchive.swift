// The file of an export: an uncompressed tar with the customer's database, a manifest, and the digests as sha256sum reads them.
import Control
import Digests
import Storage
import Wire

/// What an export holds and of when.
struct ExportSource: Sendable {
    var customer: String
    var displayName: String
    /// A file nobody writes: the database in a restore point.
    var database: String
    var asOf: Timestamp
    var made: Timestamp
    var release: String
}

struct ExportOutcome: Sendable {
    var bytes: Int
    var sha256: String
    var rows: Int
    var attachments: Int
}

/// Uncompressed, because a download that broke off goes on at any byte, and because what is large in it is compressed already.
enum ExportArchive {
    static let format = "fitech-customer-export"
    static let version = 1
    static let database = "customer.db", manifest = "manifest.json", sums = "SHA256SUMS"

    /// What an archive of that moment is called, without its ending.
    static func name(_ customer: String, _ asOf: Timestamp) -> String {
        "\(customer)-\(asOf.iso8601.prefix(16).filter { $0 != ":" })"
    }

    /// Makes the archive at `target`; what it needs meanwhile lies beside it. Nothing is left when it throws. Blocks, for long.
    static func make(_ source: ExportSource, to target: String, _ progress: ExportProgress) throws -> ExportOutcome {
        let copy = target + ".db", partial = target + ".partial"
        defer {
            try? DiskPace.remove(copy)
            try? DiskPace.remove(partial)
        }
        let size = FileStamp(path: source.database)?.bytes ?? 0
        try room(for: 2 * size + (64 << 20), at: DurableFiles.directory(of: target))
        progress.step("copying the database without its secrets", from: 0.05, span: 0.5, growing: copy, expected: size)
        let current = try brought(source.database, beside: target)
        defer { if current != source.database { try? DiskPace.remove(current) } }
        let tables = try ExportPlan.taken { try DatabaseExcerpt.columns(of: current, table: $0) }
        let counts = try DatabaseExcerpt.make(of: current, to: copy, schema: CustomerSchema.schema, tables: tables) { !progress.isStopped }
        // What is large in the source and not in the copy are attachments.
        progress.step("packing", from: 0.55, span: 0.44, growing: partial, expected: max(size, FileStamp(path: copy)?.bytes ?? 0))
        let archive = try ArchiveWriter(partial, directory: name(source.customer, source.asOf), modified: source.asOf.seconds)
        try archive.add(database, file: copy) { !progress.isStopped }
        let attachments = try archive.addAttachments(of: current, progress)
        try archive.add(manifest, Self.manifest(source, counts, archive.files).bytes + [10])
        try archive.add(sums, Array(archive.files.map { "\($0.sha256)  \($0.path)\n" }.joined().utf8))
        let sha256 = try archive.finish()
        try DurableFiles.move(partial, to: target)
        return ExportOutcome(bytes: archive.bytes, sha256: sha256, rows: counts.reduce(0) { $0 + $1.rows }, attachments: attachments)
    }

    /// A database of an earlier release, brought to the newest tables in a copy.
    private static func brought(_ path: String, beside target: String) throws -> String {
        guard try DatabaseExcerpt.version(of: path) != CustomerSchema.schema.version else { return path }
        let copy = target + ".old"
        try DurableFiles.copy(path, to: copy)
        try DatabaseExcerpt.bring(copy, to: CustomerSchema.schema)
        return copy
    }

    private static func room(for bytes: Int, at directory: String) throws {
        guard let free = DurableFiles.freeBytes(at: directory), free < bytes else { return }
        throw Failure(
            whose: .ours, retry: .never, status: 507, code: "disk-full", reason: "The export needs \(bytes >> 20) MB on the disk of the data node; \(free >> 20) MB are free.",
            hint: "Remove exports that are not needed any more, or ask operations for room.")
    }

    private static func manifest(_ source: ExportSource, _ counts: [(table: String, rows: Int)], _ files: [ArchiveWriter.Entry]) -> JSON {
        [
            "format": .string(format), "version": .integer(Int64(version)), "customer": .string(source.customer), "display_name": .string(source.displayName),
            "as_of": .string(source.asOf.iso8601), "made": .string(source.made.iso8601), "release": .string(source.release),
            "schema": .integer(Int64(CustomerSchema.schema.version)),
            "tables": .array(counts.map { ["name": .string($0.table), "rows": .integer(Int64($0.rows))] }),
            "left_out": .array(ExportPlan.leftOut.map { ["name": .string($0.name), "why": .string($0.why)] }),
            "files": .array(files.map { ["path": .string($0.path), "bytes": .integer(Int64($0.bytes)), "sha256": .string($0.sha256)] }),
        ]
    }
}
