// The names a site is served under, and how often the keys of TLS tickets change.
import Testing

@testable import Control

@Suite struct PublicNamesTests {
    private func read(_ lines: String) throws -> Configuration {
        try Configuration.parse(ConfigurationErrorsTests.right + lines, file: "f.yaml", absolute: "/etc/f.yaml", overrides: [])
    }

    @Test func `aliases are host names in small letters, wildcards too`() throws {
        let configuration = try read("aliases: [Shop.example.com, \"*.example.org\"]\n")
        #expect(configuration.aliases == ["shop.example.com", "*.example.org"])
        #expect(try read("").aliases == [])
    }

    @Test(arguments: ["shop.example.com", "[a b]", "[\"*\"]", "[\"*.*.example\"]", "[a_b.example]", "[[a]]"]) func `what is no list of host names is refused at its place`(value: String) {
        let problems = ConfigurationErrorsTests.problems(ConfigurationErrorsTests.right + "aliases: \(value)\n")
        #expect(problems.count == 1 && problems.first?.hasPrefix("f.yaml:13:") == true, "\(problems)")
    }

    @Test func `the ticket keys rotate every 12 hours unless told otherwise, within bounds`() throws {
        #expect(try read("").tls.rotateTickets == .seconds(12 * 3600))
        #expect(try read("tls: {rotate-tickets: 90m}\n").tls.rotateTickets == .seconds(5400))
        let problems = ConfigurationErrorsTests.problems(ConfigurationErrorsTests.right + "tls: {rotate-tickets: 10s}\n")
        #expect(problems.first?.contains("tls.rotate-tickets: 10s is out of range") == true, "\(problems)")
    }
}
