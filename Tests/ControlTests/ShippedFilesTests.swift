// The files we ship are right, and their README names every key there is.
import Foundation
import Testing

@testable import Control

@Suite struct ShippedFilesTests {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Config").path

    @Test(arguments: [
        ("portal", Edition.portal, [3, 2, 2, 1, 1]), ("reseller", .reseller, [1, 2, 2, 1, 0]), ("single-server", .singleServer, [1, 1, 1, 1, 0]),
    ])
    func `each edition loads with the nodes it promises`(name: String, edition: Edition, counts: [Int]) throws {
        let configuration = try Configuration.load(path: "\(Self.directory)/\(name).yaml", environment: [:])
        #expect(configuration.edition == edition)
        #expect(Tier.allCases.map { tier in configuration.nodes.filter { $0.tier == tier }.count } == counts)
        #expect(configuration.durability == .local)
        #expect(configuration.listen == .init(https: HostPort("0.0.0.0:8443"), http: HostPort("0.0.0.0:8080"), smtp: HostPort("0.0.0.0:2525")))
        #expect(configuration.offsite == .init(url: "file:offsite", every: .seconds(86_400)))
        #expect(configuration.technicians.map(\.name) == ["Ana", "Bo"])
        #expect(configuration.warnings.map(\.key) == ["sms.providers[0].secret-file"], "only the secret is missing, and that is a warning")
        #expect(configuration.sms.providers.map(\.present) == [false])
    }

    @Test func `the README names exactly the keys the reader knows`() throws {
        let text = try String(contentsOfFile: "\(Self.directory)/README.md", encoding: .utf8)
        var named: [String: [String]] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            named[cells[0].trimmingCharacters(in: ["`"])] = cells
        }
        #expect(Set(named.keys) == Set(ConfigurationKey.all.map(\.path)))
        for key in ConfigurationKey.all {
            guard let cells = named[key.path] else { continue }
            #expect(cells[1] == key.type, "\(key.path)")
            #expect(cells[2] == key.initial, "\(key.path)")
            #expect(cells[3] == (key.range.isEmpty ? "-" : key.range), "\(key.path)")
        }
    }
}
