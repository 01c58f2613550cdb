// What a server does when the process has no descriptor left.
import CLinux
import Engine
import Glibc
import Logging
import Testing
import Wire

struct DescriptorTests {
    @Test func `without descriptors the server waits, and serves who waited once there are some`() async {
        await #expect(processExitsWith: .success) {
            let server = try await TestServer.start { router in
                router.on(.get, "/") { await $0.respond(.text("ok")) }
            }
            let first = try RawClient(server.address)
            try first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            guard try await first.answer().hasSuffix("ok") else { exit(1) }
            // A client is opened and its request sent while there is room; then none is left for the accepted side.
            var held: [CInt] = []
            let highest = dup(0)
            close(highest)
            DescriptorLimit.set(Int(highest) + 1)
            let waiting = try RawClient(server.address)
            try waiting.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            // It waits instead of trying again and again: hardly any processor time goes by.
            let before = clock()
            usleep(1_000_000)
            guard clock() - before < 300_000 else { exit(4) }
            var byte: UInt8 = 0
            guard recv(waiting.descriptor, &byte, 1, linux_msg_peek | CInt(MSG_DONTWAIT)) < 0 else { exit(2) }
            DescriptorLimit.raise()
            held.append(dup(0))
            guard try await waiting.answer().hasSuffix("ok") else { exit(3) }
            exit(0)
        }
    }
}
