// What survives a restart: what commands changed; what the configuration file says comes first otherwise.
import Control
import Testing
import Wire

@testable import Supervision

@Suite struct FleetFileTests {
    let state = StateDirectory("/s")

    private func configuration(_ nodes: [NodeSpec]) -> Configuration {
        var configuration = Configuration()
        configuration.nodes = nodes
        return configuration
    }

    private var portal: Configuration {
        configuration([
            NodeSpec(name: "balancer-1", tier: .balancer), NodeSpec(name: "web-1", tier: .web), NodeSpec(name: "web-2", tier: .web),
            NodeSpec(name: "data-1", tier: .data, role: .primary), NodeSpec(name: "data-2", tier: .data, role: .backup),
        ])
    }

    private func start(_ configuration: Configuration, _ saved: FleetFile? = nil) -> FleetFile {
        FleetFile.start(configuration, state, saved: saved, release: "2")
    }

    @Test func `a first start is the file's nodes, starting, with their sockets`() {
        let file = start(portal)
        #expect(file.fleet.nodes.map(\.name) == ["balancer-1", "web-1", "web-2", "data-1", "data-2"])
        #expect(file.fleet.nodes.allSatisfy { $0.state == .starting && $0.address == "unix:/s/run/\($0.name).sock" && $0.release == "2" })
    }

    @Test func `clones come back, removed ones stay away, the drained and the stopped stay so, roles stay`() throws {
        var saved = start(portal)
        try saved.fleet.apply(.add(FleetNode(name: "web-3", tier: .web, state: .ready, address: "unix:/elsewhere.sock", pid: 7)))
        saved.cloned = ["web-3"]
        try saved.fleet.apply(.remove("web-1", forced: true))
        saved.removed = ["web-1"]
        try saved.fleet.apply(.drain("web-2", deadline: 5))
        try saved.fleet.apply(.drained("web-2"))
        try saved.fleet.apply(.stop("balancer-1"))
        try saved.fleet.apply(.promote("data-2"))
        let again = start(portal, try FleetFile(json: JSON.parse(saved.json.bytes)))
        #expect(again.fleet.nodes.map(\.name) == ["balancer-1", "web-2", "web-3", "data-1", "data-2"])
        #expect(again.fleet.node("web-3")?.address == "unix:/s/run/web-3.sock", "the state directory may have moved")
        #expect(again.fleet.node("web-3")?.pid == nil)
        #expect(again.fleet.node("web-3")?.state == .starting)
        #expect(again.fleet.node("web-2")?.state == .drained)
        #expect(again.fleet.node("balancer-1")?.state == .stopped)
        #expect(again.fleet.primary?.name == "data-2")
        #expect(again.fleet.version > saved.fleet.version, "nodes take what is newer only")
        #expect(again.removed == ["web-1"])
        #expect(again.cloned == ["web-3"])
    }

    @Test func `an edited file adds and takes away its nodes`() {
        let saved = start(portal)
        var edited = portal
        edited.nodes.removeAll { $0.name == "web-2" }
        edited.nodes.append(NodeSpec(name: "reporting-1", tier: .reporting))
        #expect(start(edited, saved).fleet.nodes.map(\.name) == ["balancer-1", "web-1", "data-1", "data-2", "reporting-1"])
    }

    @Test func `a name that changed its tier is a new node`() throws {
        var saved = start(portal)
        try saved.fleet.apply(.stop("web-2"))
        var edited = portal
        edited.nodes[2] = NodeSpec(name: "web-2", tier: .reporting)
        #expect(start(edited, saved).fleet.node("web-2")?.state == .starting)
    }

    @Test func `there is one primary whatever the file and the commands said`() throws {
        var saved = start(portal)
        try saved.fleet.apply(.promote("data-2"))
        var edited = portal
        edited.nodes.removeAll { $0.name == "data-2" }
        #expect(start(edited, saved).fleet.nodes(of: .data).map(\.role) == [.primary], "the promoted one left the file")
    }

    @Test func `an origin is ready and listens where it says`() {
        let file = start(configuration([NodeSpec(name: "app", tier: .web, origin: "http://10.0.0.1:80", check: "/up")]))
        #expect(file.fleet.node("app")?.state == .ready)
        #expect(file.fleet.node("app")?.address == "10.0.0.1:80")
        #expect(file.fleet.node("app")?.check == "/up")
    }

    @Test func `a damaged file is refused, never guessed at`() throws {
        let scratch = ScratchDirectory()
        let state = StateDirectory(scratch.path)
        #expect(try FleetFile.read(state) == nil)
        try DurableFile.write(Array("{\"version\": 1".utf8), to: state.fleet)
        let failure = #expect(throws: Failure.self) { try FleetFile.read(state) }
        #expect(failure?.hint.contains("Move it away") == true)
    }
}
