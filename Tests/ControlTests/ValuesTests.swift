// Single values: durations, addresses, names, numbers, zones.
import Testing

@testable import Control

@Suite struct ValuesTests {
    @Test(arguments: [("90s", 90_000), ("5m", 300_000), ("2h", 7_200_000), ("1h30m", 5_400_000), ("250ms", 250), ("1d", 86_400_000), ("0s", 0)])
    func `a duration is read in its units`(text: String, milliseconds: Int) {
        #expect(DurationText.parse(text) == .milliseconds(milliseconds))
        #expect(DurationText.parse(DurationText.text(.milliseconds(milliseconds))) == .milliseconds(milliseconds), "and back")
    }

    @Test(arguments: ["", "5", "s", "-5s", "+5s", "5 s", "1.5h", "5x", "h5", "99999999999999999999s", "9223372036854775807d", "٣s", "5S"])
    func `what is no duration is refused`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [("0.0.0.0:8443", "0.0.0.0", 8443), ("[::1]:80", "::1", 80), ("host.name:0", "host.name", 0)])
    func `an address is host and port`(text: String, host: String, port: Int) {
        #expect(HostPort(text) == HostPort(host: host, port: port))
        #expect(HostPort(text)?.description == text)
    }

    @Test(arguments: ["", ":80", "host", "host:", "host:65536", "host:-1", "host:+1", "::1:80", "[host]:80", "a b:80", "host:8 0", "host:080000"])
    func `what is no address is refused`(text: String) {
        #expect(HostPort(text) == nil)
    }

    @Test func `mobile numbers are those of the United Kingdom and Australia`() {
        for right in ["+447700900001", "+61491570006"] { #expect(Syntax.mobile(right) == right) }
        for wrong in ["447700900001", "+44 7700900001", "+44770090000", "+4477009000011", "+6149157000", "+441234567890", "+4477009O0001", "+44770090000١"] { #expect(Syntax.mobile(wrong) == nil, "\(wrong)") }
    }

    @Test func `zones have names, not abbreviations`() {
        for right in ["Europe/London", "Australia/Sydney", "UTC"] { #expect(Syntax.isZone(right)) }
        for wrong in ["BST", "GMT+1", "Europe/Nowhere", "", "london", "../etc/passwd"] { #expect(!Syntax.isZone(wrong), "\(wrong)") }
    }

    @Test func `names of nodes can be file names`() {
        for right in ["web-1", "a", "Web2"] { #expect(Syntax.word(right) == right) }
        for wrong in ["", "-a", "a-", "1a", "a/b", "..", "a b", "é", String(repeating: "a", count: 41)] { #expect(Syntax.word(wrong) == nil, "\(wrong)") }
    }

    @Test func `e-mail addresses`() {
        for right in ["a@b", "first.last+tag@example.com", "o'hara@localhost"] { #expect(Syntax.email(right) == right) }
        for wrong in ["a", "@b", "a@", "a b@c", "a..b@c", ".a@b", "a@b@c", "a@-b", "a\n@b", "<a@b>"] { #expect(Syntax.email(wrong) == nil, "\(wrong)") }
    }

    @Test func `a file URL is under the state directory unless absolute`() {
        let state = StateDirectory("/var/fitech/")
        #expect(state.path == "/var/fitech")
        #expect(state.resolve(fileURL: "file:offsite") == "/var/fitech/offsite")
        #expect(state.resolve(fileURL: "file:/mnt/x") == "/mnt/x")
        #expect(state.resolve(fileURL: "file:///mnt/x") == "/mnt/x")
        #expect(state.resolve(fileURL: "file://localhost/mnt/x") == "/mnt/x")
        #expect(state.resolve(fileURL: "s3://bucket") == nil)
    }
}
