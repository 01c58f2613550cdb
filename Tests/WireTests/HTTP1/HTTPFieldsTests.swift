// Fields keep their order and repeats and are found without regard to case (RFC 9110 section 5).
import Testing
import Wire

struct HTTPFieldsTests {
    @Test func `fields are found in any case, in order, repeats kept`() {
        var fields: HTTPFields = ["Set-Cookie": "a", "X": "1", "set-cookie": "b"]
        #expect(fields["SET-COOKIE"] == "a")
        #expect(fields.values("Set-Cookie") == ["a", "b"])
        fields.set("x", "2")
        #expect(fields.map(\.value) == ["a", "b", "2"])
        fields.remove("set-cookie")
        #expect(fields.count == 1)
        #expect(fields.index(of: "x") == 0)
    }

    @Test func `no value starts a field of its own`() {
        var fields = HTTPFields()
        fields.add("X", "a\r\nSet-Cookie: evil\0")
        var bytes: [UInt8] = []
        fields.write(into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "X: a  Set-Cookie: evil \r\n")
    }
}
