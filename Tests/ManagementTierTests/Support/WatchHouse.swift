// A management node in a state directory of its own, with a fleet of fakes around it.
import Control
import Engine
import Foundation
import Nodes
import SupportCentre
import Wire
@testable import ManagementTier

final class WatchHouse: Sendable {
    let directory: String
    let state: StateDirectory
    let configuration: Configuration
    let loop: EventLoop

    init(
        nodes: [NodeSpec] = [NodeSpec(name: "web-1", tier: .web), NodeSpec(name: "web-2", tier: .web)], providers: [Configuration.SMSProvider] = [],
        technicians: [TechnicianSpec] = [TechnicianSpec(name: "Ana", number: "+447700900001", zone: "Europe/London")],
        edit: (inout Configuration) -> Void = { _ in }
    ) throws {
        directory = NSTemporaryDirectory() + "/fitech-watch-\(UInt32.random(in: 0...UInt32.max))"
        state = StateDirectory(directory)
        for path in [directory, state.run, state.keys, state.nodes] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        try Data((0..<32).map { _ in UInt8.random(in: 0...255) }).write(to: URL(fileURLWithPath: state.linkKey))
        var configuration = Configuration()
        configuration.nodes = nodes + [NodeSpec(name: "management-1", tier: .management)]
        configuration.listen.https = HostPort(host: "127.0.0.1", port: 8443)
        configuration.probes.every = .milliseconds(100)
        configuration.sms.providers = providers
        configuration.technicians = technicians
        edit(&configuration)
        self.configuration = configuration
        loop = try EventLoop.start(name: "test")
    }

    /// A provider of the fakes, as the configuration writes it.
    static func provider(_ phones: FakePhones, name: String = "kannel") -> Configuration.SMSProvider {
        Configuration.SMSProvider(name: name, kind: .kannel, url: phones.url, countries: ["GB", "AU"], user: "fitech")
    }

    /// A node that is ready on its private socket.
    func ready(_ name: String) throws -> FakeService {
        let path = state.socket(of: name)
        try? FileManager.default.removeItem(atPath: path)
        return try FakeService(.unix(path))
    }

    /// Runs the management node until `stop`.
    func start() throws -> Running {
        let node = try Node.start(configuration: configuration, state: state, name: "management-1", tier: .management)
        let task = Task { try await ManagementProgram.run(node) }
        return Running(node: node, task: task, house: self)
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    struct Running {
        let node: Node
        let task: Task<Void, any Error>
        let house: WatchHouse

        func stop() async throws {
            node.stop()
            try await task.value
        }

        func ask(_ method: HTTPMethod, _ target: String, fields: HTTPFields = HTTPFields(), body: JSON? = nil) async throws -> HTTPResponse {
            let endpoint = Endpoint(address: .unix(house.state.socket(of: "management-1")))
            let bytes = body?.bytes ?? []
            return try await house.loop.run { loop in
                try await HTTPClient(loop: loop).send(
                    method: method, target: target, fields: fields, body: bytes, to: endpoint, timeout: .seconds(20), limit: 1 << 20)
            }
        }

        func json(_ method: HTTPMethod, _ target: String, body: JSON? = nil) async throws -> JSON {
            try JSON.parse(try await ask(method, target, body: body).body)
        }

        func text(_ target: String, fields: HTTPFields = HTTPFields()) async throws -> String {
            String(decoding: try await ask(.get, target, fields: fields).body, as: UTF8.self)
        }

        /// The supervisor's word: these nodes are in this state now.
        func tell(_ states: [String: NodeState]) async throws {
            let nodes = node.fleet.nodes.map { node -> FleetNode in
                var changed = node
                changed.state = states[node.name] ?? node.state
                return changed
            }
            let fleet = FleetState(version: node.fleet.version + 1, nodes: nodes)
            _ = try await ask(.put, "/fleet", body: fleet.json)
        }

        /// Whether every node given has been seen up.
        func seesUp(_ names: String...) async throws -> Bool {
            let items = (try? await json(.get, "/management/probes"))?["items"]?.array ?? []
            return names.allSatisfy { name in items.contains { $0["subject"]?.string == name && $0["state"]?.string == "up" } }
        }
    }
}
