// A restore point: every database as it was at one time, and the manifest that says what is in it.
import Digests
import Storage
import Wire

/// One database in a restore point.
struct PointDatabase: Sendable, Equatable {
    /// `directory`, or a customer's name.
    var name: String
    var bytes: Int
    /// Lower-case hexadecimal.
    var sha256: String
    /// The primary's word for this state of the database; equal words, equal contents.
    var tag: String
    /// When it was copied; earlier than the point where it was taken over unchanged.
    var taken: Timestamp

    /// Its file below the point's directory.
    var file: String { Self.file(name) }
    static func file(_ name: String) -> String { name == "directory" ? "directory.db" : "customers/\(name).db" }
}

struct RestorePoint: Sendable, Equatable {
    var id: String
    var taken: Timestamp
    /// The epoch of the primary it was copied from.
    var epoch: Int
    var databases: [PointDatabase]
    /// Databases that could not be copied then, with the reason; the points before still hold them.
    var problems: [String]

    func database(_ name: String) -> PointDatabase? { databases.first { $0.name == name } }

    /// An id that sorts by time: `20261122T150405Z-ab12`.
    static func makeID(_ time: Timestamp) -> String {
        let whole = Timestamp(milliseconds: time.seconds * 1000).iso8601
        return whole.filter { $0 != "-" && $0 != ":" } + "-" + Identifier.make().prefix(4)
    }

    /// Whether a text can be a point's id, and so a directory's name.
    static func isID(_ text: String) -> Bool {
        (18...32).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
    }

    var bytes: Int { databases.reduce(0) { $0 + $1.bytes } }

    // MARK: JSON

    var json: JSON {
        [
            "id": .string(id), "taken": .string(taken.iso8601), "epoch": .integer(Int64(epoch)), "complete": true, "bytes": .integer(Int64(bytes)),
            "databases": .array(databases.map { one in
                ["name": .string(one.name), "bytes": .integer(Int64(one.bytes)), "sha256": .string(one.sha256), "tag": .string(one.tag), "taken": .string(one.taken.iso8601)]
            }),
            "problems": .array(problems.map(JSON.string)),
        ]
    }

    init(id: String, taken: Timestamp, epoch: Int, databases: [PointDatabase], problems: [String] = []) {
        self.id = id
        self.taken = taken
        self.epoch = epoch
        self.databases = databases
        self.problems = problems
    }

    /// Nil for anything that is not a manifest.
    init?(json: JSON) {
        guard let id = json["id"]?.string, Self.isID(id), let taken = json["taken"]?.string.flatMap(Timestamp.init(iso8601:)),
            let list = json["databases"]?.array
        else { return nil }
        self.init(id: id, taken: taken, epoch: Int(json["epoch"]?.integer ?? 0), databases: [], problems: json["problems"]?.array?.compactMap(\.string) ?? [])
        for item in list {
            guard let name = item["name"]?.string, name == "directory" || CustomerName.problem(name) == nil,
                let sha256 = item["sha256"]?.string, let bytes = item["bytes"]?.integer
            else { return nil }
            databases.append(PointDatabase(
                name: name, bytes: Int(bytes), sha256: sha256, tag: item["tag"]?.string ?? "",
                taken: item["taken"]?.string.flatMap(Timestamp.init(iso8601:)) ?? taken))
        }
    }
}
