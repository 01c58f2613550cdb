// Reads an export's archive: everything in it is checked against its manifest before anything is taken out.
import Digests
import Glibc
import Storage
import Wire

/// What an archive says of itself.
struct ExportManifest: Sendable {
    var customer: String
    var displayName: String
    var asOf: String
    var schema: Int
    var tables: [(name: String, rows: Int)]
    var files: [(path: String, bytes: Int, sha256: String)]
}

/// A file in an archive: where its contents begin.
struct ArchiveEntry: Sendable {
    var path: String
    var offset: Int
    var bytes: Int
    var sha256: String
}

/// Blocks; for a blocking thread.
struct ArchiveReader {
    let path: String
    let manifest: ExportManifest
    let entries: [ArchiveEntry]

    static func refused(_ reason: String, hint: String = "Download the export again and compare its SHA-256 with the one on the page; nothing was taken in.") -> Failure {
        Failure(whose: .client, retry: .never, status: 422, code: "damaged-export", reason: reason, hint: hint)
    }

    /// Reads the whole archive once. Throws a failure that says what is wrong with it, `DatabaseExcerpt.Stopped` when `goesOn` says so.
    init(_ path: String, goesOn: () -> Bool = { true }) throws {
        self.path = path
        let file = try OpenArchive(path)
        var found: [ArchiveEntry] = []
        var directory: Substring?
        var manifestBytes: [UInt8] = []
        while let header = try file.header() {
            guard goesOn() else { throw DatabaseExcerpt.Stopped() }
            let parts = header.path.split(separator: "/", maxSplits: 1)
            guard parts.count == 2, directory == nil || directory == parts[0] else { throw Self.refused("\(header.path) lies outside the one directory of an export.") }
            directory = parts[0]
            let name = String(parts[1])
            guard !found.contains(where: { $0.path == name }) else { throw Self.refused("\(name) is in the archive twice.") }
            guard found.count < 10_000_000 else { throw Self.refused("The archive has too many files.") }
            let offset = file.position
            if name == ExportArchive.manifest {
                guard header.bytes <= 64 << 20 else { throw Self.refused("The manifest is too large.") }
                manifestBytes = try file.contents(header.bytes)
                found.append(ArchiveEntry(path: name, offset: offset, bytes: header.bytes, sha256: Hex.encode(Digest.sha256(manifestBytes))))
                try file.skip(header.padding)
            } else {
                found.append(ArchiveEntry(path: name, offset: offset, bytes: header.bytes, sha256: try file.digest(header.bytes, goesOn)))
                try file.skip(header.padding)
            }
        }
        entries = found
        manifest = try Self.manifest(manifestBytes)
        try check()
    }

    private static func manifest(_ bytes: [UInt8]) throws -> ExportManifest {
        guard !bytes.isEmpty else { throw refused("There is no manifest.json in the archive: it is no export of a customer, or only a part of one.") }
        guard let json = try? JSON.parse(bytes), json["format"]?.string == ExportArchive.format else { throw refused("Its manifest is not that of an export of Fitech.") }
        guard json["version"]?.integer == Int64(ExportArchive.version) else {
            throw refused("The export is of version \(json["version"]?.integer ?? 0) of the format; this release knows \(ExportArchive.version).", hint: "Use the release that made it, or a newer one.")
        }
        guard let customer = json["customer"]?.string, let schema = json["schema"]?.integer, let tables = json["tables"]?.array, let files = json["files"]?.array else {
            throw refused("Its manifest is incomplete.")
        }
        return ExportManifest(
            customer: customer, displayName: json["display_name"]?.string ?? customer, asOf: json["as_of"]?.string ?? "", schema: Int(schema),
            tables: tables.map { ($0["name"]?.string ?? "", Int($0["rows"]?.integer ?? 0)) },
            files: files.map { ($0["path"]?.string ?? "", Int($0["bytes"]?.integer ?? -1), $0["sha256"]?.string ?? "") })
    }

    private func check() throws {
        for file in manifest.files {
            guard let entry = entries.first(where: { $0.path == file.path }) else { throw Self.refused("\(file.path) is in the manifest but not in the archive.") }
            guard entry.bytes == file.bytes, entry.sha256 == file.sha256 else { throw Self.refused("\(file.path) is not what the manifest says: its SHA-256 differs.") }
        }
        let known = Set(manifest.files.map(\.path)).union([ExportArchive.manifest, ExportArchive.sums])
        if let odd = entries.first(where: { !known.contains($0.path) }) { throw Self.refused("\(odd.path) is in the archive but not in the manifest.") }
        guard manifest.files.contains(where: { $0.path == ExportArchive.database }) else { throw Self.refused("The archive holds no customer.db.") }
    }

    /// Copies a file out of the archive.
    func extract(_ name: String, to target: String, goesOn: () -> Bool = { true }) throws {
        guard let entry = entries.first(where: { $0.path == name }) else { throw Self.refused("The archive holds no \(name).") }
        let out = try IncomingFile(target)
        try read(entry, piece: 1 << 18) { piece in
            guard goesOn() else { throw DatabaseExcerpt.Stopped() }
            try out.append(piece)
        }
    }

    /// Hands over the contents of a file in pieces of that size; only the last is shorter.
    func read(_ entry: ArchiveEntry, piece size: Int, _ take: ([UInt8]) throws -> Void) throws {
        let file = try OpenArchive(path)
        try file.seek(entry.offset)
        var digest = SHA256Stream(), left = entry.bytes
        while left > 0 {
            let piece = try file.contents(min(left, size))
            digest.update(piece)
            try take(piece)
            left -= piece.count
        }
        // It may have been changed since it was checked.
        guard Hex.encode(digest.finish()) == entry.sha256 else { throw Self.refused("\(entry.path) changed while it was read.") }
    }
}

/// An archive being read from its beginning.
private final class OpenArchive {
    private let descriptor: Int32
    private(set) var position = 0
    private let path: String

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure.invalid("\(path) cannot be opened: \(String(cString: strerror(errno))).", hint: "The file must lie on the machine of the primary data node, readable by its account.", code: "unreadable-file")
        }
    }

    deinit { close(descriptor) }

    func next(_ limit: Int) throws -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: limit)
        while true {
            let count = read(descriptor, &piece, limit)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ArchiveReader.refused("The archive ends in the middle of a file: it was not downloaded to its end.") }
            position += count
            return count == limit ? piece : Array(piece[..<count])
        }
    }

    func contents(_ bytes: Int) throws -> [UInt8] {
        var all: [UInt8] = []
        while all.count < bytes { all += try next(bytes - all.count) }
        return all
    }

    func digest(_ bytes: Int, _ goesOn: () -> Bool) throws -> String {
        var digest = SHA256Stream(), left = bytes
        while left > 0 {
            guard goesOn() else { throw DatabaseExcerpt.Stopped() }
            let piece = try next(min(left, 1 << 18))
            digest.update(piece)
            left -= piece.count
        }
        return Hex.encode(digest.finish())
    }

    func skip(_ bytes: Int) throws { _ = try contents(bytes) }

    func seek(_ offset: Int) throws {
        guard lseek(descriptor, offset, SEEK_SET) == offset else { throw ArchiveReader.refused("The archive became shorter.") }
        position = offset
    }

    /// The next header; nil at the end of the archive.
    func header() throws -> TarHeader? {
        let block = try contents(TarHeader.blockBytes)
        do { return try TarHeader.read(block) } catch { throw ArchiveReader.refused("It cannot be read as an export: \(error.reason).", hint: "Give the .tar file as it was downloaded.") }
    }
}
