// Echoes as bytes, and real ones on the loopback.
import Glibc
import Testing
@testable import ManagementTier

struct ICMPEchoTests {
    @Test func `a request has type, sequence, payload and a checksum that sums to nothing`() {
        let bytes = ICMPEcho(sequence: 0x1234, payload: [1, 2, 3]).request(.ipv4, identifier: 0xABCD)
        #expect(bytes.prefix(2) == [8, 0])
        #expect(bytes[4...] == [0xAB, 0xCD, 0x12, 0x34, 1, 2, 3])
        #expect(ICMPEcho.checksum(bytes) == 0)
        #expect(ICMPEcho(sequence: 1, payload: []).request(.ipv6, identifier: 0).prefix(4) == [128, 0, 0, 0])
    }

    @Test func `a reply is known by sequence and payload, with or without the IP header`() {
        let reply: [UInt8] = [0, 0, 0xFF, 0xFF, 9, 9, 0x12, 0x34, 7, 8]
        let echo = ICMPEcho(sequence: 0x1234, payload: [7, 8])
        #expect(ICMPEcho(reply: reply, .ipv4, hasIPHeader: false) == echo)
        #expect(ICMPEcho(reply: [0x45] + [UInt8](repeating: 0, count: 19) + reply, .ipv4, hasIPHeader: true) == echo)
        #expect(ICMPEcho(reply: [0x46] + [UInt8](repeating: 0, count: 23) + reply, .ipv4, hasIPHeader: true) == echo)
        #expect(ICMPEcho(reply: [129] + reply.dropFirst(), .ipv6, hasIPHeader: false) == echo)
    }

    @Test func `requests, errors and stumps are no replies`() {
        for bytes: [UInt8] in [[], [0], [8, 0, 0, 0, 0, 0, 0, 0], [3, 1, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]] {
            #expect(ICMPEcho(reply: bytes, .ipv4, hasIPHeader: false) == nil)
        }
        #expect(ICMPEcho(reply: [0x45, 0, 0], .ipv4, hasIPHeader: true) == nil)
        #expect(ICMPEcho(reply: [0x60] + [UInt8](repeating: 0, count: 60), .ipv4, hasIPHeader: true) == nil)
    }
}

struct PingerTests {
    @Test func `this machine answers a ping, a hundred at once`() async throws {
        let pinger = Pinger()
        let address = try ProbeAddress.resolve("127.0.0.1", port: 1)
        await withTaskGroup(of: ProbeResult.self) { group in
            for _ in 0..<100 { group.addTask { await pinger.ping(address, timeout: 2000) } }
            for await result in group { #expect(result == .good) }
        }
        pinger.stop()
    }

    @Test func `an address nobody has does not answer, and delays nobody`() async throws {
        let pinger = Pinger()
        // 240.0.0.0/4 is reserved (RFC 1112): whether it is unreachable or silent depends on the machine.
        let nobody = try ProbeAddress.resolve("240.0.0.1", port: 1), here = try ProbeAddress.resolve("127.0.0.1", port: 1)
        async let lost = pinger.ping(nobody, timeout: 300)
        #expect(await pinger.ping(here, timeout: 2000) == .good)
        #expect(await lost != .good)
        pinger.stop()
        #expect(await pinger.ping(here, timeout: 10) != .good)
    }

    @Test func `a connection is accepted or refused, and says why`() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, length)
                getsockname(listener, $0, &length)
            }
        }
        let place = try ProbeAddress.resolve("127.0.0.1", port: Int(UInt16(bigEndian: address.sin_port)))
        let pinger = Pinger()
        #expect(await pinger.connect(place, timeout: 2000) == .bad("connection refused"))
        listen(listener, 5)
        #expect(await pinger.connect(place, timeout: 2000) == .good)
        let missing = try #require(ProbeAddress(unix: "/tmp/fitech-no-such-socket"))
        #expect(await pinger.connect(missing, timeout: 2000) == .bad("no such file or directory"))
        pinger.stop()
    }
}
