// Damaged messages, from a seed: whatever arrives, parsers neither trap nor change their mind with more bytes.
import Testing
import Wire

struct MutationTests {
    /// xorshift64*: the same damage on every machine.
    private struct Dice {
        var state: UInt64

        mutating func roll(_ sides: Int) -> Int {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return Int((state &* 2_685_821_657_736_338_717) >> 33) % sides
        }
    }

    private static let seeds = [
        "GET /a/b?c=d HTTP/1.1\r\nHost: example.org:80\r\nAccept: text/html\r\nCookie: a=b; c=d\r\n\r\n",
        "POST http://x/ HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: chunked\r\n\r\n",
    ]
    private static let spice: [UInt8] = [0, 9, 10, 13, 32, 35, 44, 48, 58, 59, 64, 127, 128, 255]

    private static func damage(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        for _ in 0...dice.roll(3) where !bytes.isEmpty {
            let at = dice.roll(bytes.count)
            switch dice.roll(4) {
            case 0: bytes[at] = spice[dice.roll(spice.count)]
            case 1: bytes.insert(spice[dice.roll(spice.count)], at: at)
            case 2: bytes.remove(at: at)
            default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + dice.roll(20))], at: at)
            }
        }
        return bytes
    }

    @Test func `a damaged request is refused once and for all, or read to the same end`() {
        var dice = Dice(state: 20_261_122)
        for _ in 0..<6000 {
            let bytes = Self.damage(Array(Self.seeds[dice.roll(Self.seeds.count)].utf8), &dice)
            var verdict: String?
            for count in [0, dice.roll(bytes.count + 1), dice.roll(bytes.count + 1), bytes.count].sorted() {
                var now: String?
                do throws(HTTPParseError) {
                    if let (_, end) = try parse(bytes[..<count]) { now = "read to \(end)" }
                } catch {
                    now = "refused"
                }
                if let verdict { #expect(now == verdict, "\(bytes)") }
                verdict = now
            }
        }
    }

    @Test func `a damaged chunked body gives the same data however it is cut`() {
        var dice = Dice(state: 9112)
        let whole = Array("5;x=y\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nA: b\r\n\r\n".utf8)
        for _ in 0..<6000 {
            let bytes = Self.damage(whole, &dice)
            let cut = dice.roll(bytes.count + 1)
            let (one, two) = (Self.decode([bytes]), Self.decode([Array(bytes[..<cut]), Array(bytes[cut...])]))
            #expect(one == two, "\(bytes) cut at \(cut)")
        }
    }

    private static func decode(_ pieces: [[UInt8]]) -> String {
        var decoder = ChunkedDecoder()
        var data: [UInt8] = []
        for piece in pieces {
            var at = 0
            while at < piece.count {
                do throws(HTTPParseError) {
                    switch try decoder.step(piece.span, at: &at) {
                    case .needsMore: break
                    case .data(let start, let count): data += piece[start..<start + count]
                    case .end: return "whole \(data)"
                    }
                } catch {
                    return "refused after \(data)"
                }
            }
        }
        return "part \(data)"
    }
}
