// Large files are removed in steps, and nobody who reads one notices.
import CLinux
import Glibc
import Testing
@testable import Storage

struct DiskPaceTests {
    private let directory: String
    private var large: String { directory + "/large" }
    private static let bytes = 40 << 20

    init() throws {
        directory = "/tmp/fitech-pace-\(UInt32.random(in: 0 ... .max))"
        try DurableFiles.makeDirectory(directory)
        try DurableFiles.write([], to: directory + "/large")
        try #require(truncate(directory + "/large", Self.bytes) == 0)
    }

    private func size(_ descriptor: Int32) -> Int {
        var info = stat()
        return fstat(descriptor, &info) == 0 ? info.st_size : -1
    }

    @Test func `a large file nobody reads is gone, and its room was given back in steps`() throws {
        defer { try? DurableFiles.remove(directory) }
        // Such a descriptor only points at the file: it keeps nobody from anything.
        let look = open(large, linux_o_path | O_CLOEXEC)
        defer { close(look) }
        try DiskPace.remove(large)
        #expect(!DurableFiles.exists(large))
        #expect(size(look) > 0 && size(look) <= 16 << 20)
    }

    @Test func `who has a large file open reads it to its end after it is removed`() throws {
        defer { try? DurableFiles.remove(directory) }
        let reader = open(large, O_RDONLY | O_CLOEXEC)
        defer { close(reader) }
        try DiskPace.remove(large)
        #expect(!DurableFiles.exists(large))
        #expect(size(reader) == Self.bytes)
    }

    @Test func `of a file with two names the other one keeps everything`() throws {
        defer { try? DurableFiles.remove(directory) }
        try DurableFiles.link(large, to: directory + "/other")
        try DiskPace.remove(large)
        #expect(FileStamp(path: directory + "/other")?.bytes == Self.bytes)
    }

    @Test func `a directory goes with what is in it, and of a link only the link`() throws {
        defer { try? DurableFiles.remove(directory) }
        let away = directory + "/away"
        try DurableFiles.makeDirectory(away)
        try DurableFiles.write([1], to: away + "/.hidden")
        try #require(symlink(large, away + "/file") == 0)
        try #require(symlink(directory, away + "/up") == 0)
        try DiskPace.remove(away)
        #expect(!DurableFiles.exists(away))
        #expect(FileStamp(path: large)?.bytes == Self.bytes)
        try DiskPace.remove(directory + "/nothing")
    }
}
