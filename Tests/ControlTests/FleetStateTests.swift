// The fleet as a value: commands change it or say why not, and the difference of two fleets is a list of commands.
import Testing
import Wire

@testable import Control

/// The same numbers from the same seed (xorshift64*), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

@Suite struct FleetStateTests {
    static func portal() -> FleetState {
        FleetState(nodes: [
            FleetNode(name: "balancer-1", tier: .balancer, state: .ready, address: "unix:/s/balancer-1.sock", pid: 1),
            FleetNode(name: "web-1", tier: .web, state: .ready, address: "unix:/s/web-1.sock", pid: 2),
            FleetNode(name: "web-2", tier: .web, state: .ready, address: "unix:/s/web-2.sock", pid: 3),
            FleetNode(name: "data-1", tier: .data, role: .primary, state: .ready, address: "unix:/s/data-1.sock", pid: 4),
            FleetNode(name: "data-2", tier: .data, role: .backup, state: .ready, address: "unix:/s/data-2.sock", pid: 5),
        ])
    }

    static func random(_ generator: inout SeededGenerator) -> FleetState {
        var nodes: [FleetNode] = []
        for number in 1...12 where Bool.random(using: &generator) {
            let tier = Tier.allCases.randomElement(using: &generator) ?? .web
            nodes.append(FleetNode(
                name: "n-\(number)", tier: tier, role: tier == .data ? NodeRole.allCases.randomElement(using: &generator) : nil,
                state: NodeState.allCases.randomElement(using: &generator) ?? .ready, address: "unix:/s/\(Int.random(in: 0...1, using: &generator))-\(number)",
                origin: tier == .web && Bool.random(using: &generator) ? "http://h:1" : nil, pid: Bool.random(using: &generator) ? Int32.random(in: 2...9999, using: &generator) : nil,
                release: Bool.random(using: &generator) ? "1" : "2", weight: Int.random(in: 1...1000, using: &generator),
                drainDeadline: Bool.random(using: &generator) ? 1_700_000_000_000 : nil))
        }
        return FleetState(version: Int.random(in: 0...99, using: &generator), nodes: nodes.shuffled(using: &generator))
    }

    @Test(arguments: 1...300) func `applying the difference gives the other fleet`(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let (one, other) = (Self.random(&generator), Self.random(&generator))
        var changed = one
        for command in one.diff(to: other) { try changed.apply(command) }
        #expect(changed.nodes == other.nodes, "seed \(seed)")
        #expect(changed.diff(to: other).isEmpty)
        #expect(one.diff(to: one).isEmpty)
    }

    @Test(arguments: 1...100) func `JSON gives back the same fleet`(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let fleet = Self.random(&generator)
        #expect(try FleetState(json: JSON.parse(fleet.json.bytes)) == fleet)
    }

    @Test func `a command that changes something raises the version, another does not`() throws {
        var fleet = Self.portal()
        try fleet.apply(.ready("web-1"))
        #expect(fleet.version == 0)
        try fleet.apply(.drain("web-1", deadline: 5))
        #expect(fleet.version == 1)
    }

    @Test func `nodes stand in the order of tier and number`() throws {
        var fleet = Self.portal()
        for number in [10, 3] { try fleet.apply(.add(FleetNode(name: "web-\(number)", tier: .web, address: "unix:/s"))) }
        #expect(fleet.nodes.map(\.name) == ["balancer-1", "web-1", "web-2", "web-3", "web-10", "data-1", "data-2"])
        #expect(fleet.freeName(like: "web-1") == "web-4")
    }

    @Test func `draining keeps its state whatever its process does`() throws {
        var fleet = Self.portal()
        try fleet.apply(.drain("web-1", deadline: 99))
        try fleet.apply(.starting("web-1"))
        try fleet.apply(.ready("web-1"))
        #expect(fleet.node("web-1")?.state == .draining)
        try fleet.apply(.drained("web-1"))
        #expect(fleet.node("web-1")?.state == .drained)
        try fleet.apply(.undrain("web-1"))
        #expect(fleet.node("web-1")?.state == .ready)
        #expect(fleet.node("web-1")?.drainDeadline == nil)
    }

    @Test func `a stopped node stays stopped until start`() throws {
        var fleet = Self.portal()
        try fleet.apply(.stop("web-2"))
        try fleet.apply(.ready("web-2"))
        #expect(fleet.node("web-2")?.state == .stopped)
        try fleet.apply(.start("web-2"))
        #expect(fleet.node("web-2")?.state == .starting)
    }

    @Test func `promotion leaves one primary`() throws {
        var fleet = Self.portal()
        try fleet.apply(.promote("data-2"))
        #expect(fleet.nodes(of: .data).map(\.role) == [.backup, .primary])
        #expect(fleet.primary?.name == "data-2")
    }

    @Test(arguments: [
        (FleetCommand.remove("web-9", forced: false), "not-found"), (.drain("data-1", deadline: 1), "not-drainable"), (.undrain("web-1"), "not-draining"),
        (.start("web-1"), "not-stopped"), (.promote("web-1"), "not-a-data-node"), (.remove("data-1", forced: false), "primary"),
        (.remove("balancer-1", forced: false), "last-node"), (.weight("web-1", 0), "invalid"),
        (.add(FleetNode(name: "web-1", tier: .web, address: "unix:/s")), "name-taken"),
    ])
    func `a command that cannot be is refused with a remedy and changes nothing`(command: FleetCommand, code: String) {
        var fleet = Self.portal()
        let failure = #expect(throws: Failure.self) { try fleet.apply(command) }
        #expect(failure?.code == code)
        #expect(failure?.hint.isEmpty == false)
        #expect(fleet == Self.portal())
    }

    @Test func `the last web node is kept unless forced`() throws {
        var fleet = Self.portal()
        try fleet.apply(.drain("web-1", deadline: 1))
        #expect(throws: Failure.self) { try fleet.apply(.remove("web-2", forced: false)) }
        #expect(throws: Failure.self) { try fleet.apply(.drain("web-2", deadline: 1)) }
        try fleet.apply(.remove("web-2", forced: true))
        #expect(fleet.nodes(of: .web).map(\.name) == ["web-1"])
    }

    @Test(arguments: ["{}", "{\"version\":1,\"nodes\":[{}]}", "{\"version\":1,\"nodes\":[{\"name\":\"a\",\"tier\":\"moon\"}]}"])
    func `a wrong fleet state is refused`(text: String) throws {
        let json = try JSON.parse(text)
        #expect(throws: Failure.self) { try FleetState(json: json) }
    }
}
