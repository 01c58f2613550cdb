// Files as they are served: validators, parts, codings, each by its section of RFC 9110.
import Digests
import Engine
import Testing
import Wire

struct FixedContentTests {
    private let text = Array(String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 200).utf8)
    private let modified: Int64 = 784_111_777

    private func ask(_ fields: HTTPFields = HTTPFields(), method: HTTPMethod = .get, compresses: Bool = true) -> HTTPResponse {
        FixedContent(text, type: "text/plain", fields: ["Cache-Control": "public"], compresses: compresses, modified: modified)
            .answer(to: RequestHead(method: method, target: "/", fields: fields))
    }

    @Test func `the whole comes with a strong tag, its date and that parts may be asked for`() {
        let answer = ask()
        #expect(answer.status == .ok && answer.body == text)
        #expect(answer.fields["etag"]?.hasPrefix("\"") == true)
        #expect(answer.fields["last-modified"] == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(answer.fields["accept-ranges"] == "bytes" && answer.fields["vary"] == "Accept-Encoding")
        #expect(answer.fields["content-type"] == "text/plain" && answer.fields["cache-control"] == "public")
        #expect(!answer.fields.contains("content-encoding"))
    }

    @Test func `compressed it is another representation with a tag of its own (8.8.3.3, 12.5.5)`() throws {
        let plain = ask(), packed = ask(["Accept-Encoding": "gzip"])
        #expect(packed.fields["content-encoding"] == "gzip" && packed.fields["vary"] == "Accept-Encoding")
        #expect(Gzip.decompress(packed.body, limit: text.count) == text)
        #expect(packed.body.count < text.count / 4)
        #expect(packed.fields["etag"] != plain.fields["etag"])
        // Each tag is good for its own representation only.
        let tag = try #require(plain.fields["etag"])
        #expect(ask(["If-None-Match": tag]).status == .notModified)
        #expect(ask(["If-None-Match": tag, "Accept-Encoding": "gzip"]).status == .ok)
        #expect(ask(["Accept-Encoding": "identity;q=0, gzip;q=0"]).status == .notAcceptable)
        #expect(!ask(["Accept-Encoding": "gzip"], compresses: false).fields.contains("vary"))
    }

    @Test func `304 carries what a cache needs and no body (15.4.5)`() throws {
        let tag = try #require(ask().fields["etag"])
        let answer = ask(["If-None-Match": tag])
        #expect(answer.status == .notModified && answer.body.isEmpty)
        #expect(answer.fields["etag"] == tag && answer.fields["cache-control"] == "public" && answer.fields["vary"] == "Accept-Encoding")
        #expect(!answer.fields.contains("content-type"))
        #expect(ask(["If-Match": "\"other\""]).status == .preconditionFailed)
    }

    @Test func `one part is 206 with its place (15.3.7.1)`() {
        let answer = ask(["Range": "bytes=4-8"])
        #expect(answer.status == .partialContent && answer.body == Array("quick".utf8))
        #expect(answer.fields["content-range"] == "bytes 4-8/\(text.count)" && answer.fields["content-type"] == "text/plain")
        #expect(ask(["Range": "bytes=-5"]).body == Array(text.suffix(5)))
    }

    @Test func `several parts are multipart/byteranges (15.3.7.2)`() throws {
        let answer = ask(["Range": "bytes=0-2,16-18"])
        #expect(answer.status == .partialContent && !answer.fields.contains("content-range"))
        let type = try #require(answer.fields["content-type"])
        #expect(type.hasPrefix("multipart/byteranges; boundary="))
        let boundary = type.split(separator: "=").last.map(String.init) ?? ""
        let place = { (range: String) in "--\(boundary)\r\nContent-Type: text/plain\r\nContent-Range: bytes \(range)/\(self.text.count)\r\n\r\n" }
        #expect(String(decoding: answer.body, as: UTF8.self) == place("0-2") + "The\r\n" + place("16-18") + "fox\r\n--\(boundary)--\r\n")
    }

    @Test func `outside is 416 with the size (15.5.17), not understood is the whole, HEAD knows no parts (14.2)`() {
        let outside = ask(["Range": "bytes=100000-"])
        #expect(outside.status.code == 416 && outside.fields["content-range"] == "bytes */\(text.count)" && outside.body.isEmpty)
        #expect(ask(["Range": "lines=1-2"]).status == .ok)
        #expect(ask(["Range": "bytes=0-1"], method: .head).status == .ok)
    }

    @Test func `a part of what has changed is the whole (13.1.5)`() throws {
        let tag = try #require(ask().fields["etag"])
        #expect(ask(["Range": "bytes=0-1", "If-Range": tag]).status == .partialContent)
        #expect(ask(["Range": "bytes=0-1", "If-Range": "\"old\""]).status == .ok)
        #expect(ask(["Range": "bytes=0-1", "If-Range": "Sun, 06 Nov 1994 08:49:37 GMT"]).status == .partialContent)
        // A part of the compressed form is cut from the compressed bytes, and its tag says so.
        let packed = ask(["Accept-Encoding": "gzip"])
        #expect(ask(["Accept-Encoding": "gzip", "Range": "bytes=0-9"]).body == Array(packed.body.prefix(10)))
        #expect(ask(["Accept-Encoding": "gzip", "Range": "bytes=0-9", "If-Range": tag]).status == .ok)
    }

    @Test func `an answer made anew is compressed where it is worth it, and its tag is weak then`() {
        let head = RequestHead(method: .get, target: "/", fields: ["Accept-Encoding": "gzip"])
        var response = HTTPResponse.bytes(text, type: "application/json")
        response.fields.add("ETag", "\"x\"")
        let packed = response.compressed(for: head)
        #expect(Gzip.decompress(packed.body, limit: text.count) == text)
        #expect(packed.fields["content-encoding"] == "gzip" && packed.fields["etag"] == "W/\"x\"" && packed.fields["vary"] == "Accept-Encoding")
        let plain = response.compressed(for: RequestHead(method: .get, target: "/"))
        #expect(plain.body == text && plain.fields["vary"] == "Accept-Encoding" && plain.fields["etag"] == "\"x\"")
        #expect(HTTPResponse.text("short").compressed(for: head).fields["vary"] == nil)
        #expect(HTTPResponse.bytes(text, type: "text/plain", status: .notFound).compressed(for: head).body == text)
    }
}
