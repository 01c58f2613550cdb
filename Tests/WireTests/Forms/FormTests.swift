// Forms, cookies and percent-coding: what is read, what is refused, and with which words.
import Testing

@testable import Wire

@Suite struct PercentCodingTests {
    @Test func `a broken escape is refused, never passed through`() {
        #expect(PercentCoding.decode("a%20b") == "a b")
        #expect(PercentCoding.decode("a+b") == "a+b")
        #expect(PercentCoding.decode("a+b", plusIsSpace: true) == "a b")
        for broken in ["%", "%2", "%zz", "abc%f", "%ff"] { #expect(PercentCoding.decode(broken) == nil, "\(broken)") }
    }

    @Test func `what is encoded comes back, whatever it was`() {
        for text in ["", "a/b?c#d", "é ✓ \"<&>\"", "100%", "a+b=c"] {
            #expect(PercentCoding.decode(PercentCoding.encode(text)) == text)
        }
        #expect(PercentCoding.encode("a b/é") == "a%20b%2F%C3%A9")
    }
}

@Suite struct CookieTests {
    @Test func `pairs are read in order, malformed ones are left out (RFC 6265 4.1.1)`() {
        let cookies = Cookies("a=1; b=\"two\";c=; bad name=3; =4; novalue; d=with space; e=x=y")
        #expect(cookies.pairs.map(\.name) == ["a", "b", "c", "e"])
        #expect(cookies["b"] == "two" && cookies["c"] == "" && cookies["e"] == "x=y" && cookies["d"] == nil)
        #expect(Cookies(["a=1", "a=2"]).all("a") == ["1", "2"])
    }

    @Test func `a cookie is safe unless told otherwise`() {
        #expect(SetCookie(name: "__Host-s", value: "t").text == "__Host-s=t; Path=/; Secure; HttpOnly; SameSite=Lax")
        #expect(SetCookie.removing("x").text == "x=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
    }
}

@Suite struct FormTests {
    @Test func `urlencoded fields keep order, repeats and blanks`() throws {
        let form = try Form(body: Array("a=1&b=two+words&a=%C3%A9&&c&d=".utf8), contentType: "application/x-www-form-urlencoded; charset=utf-8")
        #expect(form.fields.map(\.name) == ["a", "b", "a", "c", "d"])
        #expect(form["b"] == "two words" && form.all("a") == ["1", "é"] && form["c"] == "" && form.text("d") == nil)
    }

    @Test func `a broken escape, bad UTF-8 and another type are named`() {
        #expect(throws: FormError("the field \"a\" has a % that is not followed by two hexadecimal digits", hint: "Write a literal % as %25.")) {
            try Form(body: Array("a=%4".utf8), contentType: "application/x-www-form-urlencoded")
        }
        #expect { try Form(urlencoded: ArraySlice("a=%ff".utf8)) } throws: { ($0 as? FormError)?.status == 400 }
        #expect { try Form(body: [], contentType: "text/xml") } throws: { ($0 as? FormError)?.status == 415 }
        #expect { try Form(body: [], contentType: nil) } throws: { ($0 as? FormError)?.status == 415 }
    }

    @Test func `every limit refuses with 413`() {
        var limits = FormLimits()
        limits.parts = 2
        limits.fieldBytes = 4
        limits.nameBytes = 3
        for body in ["a=1&b=2&c=3", "a=12345", "long=1"] {
            #expect { try Form(urlencoded: ArraySlice(body.utf8), limits: limits) } throws: { ($0 as? FormError)?.status == 413 }
        }
    }

    let multipart = Array(
        ("preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nsubjects\r\n--XX  \r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b.csv\"\r\n"
            + "Content-Type: text/csv\r\n\r\nx,y\r\n1,2\r\n\r\n--XX--\r\nepilogue").utf8)

    @Test func `multipart fields and files come apart, byte for byte (RFC 7578)`() throws {
        let form = try Form(body: multipart, contentType: "multipart/form-data; boundary=\"XX\"")
        #expect(form["kind"] == "subjects")
        let file = try #require(form.file("file"))
        #expect(file.fileName == "a\"b.csv" && file.contentType == "text/csv" && file.bytes == Array("x,y\r\n1,2\r\n".utf8))
    }

    @Test func `an upload cut anywhere is refused, never read as a shorter one`() {
        let closing = multipart.count - "--\r\nepilogue".utf8.count
        for length in 0..<closing {
            #expect(throws: FormError.self) { try Form(multipart: Array(multipart[..<length]), boundary: "XX") }
        }
    }

    @Test func `a part without a name or in another encoding is refused`() {
        for head in ["Content-Type: text/plain", "Content-Disposition: attachment; name=\"a\"", "nonsense", "Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64"] {
            #expect(throws: FormError.self) { try Form(multipart: Array("--B\r\n\(head)\r\n\r\nv\r\n--B--".utf8), boundary: "B") }
        }
        #expect(throws: FormError.self) { try Form(body: [], contentType: "multipart/form-data") }
    }
}
