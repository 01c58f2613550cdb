// A text as a QR code (ISO/IEC 18004, byte mode, error correction M), drawn as one path: nothing is loaded, no style is needed.

/// Black and white squares that a phone reads. Always dark on white with its quiet zone, whatever the page's colours.
package struct QRCode: Sendable, Equatable {
    package let size: Int
    /// By rows; true is dark.
    package private(set) var modules: [[Bool]]
    private var isFunction: [[Bool]]

    /// Nil for more than 2331 bytes.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let version = (1...40).first(where: { Self.dataBytes($0) * 8 >= 4 + ($0 < 10 ? 8 : 16) + bytes.count * 8 }) else { return nil }
        size = version * 4 + 17
        modules = Array(repeating: Array(repeating: false, count: size), count: size)
        isFunction = modules
        drawPatterns(version)
        place(Self.withCorrection(Self.data(bytes, version), version))
        let bare = modules
        var best: (mask: Int, penalty: Int)?
        for mask in 0..<8 {
            modules = bare
            apply(mask)
            drawFormat(mask)
            let penalty = penalty
            if best.map({ penalty < $0.penalty }) ?? true { best = (mask, penalty) }
        }
        modules = bare
        apply(best?.mask ?? 0)
        drawFormat(best?.mask ?? 0)
    }

    // MARK: Capacity, by version

    /// Bytes of error correction in each block, and blocks, of level M.
    private static let correction = [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ]
    private static let blocks = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49]

    private static func rawBytes(_ version: Int) -> Int {
        var bits = (16 * version + 128) * version + 64
        if version >= 2 {
            let marks = version / 7 + 2
            bits -= (25 * marks - 10) * marks - 55
            if version >= 7 { bits -= 36 }
        }
        return bits / 8
    }

    private static func dataBytes(_ version: Int) -> Int { rawBytes(version) - correction[version - 1] * blocks[version - 1] }

    // MARK: Bytes

    private static func data(_ bytes: [UInt8], _ version: Int) -> [UInt8] {
        var bits: [Bool] = []
        func append(_ value: Int, _ count: Int) { for bit in stride(from: count - 1, through: 0, by: -1) { bits.append(value >> bit & 1 == 1) } }
        append(0b0100, 4)
        append(bytes.count, version < 10 ? 8 : 16)
        for byte in bytes { append(Int(byte), 8) }
        let capacity = dataBytes(version)
        append(0, min(4, capacity * 8 - bits.count))
        append(0, (8 - bits.count % 8) % 8)
        var out = stride(from: 0, to: bits.count, by: 8).map { start in bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) } as UInt8 }
        var pad: UInt8 = 0xEC
        while out.count < capacity {
            out.append(pad)
            pad ^= 0xEC ^ 0x11
        }
        return out
    }

    /// The bytes in their blocks, each with its correction, interleaved.
    private static func withCorrection(_ data: [UInt8], _ version: Int) -> [UInt8] {
        let count = blocks[version - 1], correctionBytes = correction[version - 1], raw = rawBytes(version)
        let short = count - raw % count, shortData = raw / count - correctionBytes
        let divisor = ReedSolomon.divisor(correctionBytes)
        var parts: [(data: [UInt8], correction: [UInt8])] = [], start = 0
        for block in 0..<count {
            let length = shortData + (block < short ? 0 : 1)
            let part = Array(data[start..<start + length])
            parts.append((part, ReedSolomon.remainder(part, divisor)))
            start += length
        }
        var out: [UInt8] = []
        for index in 0...shortData { for part in parts where index < part.data.count { out.append(part.data[index]) } }
        for index in 0..<correctionBytes { for part in parts { out.append(part.correction[index]) } }
        return out
    }

    // MARK: Squares

    private mutating func set(_ x: Int, _ y: Int, _ dark: Bool) {
        modules[y][x] = dark
        isFunction[y][x] = true
    }

    private mutating func drawPatterns(_ version: Int) {
        for i in 0..<size {
            set(6, i, i % 2 == 0)
            set(i, 6, i % 2 == 0)
        }
        for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] {
            for dy in -4...4 {
                for dx in -4...4 where (0..<size).contains(x + dx) && (0..<size).contains(y + dy) {
                    let distance = max(abs(dx), abs(dy))
                    set(x + dx, y + dy, distance != 2 && distance != 4)
                }
            }
        }
        let marks = Self.marks(version, size), last = marks.count - 1
        for (i, x) in marks.enumerated() {
            for (j, y) in marks.enumerated() where !((i == 0 && (j == 0 || j == last)) || (i == last && j == 0)) {
                for dy in -2...2 { for dx in -2...2 { set(x + dx, y + dy, max(abs(dx), abs(dy)) != 1) } }
            }
        }
        drawFormat(0)
        guard version >= 7 else { return }
        var rest = version
        for _ in 0..<12 { rest = rest << 1 ^ (rest >> 11) * 0x1F25 }
        let bits = version << 12 | rest
        for i in 0..<18 {
            let dark = bits >> i & 1 == 1
            set(size - 11 + i % 3, i / 3, dark)
            set(i / 3, size - 11 + i % 3, dark)
        }
    }

    /// Where the small squares lie.
    private static func marks(_ version: Int, _ size: Int) -> [Int] {
        guard version > 1 else { return [] }
        let count = version / 7 + 2
        let step = version == 32 ? 26 : (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2
        return [6] + (0..<count - 1).map { size - 7 - $0 * step }.reversed()
    }

    /// Level M and the mask, twice.
    private mutating func drawFormat(_ mask: Int) {
        var rest = mask
        for _ in 0..<10 { rest = rest << 1 ^ (rest >> 9) * 0x537 }
        let bits = (mask << 10 | rest) ^ 0x5412
        func dark(_ i: Int) -> Bool { bits >> i & 1 == 1 }
        for i in 0..<6 { set(8, i, dark(i)) }
        set(8, 7, dark(6))
        set(8, 8, dark(7))
        set(7, 8, dark(8))
        for i in 9..<15 { set(14 - i, 8, dark(i)) }
        for i in 0..<8 { set(size - 1 - i, 8, dark(i)) }
        for i in 8..<15 { set(8, size - 15 + i, dark(i)) }
        set(8, size - 8, true)
    }

    /// In columns of two from the right, up and down by turns.
    private mutating func place(_ bytes: [UInt8]) {
        var bit = 0, right = size - 1
        while right >= 1 {
            if right == 6 { right = 5 }
            for step in 0..<size {
                for x in [right, right - 1] {
                    let y = (right + 1) & 2 == 0 ? size - 1 - step : step
                    guard !isFunction[y][x], bit < bytes.count * 8 else { continue }
                    modules[y][x] = bytes[bit >> 3] >> (7 - bit & 7) & 1 == 1
                    bit += 1
                }
            }
            right -= 2
        }
    }

    private mutating func apply(_ mask: Int) {
        for y in 0..<size {
            for x in 0..<size where !isFunction[y][x] {
                let flips = switch mask {
                case 0: (x + y) % 2 == 0
                case 1: y % 2 == 0
                case 2: x % 3 == 0
                case 3: (x + y) % 3 == 0
                case 4: (x / 3 + y / 2) % 2 == 0
                case 5: x * y % 2 + x * y % 3 == 0
                case 6: (x * y % 2 + x * y % 3) % 2 == 0
                default: ((x + y) % 2 + x * y % 3) % 2 == 0
                }
                if flips { modules[y][x].toggle() }
            }
        }
    }

    /// How hard this is to read for a camera (clause 7.8.3): long runs, blocks, what looks like a corner mark, imbalance.
    private var penalty: Int {
        var sum = 0
        let columns = (0..<size).map { x in modules.map { $0[x] } }
        let corner = [true, false, true, true, true, false, true, false, false, false, false]
        for line in modules + columns {
            var run = 0, colour = line[0]
            for dark in line + [!line[size - 1]] {
                if dark == colour { run += 1; continue }
                if run >= 5 { sum += run - 2 }
                (run, colour) = (1, dark)
            }
            guard size >= 11 else { continue }
            for start in 0...size - 11 {
                let part = line[start..<start + 11]
                if part.elementsEqual(corner) || part.elementsEqual(corner.reversed()) { sum += 40 }
            }
        }
        for y in 0..<size - 1 {
            for x in 0..<size - 1 where modules[y][x] == modules[y][x + 1] && modules[y][x] == modules[y + 1][x] && modules[y][x] == modules[y + 1][x + 1] { sum += 3 }
        }
        let dark = modules.joined().count { $0 }, total = size * size
        return sum + max(0, (abs(dark * 20 - total * 10) + total - 1) / total - 1) * 10
    }

    // MARK: Drawing

    /// - Parameter label: what a screen reader says in its place.
    package func svg(_ label: String) -> HTML {
        var path = HTML(reserving: size * size * 6)
        for (y, row) in modules.enumerated() {
            var x = 0
            while x < size {
                guard row[x] else { x += 1; continue }
                let end = row[x...].firstIndex(of: false) ?? size
                path += "M\(x + 4) \(y + 4)h\(end - x)v1h-\(end - x)z"
                x = end
            }
        }
        return """
            <svg class="qr" viewBox="0 0 \(size + 8) \(size + 8)" role="img" aria-label="\(label)" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path d="\(path)" fill="#000"/></svg>
            """
    }
}

/// Error correction over GF(256), the way the code's clause 7.5.2 wants it.
private enum ReedSolomon {
    static func divisor(_ degree: Int) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: degree - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            for j in out.indices {
                out[j] = multiply(out[j], root)
                if j + 1 < out.count { out[j] ^= out[j + 1] }
            }
            root = multiply(root, 2)
        }
        return out
    }

    static func remainder(_ data: [UInt8], _ divisor: [UInt8]) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: divisor.count)
        for byte in data {
            let factor = byte ^ out.removeFirst()
            out.append(0)
            for index in out.indices { out[index] ^= multiply(divisor[index], factor) }
        }
        return out
    }

    private static func multiply(_ x: UInt8, _ y: UInt8) -> UInt8 {
        var product = 0
        for bit in stride(from: 7, through: 0, by: -1) {
            product = product << 1 ^ (product >> 7) * 0x11D
            product ^= Int(y >> UInt8(bit) & 1) * Int(x)
        }
        return UInt8(truncatingIfNeeded: product)
    }
}
