// libcurl on its thread: answers, refusals, silence, and many at once.
import Synchronization
import Testing
import Wire
@testable import Outbound

struct OutboundTests {
    func get(_ port: Int, timeout: Duration = .seconds(10)) -> OutboundRequest {
        var request = OutboundRequest(url: "http://127.0.0.1:\(port)/x?a=b", kind: .http(method: "GET", fields: [("X-One", "1")], body: []))
        request.timeout = timeout
        return request
    }

    @Test func `an answer comes back with status and body`() async throws {
        let peer = FakePeer { request in .answer(request.hasPrefix("GET /x?a=b HTTP/1.1\r\n") && request.contains("X-One: 1") ? 202 : 400, "0: Accepted for delivery") }
        let outbound = Outbound()
        let response = try await outbound.send(get(peer.port))
        #expect(response.status == 202)
        #expect(response.text == "0: Accepted for delivery")
        await outbound.stop()
    }

    @Test func `a body is posted whole, zero bytes included`() async throws {
        let peer = FakePeer { .answer($0.contains("Content-Length: 4\r\n") && !$0.contains("Expect") ? 200 : 400, "") }
        let outbound = Outbound()
        let request = OutboundRequest(url: "http://127.0.0.1:\(peer.port)/", kind: .http(method: "POST", fields: [], body: [1, 0, 2, 0]))
        #expect(try await outbound.send(request).status == 200)
        await outbound.stop()
    }

    @Test func `nobody there, nothing said and a hang-up are temporary failures with a reason`() async throws {
        let outbound = Outbound()
        let stalled = FakePeer { _ in .stall }, rude = FakePeer { _ in .hangUp }
        for request in [get(1), get(stalled.port, timeout: .milliseconds(200)), get(rude.port)] {
            do {
                _ = try await outbound.send(request)
                Issue.record("no failure from \(request.url)")
            } catch {
                #expect(error.isTemporary)
                #expect(!error.reason.isEmpty)
            }
        }
        await outbound.stop()
    }

    @Test func `a bad certificate and a refused sign-in of a relay are worth another try, a refusal in so many words is not`() {
        for code in [60, 67] { #expect(OutboundFailure(reason: "", code: code, status: 0).isTemporary) }
        #expect(OutboundFailure(reason: "", code: 67, status: 535).isTemporary == false)
    }

    @Test func `an address strangers wrote leads to the public Internet or nowhere, by number or by name`() async throws {
        let reached = Mutex(0)
        let peer = FakePeer { _ in
            reached.withLock { $0 += 1 }
            return .answer(200, "")
        }
        let outbound = Outbound()
        // A connection another request left open is no way in either.
        #expect(try await outbound.send(get(peer.port)).status == 200)
        for host in ["127.0.0.1", "localhost"] {
            var request = OutboundRequest(url: "http://\(host):\(peer.port)/", kind: .http(method: "POST", fields: [], body: []))
            request.onlyPublic = true
            do {
                _ = try await outbound.send(request)
                Issue.record("\(host) was called")
            } catch { #expect(error.reason.contains("not of the public Internet")) }
        }
        #expect(reached.withLock { $0 } == 1)
        await outbound.stop()
    }

    @Test func `an endless answer is cut off`() async throws {
        let peer = FakePeer { _ in .raw("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 5000)) }
        let outbound = Outbound()
        var request = get(peer.port)
        request.limit = 1000
        await #expect(throws: OutboundFailure.self) { try await outbound.send(request) }
        await outbound.stop()
    }

    @Test func `a stalled peer delays nobody else`() async throws {
        let slow = FakePeer { _ in .stall }, quick = FakePeer { _ in .answer(200, "ok") }
        let outbound = Outbound()
        async let stuck = try? outbound.send(get(slow.port, timeout: .milliseconds(1500)))
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { (try? await outbound.send(get(quick.port)).status) ?? 0 } }
            for await status in group { #expect(status == 200) }
        }
        #expect(await stuck == nil)
        await outbound.stop()
    }

    @Test func `other schemes are refused`() async throws {
        let outbound = Outbound()
        for url in ["file:///etc/passwd", "gopher://127.0.0.1/", "not a url"] {
            do {
                _ = try await outbound.send(OutboundRequest(url: url, kind: .http(method: "GET", fields: [], body: [])))
                Issue.record("\(url) was fetched")
            } catch { #expect(!error.isTemporary) }
        }
        await outbound.stop()
        await outbound.stop()
        await #expect(throws: OutboundFailure.self) { try await outbound.send(get(1)) }
    }
}

struct KannelProviderTests {
    let provider = KannelProvider(url: "http://127.0.0.1:13013/cgi-bin/sendsms", user: "fitech", secret: "s&cret")

    @Test func `the request carries every value percent-coded`() {
        let request = provider.request(to: "+447700900001", text: "#12 web-2 DOWN [x]", alphabet: .gsm7)
        #expect(request.url == "http://127.0.0.1:13013/cgi-bin/sendsms?username=fitech&password=s%26cret&to=%2B447700900001&text=%2312%20web-2%20DOWN%20%5Bx%5D&charset=UTF-8&coding=0")
    }

    @Test(arguments: [
        (202, "0: Accepted for delivery", KannelProvider.Verdict.accepted), (202, "3: Queued for later delivery", .accepted),
        (503, "Temporal failure, try again later.", .temporary("503 Temporal failure, try again later.")),
        (403, "Authorization failed for sendsms", .permanent("403 Authorization failed for sendsms")),
        (429, "", .temporary("429 ")), (200, "<html>", .temporary("200 <html>")), (302, "", .temporary("302 ")),
    ])
    func `the answer is read as the user guide says, and what is unknown is a failure`(status: Int, body: String, verdict: KannelProvider.Verdict) {
        #expect(KannelProvider.verdict(status: status, body: body) == verdict)
    }

    @Test func `receipts are delivered, not delivered, or on the way`() {
        #expect(KannelProvider.isDelivered(receipt: 1) == true)
        #expect(KannelProvider.isDelivered(receipt: 2) == false)
        #expect(KannelProvider.isDelivered(receipt: 16) == false)
        #expect(KannelProvider.isDelivered(receipt: 8) == nil)
    }
}
