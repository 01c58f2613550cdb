// The ping path for real: a host in a network namespace of its own whose link is cut.
import Control
import Foundation
import TestSupport
import Testing
import Wire
@testable import ManagementTier

/// A network namespace joined to this one by a pair of virtual cards.
final class OtherHost: Sendable {
    let name: String
    let card: String
    let far: String
    /// Its address; ours is one lower.
    let address: String
    private let server: Companion

    @discardableResult
    static func run(_ arguments: String...) -> Bool { run(arguments) }

    @discardableResult
    static func run(_ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Whether this process may make namespaces and cards at all.
    static let isPossible: Bool = {
        let name = "fitech-try-\(getpid())"
        guard run("ip", "netns", "add", name) else { return false }
        return run("ip", "netns", "del", name)
    }()

    init(_ directory: String) throws {
        let number = Int.random(in: 1...250), pair = Int.random(in: 0...60) * 4
        name = "fitech-\(getpid())-\(number)"
        card = "ft\(getpid() % 10_000)a\(number)"
        let other = "ft\(getpid() % 10_000)b\(number)"
        far = other
        let here = "10.231.\(number).\(pair + 1)"
        address = "10.231.\(number).\(pair + 2)"
        let made = Self.run("ip", "netns", "add", name)
            && Self.run("ip", "link", "add", card, "type", "veth", "peer", "name", other)
            && Self.run("ip", "link", "set", other, "netns", name)
            && Self.run("ip", "addr", "add", here + "/30", "dev", card) && Self.run("ip", "link", "set", card, "up")
            && Self.run("ip", "netns", "exec", name, "ip", "addr", "add", address + "/30", "dev", other)
            && Self.run("ip", "netns", "exec", name, "ip", "link", "set", other, "up")
        try #require(made)
        server = try Companion(
            "/usr/bin/env", ["ip", "netns", "exec", name, "python3", "-m", "http.server", "8000", "--bind", address], in: directory, log: "origin.log")
    }

    /// Takes the far end down: our own card and route stay, so nothing finds another way to the address.
    func cut() { Self.run("ip", "netns", "exec", name, "ip", "link", "set", far, "down") }
    func join() { Self.run("ip", "netns", "exec", name, "ip", "link", "set", far, "up") }

    func remove() {
        server.kill()
        Self.run("ip", "link", "del", card)
        Self.run("ip", "netns", "del", name)
    }
}

@Suite(.timeLimit(.minutes(2)), .serialized, .enabled(if: OtherHost.isPossible, "needs the right to make network namespaces (root)"))
struct CutLinkTests {
    @Test func `a cut link pages once, for the host, and its nodes are silent under it`() async throws {
        let directory = NSTemporaryDirectory() + "/fitech-net-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let other = try OtherHost(directory)
        defer { other.remove() }
        let phones = try FakePhones()
        let house = try WatchHouse(
            nodes: [
                NodeSpec(name: "shop-1", tier: .web, origin: "http://\(other.address):8000", check: "/"),
                NodeSpec(name: "shop-2", tier: .web, origin: "http://\(other.address):8000"),
            ], providers: [WatchHouse.provider(phones)]) { $0.probes.every = .milliseconds(300) }
        defer { house.remove() }
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("shop-1", "shop-2", "host \(other.address)") })
        other.cut()
        #expect(await eventually { !phones.texts.isEmpty })
        #expect(phones.texts.first?.text.hasPrefix("#1 host \(other.address) DOWN") == true)
        #expect(try await eventually {
            let items = try await watch.json(.get, "/management/incidents")["items"]?.array ?? []
            return items.filter { $0["suppressed_by"] == 1 }.count == 2
        })
        #expect(phones.texts.count == 1)
        other.join()
        #expect(await eventually { phones.texts.contains { $0.text.contains("host \(other.address) UP") } })
        #expect(try await eventually {
            let items = try await watch.json(.get, "/management/incidents")["items"]?.array ?? []
            return items.allSatisfy { $0["state"] == "closed" }
        })
        #expect(phones.texts.count == 2)
        try await watch.stop()
    }
}
