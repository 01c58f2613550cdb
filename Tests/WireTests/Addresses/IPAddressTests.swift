// Addresses and ranges: what is one, what is none, how they are written.
import Testing
import Wire

struct IPAddressTests {
    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"),
        ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1::", "1::"),
        ("1:2:3:4:5:6:0:8", "1:2:3:4:5:6:0:8"), ("::ffff:192.0.2.7", "192.0.2.7"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
    func `an address is read and written in one form (RFC 4291, RFC 5952)`(text: String, written: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == written)
        #expect(IPAddress(written) == address)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "+1.2.3.4", "1.2.3.", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "12345::", "g::", "1:", ":1", "::1%eth0", "[::1]", "1.2.3.4::", "::1.2.3", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
    ])
    func `what is not an address is none`(text: String) { #expect(IPAddress(text) == nil) }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7/32", "192.0.2.8", false),
        ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false), ("::/0", "2001:db8::1", true), ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::1", false), ("2001:db8:0:1::/64", "2001:db8:0:1:ffff::", true), ("2001:db8::8/125", "2001:db8::f", true),
        ("2001:db8::8/125", "2001:db8::10", false), ("127.0.0.0/8", "::ffff:127.0.0.1", true),
    ])
    func `a range holds what begins with its bits`(range: String, address: String, isIn: Bool) throws {
        let prefix = try #require(IPPrefix(range)), address = try #require(IPAddress(address))
        #expect(prefix.contains(address) == isIn)
    }

    @Test(arguments: ["10.0.0.0/33", "10.1.0.0/8", "::/129", "10.0.0.0/", "/8", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8/8", "x/8", "2001:db8::1/64"])
    func `what is not a range is none`(text: String) { #expect(IPPrefix(text) == nil) }
}
