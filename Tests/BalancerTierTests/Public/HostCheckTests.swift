// Which hosts are served: the site's name, its aliases, the machine itself.
import Testing
import Wire

@testable import BalancerTier

@Suite struct HostCheckTests {
    @Test(arguments: [
        ("portal.example", true), ("Shop.EXAMPLE", true), ("a.example.org", true), ("A.Example.ORG.", true), ("example.org", false), ("a.b.example.org", false),
        (".example.org", false), ("shop.example.evil", false), ("evilshop.example", false), ("localhost", true), ("127.0.0.1", true),
    ])
    func `aliases are served as the name is, a wildcard for one label`(host: String, ours: Bool) {
        let check = HostCheck(name: "portal.example", aliases: ["shop.example", "*.example.org"], acceptsAny: false)
        #expect((check.verdict(Array(host.utf8)[...], version: .http11) == .ours) == ours, "\(host)")
    }
}
