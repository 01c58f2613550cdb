// The state directory: made, closed to others, held by one supervisor, refused with a reason.
import Control
import Foundation
import Testing
import Wire

@testable import Supervision

@Suite struct StateGroundTests {
    let scratch = ScratchDirectory()

    @Test func `a new directory is made with everything in it and closed to others`() throws {
        let ground = try StateGround.prepare(scratch.path + "/a/b/.fitech", locking: false)
        #expect(ground.isNew)
        for path in [ground.state.path, ground.state.run, ground.state.keys, ground.state.nodes, ground.state.logs] {
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700, "\(path)")
        }
        #expect(try StateGround.prepare(scratch.path + "/a/b/.fitech", locking: false).isNew == false)
    }

    @Test func `an open directory is closed`() throws {
        let path = scratch.path + "/open"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        _ = try StateGround.prepare(path, locking: false)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
    }

    @Test func `a file in its place is refused`() throws {
        let path = scratch.path + "/file"
        try "x".write(toFile: path, atomically: true, encoding: .utf8)
        let failure = #expect(throws: Failure.self) { try StateGround.prepare(path, locking: false) }
        #expect(failure?.reason.contains("is a file") == true)
        #expect(failure?.hint.isEmpty == false)
    }

    @Test func `a full disk is refused with the remedy`() {
        let failure = #expect(throws: Failure.self) { try DurableFile.write([1], to: "/dev/full/x") }
        #expect(failure?.hint.contains("--state") == true)
        #expect(DurableFile.refusal("write", "/x", code: ENOSPC).hint.contains("make room"))
        #expect(DurableFile.refusal("write", "/x", code: ENOSPC).status == 507)
    }

    @Test func `a path too long for sockets is refused`() {
        let failure = #expect(throws: Failure.self) { try StateGround.prepare(scratch.path + "/" + String(repeating: "x", count: 90), locking: false) }
        #expect(failure?.reason.contains("too long") == true)
    }

    @Test func `a second supervisor is refused and the holder named`() throws {
        _ = try StateGround.prepare(scratch.path, locking: true)
        // flock belongs to the open file, so a second opening in this process is refused just as another process is.
        let failure = #expect(throws: Failure.self) { try StateGround.prepare(scratch.path, locking: true) }
        #expect(failure?.code == "already-up")
        #expect(failure?.reason.contains("process \(getpid())") == true)
    }

    @Test func `a durable file is replaced whole`() throws {
        let path = scratch.path + "/file"
        try DurableFile.write(Array("one".utf8), to: path)
        try DurableFile.write(Array("two, longer".utf8), to: path)
        #expect(try DurableFile.read(path) == Array("two, longer".utf8))
        #expect(try StateGround.entries(scratch.path) == ["file"], "nothing temporary is left")
        #expect(try DurableFile.read(scratch.path + "/none") == nil)
    }

    @Test func `the holder of a port is found by its socket's inode`() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
               1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0
            """
        #expect(PortHolder.listening(in: table, port: 8080) == ["4711"], "a connection is no listener")
        #expect(PortHolder.listening(in: table, port: 80) == [])
    }
}
