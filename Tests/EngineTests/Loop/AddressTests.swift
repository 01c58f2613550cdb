// Addresses as text and back.
import Engine
import Testing

struct AddressTests {
    @Test(arguments: [
        ("unix:/run/web-1.sock", Address.unix("/run/web-1.sock")), ("127.0.0.1:8443", .tcp(host: "127.0.0.1", port: 8443)),
        ("[::1]:80", .tcp(host: "::1", port: 80)), ("localhost:0", .tcp(host: "localhost", port: 0)),
    ])
    func `an address reads back what it writes`(text: String, address: Address) {
        #expect(Address(text) == address)
        #expect(address.description == text)
    }

    @Test(arguments: ["", "localhost", "x:y", "x:70000", "x:-1"])
    func `what is no address is none`(text: String) { #expect(Address(text) == nil) }
}
