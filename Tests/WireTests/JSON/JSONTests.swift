// JSON by RFC 8259: what is read, what is refused and where, and that writing and reading agree.
import Testing
import Wire

@Suite struct JSONTests {
    @Test func `every kind of value reads and writes back the same (RFC 8259 3)`() throws {
        let text = #"{"a":[1,-2.5,true,false,null,"x\n\"é"],"b":{},"c":[]}"#
        #expect(try JSON.parse(text).text == text)
    }

    @Test(arguments: [
        ("", "ends"), ("{", "quoted name"), ("[1,]", "value"), ("{\"a\":1,}", "quoted name"), ("01", "start with 0"),
        ("1 2", "follows"), ("\"a", "inside quotes"), ("nul", "value"), ("\"\u{1}\"", "control"), ("[1}", "comma"),
        ("\"\\ud800\"", "surrogate"), ("\"\\x\"", "escape"), ("+1", "value"), ("1.", "digit"), ("1e", "exponent"),
        ("{\"a\":1,\"a\":2}", "twice"), ("1e999", "too large"), ("{a:1}", "quoted name"), ("\"\\u+123\"", "hexadecimal"),
    ])
    func `what is not JSON is refused with a reason (RFC 8259 2)`(text: String, reason: String) {
        #expect { try JSON.parse(text) } throws: { ($0 as? JSON.SyntaxError)?.reason.contains(reason) == true }
    }

    @Test func `a refusal names line and column`() {
        #expect(throws: JSON.SyntaxError(line: 2, column: 5, reason: "a value was expected")) {
            try JSON.parse("{\n\"a\":x}")
        }
    }

    @Test func `nesting beyond the limit is refused instead of overflowing the stack`() {
        #expect(throws: JSON.SyntaxError.self) { try JSON.parse([UInt8](repeating: 0x5B, count: 100_000)) }
    }

    @Test func `invalid UTF-8 is refused (RFC 8259 8.1)`() {
        #expect(throws: JSON.SyntaxError.self) { try JSON.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func `a surrogate pair becomes one character (RFC 8259 7)`() throws {
        #expect(try JSON.parse(#""\ud83d\ude00""#) == .string("😀"))
    }

    @Test func `a text is harmless inside HTML`() {
        #expect(!JSON.string("</script>").text.contains("<"))
    }

    @Test func `a failure survives its way over the wire`() throws {
        let failure = Failure(
            whose: .upstream, retry: .after(seconds: 3), status: 503, code: "unavailable", reason: "r", hint: "h",
            fields: [.init(field: "f", reason: "fr", hint: "fh")])
        #expect(Failure(json: try JSON.parse(failure.json().text)) == failure)
    }
}
