// A directory of its own for each test, and the little database most of them use.
import Glibc
@testable import Storage

/// A temporary directory, removed at the end.
final class Workshop: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/fitech-storage-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template)!)
    }

    deinit { try? DurableFiles.remove(path) }

    func file(_ name: String) -> String { path + "/" + name }
}

let notes = Schema(name: "notes", steps: ["CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)"])
