// Ranges and codings a client asks for, by the sections of RFC 9110.
import Testing
import Wire

struct ByteRangesTests {
    private func verdict(_ value: String, size: Int = 100) -> ByteRanges.Verdict { ByteRanges.verdict([Array(value.utf8)[...]], size: size) }

    @Test(arguments: [
        ("bytes=0-0", [0..<1]), ("bytes=0-", [0..<100]), ("bytes=10-19", [10..<20]), ("bytes=90-1000", [90..<100]), ("bytes=-5", [95..<100]), ("bytes=-1000", [0..<100]),
        ("BYTES=99-99", [99..<100]), ("bytes=0-4, 10-14 ,-5", [0..<5, 10..<15, 95..<100]), ("bytes=0-0,,200-300", [0..<1]), ("bytes=50-59,0-9", [50..<60, 0..<10]),
        ("bytes=0-99999999999999999999999", [0..<100]), ("bytes=-99999999999999999999999", [0..<100]),
    ])
    func `parts are those asked for, cut to what there is (14.1.1, 14.1.2)`(value: String, parts: [Range<Int>]) { #expect(verdict(value) == .parts(parts)) }

    @Test(arguments: ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999999-"])
    func `what lies outside is 416 (15.5.17)`(value: String) { #expect(verdict(value) == .unsatisfiable) }

    @Test(arguments: [
        "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=+5-6", "bytes=5", "lines=0-1", "bytes=0-1;2", "bytes = 0-1", "bytes=0-50,40-60", "bytes=0-1,x",
    ])
    func `what is not understood, or overlaps, gets the whole (14.2)`(value: String) { #expect(verdict(value) == .whole) }

    @Test func `many ranges get the whole (17.15)`() {
        #expect(verdict("bytes=" + (0..<17).map { "\($0 * 2)-\($0 * 2)" }.joined(separator: ",")) == .whole)
        #expect(ByteRanges.verdict([], size: 100) == .whole)
        #expect(ByteRanges.verdict([Array("bytes=0-1".utf8)[...], Array("bytes=2-3".utf8)[...]], size: 100) == .whole)
        #expect(verdict("bytes=0-", size: 0) == .unsatisfiable)
    }

    @Test(arguments: [
        (nil, AcceptedCodings.Coding.identity), ("", .identity), ("gzip", .gzip), ("x-gzip", .gzip), ("GZIP;q=0.5", .gzip), ("gzip;q=0", .identity), ("gzip;q=0.000", .identity),
        ("*", .gzip), ("*;q=0.1", .gzip), ("br", .identity), ("gzip, identity;q=0", .gzip), ("identity;q=0, *", .gzip), ("gzip;q=0.5, identity;q=0.8", .identity),
        ("gzip;q=0.8, identity;q=0.5", .gzip), ("deflate, gzip;q=1.0, *;q=0.5", .gzip), ("gzip;q=2", .identity), ("gzip;q=0.1234", .identity), ("gzip;level=9", .identity),
        ("gzip ; q=1", .gzip), ("*;q=0, identity", .identity),
    ] as [(String?, AcceptedCodings.Coding)])
    func `the coding is the one the client likes, compressed where it does not mind (12.5.3, 12.4.2)`(value: String?, coding: AcceptedCodings.Coding) {
        let fields = value.map { HTTPFields([("Accept-Encoding", $0)]) } ?? HTTPFields()
        #expect(AcceptedCodings(fields).choice(hasGzip: true) == coding)
    }

    @Test(arguments: ["identity;q=0", "*;q=0", "gzip;q=0, identity;q=0"])
    func `a client may take neither`(value: String) { #expect(AcceptedCodings(["Accept-Encoding": value]).choice(hasGzip: true) == nil) }

    @Test func `what exists only plain is sent plain or not at all`() {
        #expect(AcceptedCodings(["Accept-Encoding": "gzip"]).choice(hasGzip: false) == .identity)
        #expect(AcceptedCodings(["Accept-Encoding": "gzip, identity;q=0"]).choice(hasGzip: false) == nil)
    }
}
