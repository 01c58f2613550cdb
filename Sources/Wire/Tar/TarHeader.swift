// The headers of a tar archive (POSIX.1-1988 ustar; sizes beyond 8 GB in the base-256 form of GNU tar and libarchive).

/// One file in an archive of ours: plain files only, named by short relative paths.
package struct TarHeader: Sendable, Equatable {
    package static let blockBytes = 512

    /// At most 100 bytes of ASCII, without `..` or a slash at the start.
    package var path: String
    package var bytes: Int
    /// Seconds since 1970.
    package var modified: Int64

    package init(path: String, bytes: Int, modified: Int64) { (self.path, self.bytes, self.modified) = (path, bytes, modified) }

    /// Why an archive is not one of ours.
    package struct Malformed: Error, Sendable, Equatable {
        package let reason: String
    }

    /// Whether a path may stand in an archive: nothing that could lead out of the directory it is unpacked in.
    package static func isSafe(_ path: String) -> Bool {
        guard (1...100).contains(path.utf8.count), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else { return false }
        return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    /// The zero bytes that fill the last block of the contents.
    package var padding: Int { (Self.blockBytes - bytes % Self.blockBytes) % Self.blockBytes }

    /// The block before the contents.
    package var block: [UInt8] {
        precondition(Self.isSafe(path) && bytes >= 0, "not a file of an archive: \(path)")
        var block = [UInt8](repeating: 0, count: Self.blockBytes)
        func put(_ text: String, at start: Int) { for (index, byte) in text.utf8.enumerated() { block[start + index] = byte } }
        func octal(_ number: Int64, _ digits: Int, at start: Int) {
            let text = String(number, radix: 8)
            put(String(repeating: "0", count: digits - text.utf8.count) + text, at: start)
        }
        put(path, at: 0)
        octal(0o600, 7, at: 100)
        octal(0, 7, at: 108)
        octal(0, 7, at: 116)
        if bytes < 1 << 33 {
            octal(Int64(bytes), 11, at: 124)
        } else {
            block[124] = 0x80
            for index in 0..<8 { block[128 + index] = UInt8(truncatingIfNeeded: bytes >> (56 - 8 * index)) }
        }
        octal(max(0, modified), 11, at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        octal(Int64(block.reduce(0) { $0 + Int($1) }), 6, at: 148)
        block[154] = 0
        return block
    }

    /// Reads a block; nil for one of zeros, which ends an archive. Whatever is no plain file with a safe path is refused.
    package static func read(_ block: [UInt8]) throws(Malformed) -> TarHeader? {
        precondition(block.count == blockBytes, "a block has 512 bytes")
        if block.allSatisfy({ $0 == 0 }) { return nil }
        var sum = 0
        for (index, byte) in block.enumerated() { sum += (148..<156).contains(index) ? 0x20 : Int(byte) }
        guard try octal(block[148..<156]) == sum else { throw Malformed(reason: "a header has a wrong checksum") }
        guard Array(block[257..<262]) == Array("ustar".utf8) else { throw Malformed(reason: "a header is not in the ustar form") }
        guard block[156] == 0x30 || block[156] == 0 else { throw Malformed(reason: "an entry is no plain file") }
        let path = String(decoding: block[0..<100].prefix { $0 != 0 }, as: UTF8.self)
        guard block[345] == 0, isSafe(path) else { throw Malformed(reason: "an entry has a path that is not taken") }
        var bytes = 0
        if block[124] == 0x80 {
            guard block[125..<128].allSatisfy({ $0 == 0 }), block[128] < 0x80 else { throw Malformed(reason: "an entry has an impossible size") }
            for byte in block[128..<136] { bytes = bytes << 8 | Int(byte) }
        } else {
            bytes = try octal(block[124..<136])
        }
        return TarHeader(path: path, bytes: bytes, modified: Int64(try octal(block[136..<148])))
    }

    private static func octal(_ field: ArraySlice<UInt8>) throws(Malformed) -> Int {
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x37).contains($0) }) else { throw Malformed(reason: "a header holds a malformed number") }
        return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
    }
}
