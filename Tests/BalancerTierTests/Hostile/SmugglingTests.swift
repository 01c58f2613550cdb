// The smuggling checklist, against a real balancer before a node that records every byte: Tests/Hostile/Requests.txt.
import Engine
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(5))) struct SmugglingTests {
    private static let canary = Array("GET /canary HTTP/1.1\r\nHost: portal.example\r\n\r\n".utf8)
    private static let refused = HostileMessage.requests.filter { $0.expected != "served" }
    private static let served = HostileMessage.requests.filter { $0.expected == "served" }

    private func withNode(_ body: (Fixture, RecordingNode) async throws -> Void) async throws {
        try await withBalancer { site in
            let node = try RecordingNode(in: site.directory) { _ in .init(bytes: Array("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine".utf8)) }
            defer { node.stop() }
            await site.apply([node.member])
            try await body(site, node)
        }
    }

    /// Whole, and in the smallest pieces; the few large ones in pieces that cut everywhere too.
    private func pieces(_ message: HostileMessage) -> [Int] { [.max, message.bytes.count < 4000 ? 1 : 97] }

    @Test func `the table is there`() {
        #expect(Self.refused.count > 120 && Self.served.count > 30)
        #expect(Set(HostileMessage.requests.map(\.name)).count == HostileMessage.requests.count)
    }

    @Test func `what is refused is refused once, the connection ends, and no byte reaches a node`() async throws {
        try await withNode { site, node in
            for message in Self.refused {
                for piece in pieces(message) {
                    let answer = await RawExchange.with(site.address, message.bytes + Self.canary, piece: piece)
                    #expect(answer.status == message.status, "\(message), pieces of \(piece): \(answer.received.text.prefix(300))")
                    #expect(answer.ended && answer.answers == 1, "\(message), pieces of \(piece)")
                    #expect(answer.received.contains(Array("\r\nConnection: close\r\n".utf8)), "\(message)")
                    #expect(node.messages.isEmpty, "\(message): \(node.messages.map(\.text))")
                    node.forget()
                }
            }
        }
    }

    @Test func `what is served reaches a node as we read it, one request for each, written afresh`() async throws {
        try await withNode { site, node in
            for message in Self.served {
                for piece in pieces(message) {
                    let answer = await RawExchange.with(site.address, message.bytes, piece: piece, halfCloses: true)
                    let requests = message.present.filter { $0.contains(Array(" HTTP/1.1\r\n".utf8)) }.count
                    #expect(answer.ended && answer.received.text.hasSuffix("fine"), "\(message): \(answer.received.text)")
                    #expect(node.messages.count == max(1, requests), "\(message): \(node.messages.map(\.text))")
                    let bytes = node.messages.flatMap { $0 }
                    for wanted in message.present { #expect(bytes.contains(wanted), "\(message) wants \(wanted.text): \(bytes.text)") }
                    for unwanted in message.absent { #expect(!bytes.contains(unwanted), "\(message) does not want \(unwanted.text): \(bytes.text)") }
                    for request in node.messages { try expectStrict(request, message) }
                    node.forget()
                }
            }
        }
    }

    /// What a node gets is one request to the strictest reader, to its last byte: our own fields once, nothing of the connection.
    private func expectStrict(_ request: [UInt8], _ message: HostileMessage) throws {
        var head = RequestHead()
        let end = try #require(try RequestParser.parse(request.span, into: &head), "\(message)")
        switch head.framing {
        case .none: #expect(end == request.count, "\(message)")
        case .length(let length): #expect(request.count - end == length, "\(message)")
        case .chunked, .untilClose: Issue.record("\(message): a held body goes on with its length")
        }
        for name in ["x-forwarded-for", "x-forwarded-proto", "x-request-id"] { #expect(head.fields.values(name).count == 1, "\(message)") }
        // That trailers are taken is the one thing of TE that goes on, as our own word about our own connection.
        let ours = head.fields["te"] == "trailers" && head.fields["connection"] == "TE" ? ["connection", "te"] : []
        for name in ["connection", "transfer-encoding", "te", "trailer", "upgrade", "expect", "keep-alive"] where !ours.contains(name) {
            #expect(!head.fields.contains(name), "\(message)")
        }
    }

    @Test func `a streamed body that turns bad never becomes a whole request`() async throws {
        try await withNode { site, node in
            let chunk = "80000\r\n" + String(repeating: "x", count: 0x80000) + "\r\n"
            let start = "POST / HTTP/1.1\r\nHost: portal.example\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk
            for bad in ["5 \r\nabcde\r\n0\r\n\r\n", "5\nabcde\r\n0\r\n\r\n", "0\r\nContent-Length: 5\r\n\r\n", "-1\r\n"] {
                let answer = await RawExchange.with(site.address, Array((start + bad).utf8) + Self.canary)
                #expect(answer.ended && answer.answers <= 1, "\(bad)")
                #expect(answer.status == 400, "\(bad): \(answer.received.text.prefix(200))")
                for _ in 0..<200 where node.messages.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
                #expect(node.messages.count == 1 && node.messages.allSatisfy { !$0.suffix(5).elementsEqual(Array("0\r\n\r\n".utf8)) }, "\(bad)")
                node.forget()
            }
        }
    }

    @Test func `an answer that comes before the end of the body ends both connections, and nothing is left on either`() async throws {
        try await withBalancer { site in
            let node = try RecordingNode(in: site.directory) { request in
                request.starts(with: Array("POST".utf8))
                    ? .init(bytes: Array("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig".utf8), early: true)
                    : .init(bytes: Array("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine".utf8))
            }
            defer { node.stop() }
            await site.apply([node.member])
            let length = 8 << 20
            let head = "POST / HTTP/1.1\r\nHost: portal.example\r\nContent-Length: \(length)\r\n\r\n"
            let part = Array(head.utf8) + [UInt8](repeating: 120, count: 3 << 20)
            _ = await RawExchange.with(site.address, part, halfCloses: true)
            for _ in 0..<3 { #expect(try await site.get("/next").text == "fine") }
            // The node may note the POST, whose connection ends later, after the first of the others.
            let others = node.messages.filter { !$0.starts(with: Array("POST / ".utf8)) }
            #expect(others.count == 3 && others.allSatisfy { $0.starts(with: Array("GET /next ".utf8)) })
        }
    }
}
