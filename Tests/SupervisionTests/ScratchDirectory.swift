// A directory of a test's own, gone with it.
import Foundation

final class ScratchDirectory {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appending(path: "fitech-\(UUID().uuidString.prefix(8))").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
