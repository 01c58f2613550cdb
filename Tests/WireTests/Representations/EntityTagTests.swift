// Entity tags and conditional requests, by the sections of RFC 9110.
import Testing
import Wire

struct EntityTagTests {
    private func list(_ values: String...) -> EntityTagList? { EntityTagList(values.map { Array($0.utf8)[...] }) }

    @Test func `lists of tags are read (8.8.3, 13.1.1)`() {
        #expect(list("*") == .any)
        #expect(list(" * ") == .any)
        #expect(list("\"a\"") == .tags([EntityTag("a")]))
        #expect(list("\"a\", W/\"b\" ,,\"\"", "\"c,d\"") == .tags([EntityTag("a"), EntityTag("b", isWeak: true), EntityTag(""), EntityTag("c,d")]))
        for bad in ["", "a", "\"a", "w/\"a\"", "\"a\" \"b\"", "*, \"a\"", "\"a\"b", "\"a b\"", ","] { #expect(list(bad) == nil, "\(bad)") }
    }

    private let tag = EntityTag("one"), weak = EntityTag("one", isWeak: true)
    private let noon: Int64 = 784_111_777  // Sun, 06 Nov 1994 08:49:37 GMT

    private func verdict(_ method: HTTPMethod, _ fields: HTTPFields, tag: EntityTag? = EntityTag("one"), modified: Int64? = 784_111_777) -> Preconditions.Verdict {
        Preconditions.verdict(method, fields, tag: tag, modified: modified)
    }

    @Test func `If-Match compares strongly and asterisk means that there is something (13.1.1)`() {
        #expect(verdict(.put, ["If-Match": "\"one\""]) == .proceed)
        #expect(verdict(.put, ["If-Match": "\"two\", \"one\""]) == .proceed)
        #expect(verdict(.get, ["If-Match": "\"two\""]) == .failed)
        #expect(verdict(.put, ["If-Match": "W/\"one\""]) == .failed)
        #expect(verdict(.put, ["If-Match": "\"one\""], tag: weak) == .failed)
        #expect(verdict(.put, ["If-Match": "*"]) == .proceed)
        #expect(verdict(.put, ["If-Match": "*"], tag: nil) == .failed)
        #expect(verdict(.put, ["If-Match": "nonsense"]) == .failed)
    }

    @Test func `If-None-Match compares weakly: 304 for reading, 412 for anything else (13.1.2)`() {
        #expect(verdict(.get, ["If-None-Match": "W/\"one\""]) == .notModified)
        #expect(verdict(.head, ["If-None-Match": "\"x\", \"one\""]) == .notModified)
        #expect(verdict(.put, ["If-None-Match": "\"one\""]) == .failed)
        #expect(verdict(.put, ["If-None-Match": "*"]) == .failed)
        #expect(verdict(.put, ["If-None-Match": "*"], tag: nil) == .proceed)
        #expect(verdict(.get, ["If-None-Match": "\"two\""]) == .proceed)
        #expect(verdict(.get, ["If-None-Match": "nonsense"]) == .proceed)
    }

    @Test func `If-Modified-Since is for reading, and only without If-None-Match (13.1.3)`() {
        let then = HTTPDate.text(noon)
        #expect(verdict(.get, ["If-Modified-Since": then]) == .notModified)
        #expect(verdict(.get, ["If-Modified-Since": HTTPDate.text(noon - 1)]) == .proceed)
        #expect(verdict(.post, ["If-Modified-Since": then]) == .proceed)
        #expect(verdict(.get, ["If-Modified-Since": then, "If-None-Match": "\"two\""]) == .proceed)
        #expect(verdict(.get, ["If-Modified-Since": "yesterday"]) == .proceed)
        #expect(verdict(.get, ["If-Modified-Since": then], modified: nil) == .proceed)
    }

    @Test func `If-Unmodified-Since counts only without If-Match (13.1.4)`() {
        #expect(verdict(.put, ["If-Unmodified-Since": HTTPDate.text(noon - 1)]) == .failed)
        #expect(verdict(.put, ["If-Unmodified-Since": HTTPDate.text(noon)]) == .proceed)
        #expect(verdict(.put, ["If-Unmodified-Since": HTTPDate.text(noon - 1), "If-Match": "\"one\""]) == .proceed)
        #expect(verdict(.put, ["If-Unmodified-Since": "x"]) == .proceed)
    }

    @Test func `If-Range wants a strong tag or the very date (13.1.5)`() {
        func holds(_ value: String?, tag: EntityTag? = EntityTag("one")) -> Bool {
            Preconditions.rangeHolds(value.map { ["If-Range": $0] } ?? HTTPFields(), tag: tag, modified: noon)
        }
        #expect(holds(nil) && holds("\"one\"") && holds(HTTPDate.text(noon)))
        #expect(!holds("\"two\"") && !holds("W/\"one\"") && !holds("\"one\"", tag: weak) && !holds(HTTPDate.text(noon + 1)) && !holds("\"one\", \"two\"") && !holds("x"))
    }

    @Test(arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func `a date is read in its three forms (5.6.7)`(text: String) {
        #expect(HTTPDate.seconds(Array(text.utf8)[...]) == noon)
    }

    @Test(arguments: [
        "", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "1994-11-06T08:49:37Z", "Sun, 00 Nov 1994 08:49:37 GMT",
    ])
    func `what is no date is none`(text: String) { #expect(HTTPDate.seconds(Array(text.utf8)[...]) == nil) }

    @Test func `a date is written so that it is read again, over leap years and centuries`() {
        #expect(HTTPDate.text(noon) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.text(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        for step in 0..<3000 {
            let seconds = Int64(step) * 1_234_567 + 5
            #expect(HTTPDate.seconds(Array(HTTPDate.text(seconds).utf8)[...]) == seconds)
        }
    }
}
