// What can go wrong with a database, told apart so that people and programs know what to do next.
import CSQLite

/// A failed storage operation. Thrown by everything in this module.
package struct StorageError: Error, Sendable, CustomStringConvertible {
    /// The kinds a caller reacts to differently.
    package enum Kind: String, Sendable {
        /// The disk (or a quota on it) is full. Nothing was committed.
        case full
        /// The file or its directory may not be written.
        case readOnly = "read-only"
        /// The file is damaged or is no database at all.
        case corrupt
        /// Another process or handle holds the file.
        case locked
        /// The file cannot be opened: missing, or no permission.
        case unopenable
        /// A UNIQUE, CHECK, NOT NULL or foreign key constraint refused the row.
        case constraint
        /// The operation ran longer than it was allowed to.
        case timeLimit = "time-limit"
        /// The file was written by a newer release than this one.
        case tooNew = "too-new"
        /// The device reported an error on read, write or flush.
        case device
        /// Anything else: a fault of ours (bad SQL, misuse).
        case fault
    }

    package let kind: Kind
    /// SQLite's primary result code.
    package let code: Int32
    /// SQLite's extended result code.
    package let extended: Int32
    /// What was being done: "open", "prepare", "step", "commit", "copy" or the like.
    package let operation: String
    /// The database file, if known.
    package let path: String
    /// SQLite's own words.
    package let message: String

    package init(kind: Kind, code: Int32 = 0, extended: Int32 = 0, operation: String, path: String, message: String) {
        self.kind = kind
        self.code = code
        self.extended = extended
        self.operation = operation
        self.path = path
        self.message = message
    }

    /// From a result code and the handle it came from (nil when opening failed altogether).
    package init(_ result: Int32, handle: OpaquePointer?, operation: String, path: String) {
        let extended = handle.map { sqlite3_extended_errcode($0) } ?? result
        self.init(
            kind: Self.kind(of: result & 0xff, extended: extended == SQLITE_OK ? result : extended),
            code: result & 0xff, extended: extended, operation: operation, path: path,
            message: String(cString: handle.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(result)))
    }

    private static func kind(of code: Int32, extended: Int32) -> Kind {
        switch code {
        case SQLITE_FULL: .full
        case SQLITE_READONLY, SQLITE_PERM: .readOnly
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        case SQLITE_BUSY, SQLITE_LOCKED: .locked
        case SQLITE_CANTOPEN: .unopenable
        case SQLITE_CONSTRAINT: .constraint
        case SQLITE_INTERRUPT: .timeLimit
        // A short read of a page that must be there is a truncated file, not a broken device.
        case SQLITE_IOERR: extended == (SQLITE_IOERR | (2 << 8)) ? .corrupt : .device
        default: .fault
        }
    }

    /// True when a UNIQUE or PRIMARY KEY constraint refused the row.
    package var isDuplicate: Bool { extended == SQLITE_CONSTRAINT | (8 << 8) || extended == SQLITE_CONSTRAINT | (6 << 8) }

    /// What a person does about it.
    package var hint: String {
        switch kind {
        case .full: "Free space on the disk that holds \(path), then try again; nothing acknowledged was lost."
        case .readOnly: "Make \(path) and its directory writable for the account that runs fitech."
        case .corrupt: "Bring the newest good copy back with fitech-ctl restore."
        case .locked: "Close the other program that has \(path) open."
        case .unopenable: "Check that \(path) exists and that the account that runs fitech may read and write it."
        case .constraint: "Change the value that collides and send it again."
        case .timeLimit: "Ask for less at once."
        case .tooNew: "Run the release that wrote the file, or a newer one."
        case .device: "Look at the system log for disk errors; restore from the newest restore point if they persist."
        case .fault: "Report this with the request id."
        }
    }

    package var description: String { "\(kind.rawValue) while trying to \(operation) \(path): \(message) (\(extended)). \(hint)" }
}
