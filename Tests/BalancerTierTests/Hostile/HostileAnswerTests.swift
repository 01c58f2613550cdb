// Answers of a hostile node through a real balancer: Tests/Hostile/Answers.txt.
import Engine
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(5))) struct HostileAnswerTests {
    private static let fine = Array("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine".utf8)
    private static let lastChunk = Array("\r\n0\r\n\r\n".utf8)

    @Test func `the table is there`() { #expect(HostileMessage.answers.count > 55) }

    @Test(arguments: [false, true])
    func `a hostile answer goes no further, and the next customer gets an answer of his own`(isOrigin: Bool) async throws {
        // One try: what a node said once it would say again.
        try await withBalancer(options: Fixture.quick { $0.attempts = 1 }) { site in
            for message in HostileMessage.answers {
                let node = try RecordingNode(in: site.directory) { request in
                    request.starts(with: Array("GET /next".utf8))
                        ? .init(bytes: Self.fine) : .init(bytes: message.bytes, thenCloses: message.marks.contains("close"))
                }
                defer { node.stop() }
                var member = node.member
                member.isOrigin = isOrigin
                member.name = message.name
                await site.apply([member])
                let method = message.marks.contains("head") ? "HEAD" : "GET"
                let answer = await RawExchange.with(
                    site.address, Array("\(method) /hostile HTTP/1.1\r\nHost: portal.example\r\n\r\n".utf8), halfCloses: true)
                let told = "\(message): \(answer.received.text.prefix(400))"
                #expect(answer.ended && answer.answers == 1, "\(told)")
                if message.expected == "cut" {
                    #expect(answer.status == 200 && !answer.received.suffix(7).elementsEqual(Self.lastChunk), "\(told)")
                } else {
                    #expect(answer.status == message.status, "\(told)")
                }
                for wanted in message.present { #expect(answer.received.contains(wanted), "wanted \(wanted.text): \(told)") }
                for unwanted in message.absent { #expect(!answer.received.contains(unwanted), "unwanted \(unwanted.text): \(told)") }
                if message.expected == "502" { #expect(!answer.received.contains(Array("evil".utf8)), "\(told)") }
                #expect(try await site.get("/next").text == "fine", "\(message)")
            }
        }
    }

    @Test func `a node that goes bad between the head and the first piece of an answer is replaced`() async throws {
        try await withBalancer { site in
            let bad = try RecordingNode(in: site.directory) { _ in
                .init(bytes: Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8), thenCloses: true)
            }
            defer { bad.stop() }
            let good = try site.node("web-2")
            await site.apply([bad.member, good.member])
            for _ in 0..<6 { #expect(try await site.get("/").text == "web-2") }
            #expect(!bad.messages.isEmpty)
        }
    }
}
