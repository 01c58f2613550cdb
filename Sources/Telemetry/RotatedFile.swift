// A log file that is put aside at a size, with a number of older ones kept.
import CLinux
import Glibc

/// Used on one thread, the writer's. What it is given are whole lines, so no line is torn between two files.
final class RotatedFile {
    private let path: String
    private let largest: Int
    private let kept: Int
    private(set) var descriptor: CInt
    private var size: Int

    /// Nil when it cannot be opened.
    init?(path: String, largest: Int, kept: Int) {
        (self.path, self.largest, self.kept) = (path, largest, kept)
        descriptor = RotatedFile.open(path)
        guard descriptor >= 0 else { return nil }
        size = max(0, Int(lseek(descriptor, 0, SEEK_END)))
    }

    deinit { close(descriptor) }

    private static func open(_ path: String) -> CInt { Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) }

    /// Makes room for `count` bytes: puts the file aside when it would grow beyond its size.
    func prepare(for count: Int) {
        defer { size += count }
        guard size > 0, size + count > largest else { return }
        unlink("\(path).\(kept)")
        for number in stride(from: kept - 1, through: 1, by: -1) { rename("\(path).\(number)", "\(path).\(number + 1)") }
        rename(path, path + ".1")
        let next = RotatedFile.open(path)
        // Where no file can be opened the old one goes on under its new name: better a large log than none.
        guard next >= 0 else { return }
        close(descriptor)
        descriptor = next
        size = 0
    }
}
