// The watch in trouble of its own: its database damaged, its disk full. It still wakes somebody.
import Control
import Engine
import Foundation
import TestSupport
import Testing
import Wire
@testable import ManagementTier

/// A small file system in memory, for disks that are full.
enum TinyDisk {
    static func run(_ arguments: String...) -> Bool { OtherHost.run(arguments) }

    static let isPossible: Bool = {
        let directory = "/tmp/fitech-mount-\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        guard (try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)) != nil,
            run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", directory)
        else { return false }
        return run("umount", directory)
    }()
}

@Suite(.timeLimit(.minutes(2))) struct WatchTroubleTests {
    @Test func `a damaged database is set aside, and the technicians of the file are on duty`() async throws {
        let phones = try FakePhones()
        let house = try WatchHouse(providers: [WatchHouse.provider(phones)])
        defer { house.remove() }
        let directory = house.state.files(of: "management-1")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(repeating: 0xA5, count: 20_000).write(to: URL(fileURLWithPath: directory + "/management.db"))
        let one = try house.ready("web-1")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1") })
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory).contains { $0.hasPrefix("management.db.damaged-") })
        await one.stop()
        #expect(await eventually { phones.texts.contains { $0.text.contains("web-1 DOWN") } })
        try await watch.stop()
    }

    @Test(.enabled(if: TinyDisk.isPossible, "needs the right to mount (root)"))
    func `a full disk delays no page, and what happened is stored once there is room`() async throws {
        let phones = try FakePhones()
        let house = try WatchHouse(providers: [WatchHouse.provider(phones)])
        defer { house.remove() }
        let directory = house.state.files(of: "management-1")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try #require(TinyDisk.run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", directory))
        defer { _ = TinyDisk.run("umount", "-l", directory) }
        let one = try house.ready("web-1")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1") })
        // A last byte at a time, until nothing at all fits.
        let ballast = directory + "/ballast"
        _ = TinyDisk.run("dd", "if=/dev/zero", "of=\(ballast)", "bs=4096")
        await one.stop()
        #expect(await eventually { phones.texts.contains { $0.text.contains("web-1 DOWN") } })
        let token = phones.texts.first?.text.split(separator: " ").first { $0.hasPrefix("https") }?.split(separator: "/").last ?? ""
        #expect(try await watch.text("/i/\(token)").contains("I have it"))
        #expect(try await watch.ask(.post, "/i/\(token)").status.code == 303)
        try FileManager.default.removeItem(atPath: ballast)
        #expect(try await eventually {
            let items = try await watch.json(.get, "/management/incidents")["items"]?.array ?? []
            return items.first?["acknowledged_by"] == "Ana"
        })
        try await watch.stop()
    }
}
