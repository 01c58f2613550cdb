// IPv4 and IPv6 addresses and ranges of them, read strictly and written in one form.

/// An address of either kind; an IPv4 address inside IPv6 (`::ffff:192.0.2.7`) is the IPv4 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The upper and lower 64 bits of an IPv6 address; an IPv4 address is in `low`.
    package let high: UInt64
    package let low: UInt64
    package let isV6: Bool

    package init(v4 bits: UInt32) { (high, low, isV6) = (0, UInt64(bits), false) }

    package init(v6 high: UInt64, _ low: UInt64) {
        isV6 = high != 0 || low >> 32 != 0xFFFF
        (self.high, self.low) = (high, isV6 ? low : low & 0xFFFF_FFFF)
    }

    /// 4 or 16 bytes in network order; nil for any other count.
    package init?(bytes: ArraySlice<UInt8>) {
        switch bytes.count {
        case 4: self.init(v4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            self.init(v6: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) })
        default: return nil
        }
    }

    /// `192.0.2.7`, `2001:db8::1`, without port, brackets or zone. Numbers of IPv4 have no leading zeros: some read those as octal.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        if let four = IPAddress.four(bytes[...]) {
            self.init(v4: four)
        } else if let (high, low) = IPAddress.six(bytes) {
            self.init(v6: high, low)
        } else {
            return nil
        }
    }

    private static func four(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: 46, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy(Octet.isDigit), part.count == 1 || part.first != 48 else { return nil }
            let value = part.reduce(0) { $0 * 10 + UInt32($1 - 48) }
            guard value <= 255 else { return nil }
            bits = bits << 8 | value
        }
        return bits
    }

    /// RFC 4291 2.2.
    private static func six(_ text: [UInt8]) -> (UInt64, UInt64)? {
        guard text.count <= 45 else { return nil }
        var groups: [UInt16] = []
        var gap: Int?
        var rest = text[...]
        if rest.starts(with: [58, 58]) {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            let part = rest.prefix { $0 != 58 }
            rest = rest.dropFirst(part.count)
            if part.contains(46) {
                guard rest.isEmpty, let bits = four(part) else { return nil }
                groups += [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
                break
            }
            guard (1...4).contains(part.count) else { return nil }
            var value: UInt16 = 0
            for byte in part {
                guard let digit = Octet.hexValue(byte) else { return nil }
                value = value << 4 | UInt16(digit)
            }
            groups.append(value)
            guard !rest.isEmpty else { break }
            rest = rest.dropFirst()
            if rest.first == 58 {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                return nil
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        return (groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }, groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }

    /// IPv6 as RFC 5952 has it: lower case, the longest run of zeros (two at least, the first of equals) left out.
    package var description: String {
        if !isV6 { return "\(low >> 24 & 255).\(low >> 16 & 255).\(low >> 8 & 255).\(low & 255)" }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - 16 * ($0 % 4))) }
        var best = 0..<0, start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        func join(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
        return best.count < 2 ? join(groups[...]) : "\(join(groups[..<best.lowerBound]))::\(join(groups[best.upperBound...]))"
    }
}

/// Every address that begins with the same bits: `10.0.0.0/8`, `2001:db8::/32`.
package struct IPPrefix: Hashable, Sendable, CustomStringConvertible {
    package let address: IPAddress
    /// 0 to 32 for IPv4, to 128 for IPv6.
    package let bits: Int

    /// A range as written above, or one address. Nil when it is neither, or when bits behind the prefix are not zero: somebody
    /// who writes `10.1.2.3/8` may have meant either.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: 47, omittingEmptySubsequences: false)
        guard parts.count <= 2, let head = parts.first.flatMap({ String($0) }), let address = IPAddress(head) else { return nil }
        let most = address.isV6 ? 128 : 32
        var bits = most
        if parts.count == 2 {
            guard (1...3).contains(parts[1].count), parts[1].allSatisfy(Octet.isDigit), parts[1].count == 1 || parts[1].first != 48,
                let given = String(parts[1]).flatMap({ Int($0) }), given <= most
            else { return nil }
            bits = given
        }
        (self.address, self.bits) = (address, bits)
        guard IPPrefix.cut(address, bits) == address else { return nil }
    }

    package func contains(_ other: IPAddress) -> Bool { other.isV6 == address.isV6 && IPPrefix.cut(other, bits) == address }

    /// `address` with nothing but zeros behind its first `bits` bits.
    package static func cut(_ address: IPAddress, _ bits: Int) -> IPAddress {
        func kept(_ word: UInt64, _ count: Int) -> UInt64 { count <= 0 ? 0 : count >= 64 ? word : word & ~(UInt64.max >> UInt64(count)) }
        return address.isV6
            ? IPAddress(v6: kept(address.high, bits), kept(address.low, bits - 64))
            : IPAddress(v4: UInt32(truncatingIfNeeded: kept(address.low << 32, bits) >> 32))
    }

    package var description: String { "\(address)/\(bits)" }
}
