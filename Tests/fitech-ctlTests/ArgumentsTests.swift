// The command line: what is understood, and what is wrong usage (64).
import ArgumentParser
import Testing
import Wire

@testable import fitech_ctl

@Suite struct ArgumentsTests {
    private func parse(_ line: String) throws -> any ParsableCommand {
        try FitechCtl.parseAsRoot(CommonOptions.moved(line.split(separator: " ").map(String.init)))
    }

    @Test(arguments: [
        "status", "status --json", "--state /tmp/x status", "--json --state=/tmp/x status", "clone-node web-1", "clone-node web-1 --name web-9", "drain web-1",
        "drain web-1 --deadline 90s --wait", "undrain web-1", "remove-node web-3 --force", "stop web-2 --kill", "start web-2", "promote data-2 --accept-loss",
        "backup now", "--state x backup list", "restore --at latest --in-place", "restore --at 2026-11-22T15:00:00Z --customer clinic --to /tmp/out",
        "customer add clinic --display-name Clinic", "customer list", "customer import clinic file.csv --bad skip", "user add a@b --staff --role support",
        "user add a@b --customer clinic --role super-operator --password-file p", "token create a@b --scope read",
        "technician add Ana --number +447700900001 --zone Europe/London", "technician list", "technician test Ana", "on-call --at 2026-11-22T15:00:00+11:00",
        "certificate request", "certificate request shop.example *.shop.example --rsa --replace", "certificate install shop.pem --key shop.key",
        "certificate install -", "certificate list --json", "incident list", "incident ack 12", "maintenance list", "maintenance add Disks --for 2h", "maintenance add Disks --starts 2026-11-22T02:00:00Z --ends 2026-11-22T04:00:00Z --service pages --service records", "maintenance cancel 3", "config check f.yaml --set probes.every=5s", "logs web-1 --lines 5", "version",
        "--url https://portal.example.com:8443 status",
    ])
    func `every verb of this release is understood`(line: String) throws {
        _ = try parse(line)
    }

    @Test(arguments: [
        "statsu", "clone-node", "drain web-1 --deadline soon", "drain web-1 --deadline 5", "restore --at latest", "restore --at latest --in-place --to /x",
        "restore --at yesterday --in-place", "restore --in-place", "user add a@b --role support", "user add a@b --staff --customer c --role support",
        "user add a@b --staff --role administrator", "user add a@b --customer c --role operations", "user add nobody --staff --role support",
        "customer import clinic f --bad perhaps", "technician add Ana --number 07700900001 --zone Europe/London", "technician add Ana --number +447700900001 --zone BST",
        "certificate install", "certificate install a b", "maintenance add Disks", "maintenance add Disks --for 2h --ends 2026-11-22T04:00:00Z", "maintenance add Disks --for soon", "maintenance add Disks --for 2h --service kitchen", "maintenance add --for 2h", "maintenance cancel disks", "on-call --at noon", "logs web-1 --lines 0", "logs web-1 --lines many", "status --nonsense", "status extra", "--url portal status", "--authority f status",
        // What a later release brings is unknown, not stubbed.
        "technician away Ana", "sla report", "apply f.yaml", "backup verify", "backup key", "customer remove c",
    ])
    func `what is wrong is wrong usage`(line: String) {
        let error = #expect(throws: (any Error).self) { _ = try self.parse(line) }
        if let error { #expect(FitechCtl.exitCode(for: error).rawValue == 64, "\(line): \(error)") }
    }

    @Test func `options before the verb are read by the verb`() throws {
        let verb = try #require(try parse("--state /tmp/x --json drain web-1 --wait") as? DrainVerb)
        #expect(verb.common.state == "/tmp/x")
        #expect(verb.common.json)
        #expect(verb.wait)
        #expect(verb.node == "web-1")
        let other = try #require(try parse("clone-node web-1 --state /tmp/y") as? CloneNodeVerb)
        #expect(other.common.state == "/tmp/y")
    }

    @Test func `moving options leaves the rest alone`() {
        #expect(CommonOptions.moved(["--state", "x", "logs", "--", "-n"]) == ["logs", "--state", "x", "--", "-n"])
        #expect(CommonOptions.moved(["--help"]) == ["--help"])
        #expect(CommonOptions.moved(["--state"]) == ["--state"])
    }
}

@Suite struct ShowingTests {
    private let plain = Terminal(descriptor: -1)

    @Test func `columns are aligned, numbers to the right`() {
        var table = Table("NAME", ">COUNT", "NOTE")
        table.add(.init("a"), .init("7"), .init("x"))
        table.add(.init("longer"), .init("1234"), .init(""))
        #expect(table.lines(plain) == ["NAME    COUNT  NOTE", "a           7  x", "longer   1234  "])
    }

    @Test func `there is no colour where there is no terminal`() {
        #expect(plain.paint("text", .red) == "text")
    }

    @Test func `every state has a sign that is told apart without colour`() {
        let signs = ["ready", "starting", "draining", "drained", "stopped", "failed"].map { StatusVerb.sign(of: $0).0 }
        #expect(Set(signs).count == signs.count)
    }

    @Test(arguments: [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (12_345_678, "12.3 MB"), (5_000_000_000_000, "5.0 TB")])
    func `sizes are read at a glance`(bytes: Int, text: String) {
        #expect(Size.text(Int64(bytes)) == text)
    }

    @Test func `a bar shows how far it is`() {
        #expect(ProgressBar.drawing(0, width: 4) == "[....]   0%")
        #expect(ProgressBar.drawing(0.5, width: 4) == "[##..]  50%")
        #expect(ProgressBar.drawing(7, width: 4) == "[####] 100%")
    }
}
