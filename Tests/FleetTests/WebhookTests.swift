// A customer's program is told by a real fleet: refused first, tried again under the same id, signed so that it can be checked; and never inside unless the house says so.
import Digests
import Foundation
import Testing
import TestSupport
import Wire

/// A program of a customer: Python's own HTTP server, which keeps what it was sent and answers what a file says.
private final class Receiver {
    let port: Int
    private let program: BackgroundCommand
    private let directory: String

    init() throws {
        directory = try Command.temporaryDirectory()
        let script = """
            import http.server, json, os, sys
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    body = self.rfile.read(int(self.headers['Content-Length'])).decode()
                    with open(sys.argv[1] + '/calls', 'a') as file: file.write(json.dumps({'headers': {k.lower(): v for k, v in self.headers.items()}, 'body': body}) + '\\n')
                    self.send_response(int(open(sys.argv[1] + '/status').read()))
                    self.send_header('Content-Length', '0')
                    self.end_headers()
                def log_message(self, *_): pass
            server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
            print(server.server_port, flush=True)
            server.serve_forever()
            """
        try script.write(toFile: directory + "/receiver.py", atomically: true, encoding: .utf8)
        try "503".write(toFile: directory + "/status", atomically: true, encoding: .utf8)
        program = try BackgroundCommand("python3", [directory + "/receiver.py", directory])
        port = Int(try #require(program.line(within: 20) { Int($0) != nil })) ?? 0
    }

    func answer(_ status: Int) throws { try "\(status)".write(toFile: directory + "/status", atomically: true, encoding: .utf8) }

    var calls: [JSON] {
        ((try? String(contentsOfFile: directory + "/calls", encoding: .utf8)) ?? "").split(separator: "\n").compactMap { try? JSON.parse(Array($0.utf8)) }
    }

    func remove() {
        _ = program.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }
}

@Suite(.serialized) struct WebhookTests {
    @Test func `a program that was down is told again, and can check who calls`() throws {
        let receiver = try Receiver()
        defer { receiver.remove() }
        let fleet = try Fleet(set: ["webhooks.inside=on"])
        defer { fleet.remove() }
        let admin = try fleet.demoPerson(role: "administrator")
        #expect(try admin.signIn().status == 200)
        let made = try admin.post("/api/v1/webhooks", ["url": .string("http://127.0.0.1:\(receiver.port)/hook"), "events": ["ticket.opened"]])
        #expect(made.status == 201)
        let id = try #require(made.json?["id"]?.string), secret = try #require(made.json?["secret"]?.string)
        #expect(try admin.post("/api/v1/tickets", ["title": "No entry", "body": "The door is locked."]).status == 201)
        #expect(fleet.eventually { !receiver.calls.isEmpty })
        #expect(fleet.eventually { try admin.get("/api/v1/webhooks/\(id)/deliveries").json?["items"]?.array?.first?["status"]?.integer == 503 })
        try receiver.answer(200)
        #expect(fleet.eventually(within: 40) { try admin.get("/api/v1/webhooks/\(id)/deliveries").json?["items"]?.array?.first?["state"] == "delivered" })
        let calls = receiver.calls, last = try #require(calls.last)
        #expect(calls.count >= 2 && Set(calls.compactMap { $0["headers"]?["webhook-id"]?.string }).count == 1)
        let body = try #require(last["body"]?.string), key = try #require(Base64.decode(String(secret.dropFirst(6))))
        let signed = "\(last["headers"]?["webhook-id"]?.string ?? "").\(last["headers"]?["webhook-timestamp"]?.string ?? "").\(body)"
        #expect(last["headers"]?["webhook-signature"]?.string == "v1," + Base64.encode(Digest.hmacSHA256(key: key, Array(signed.utf8))))
        #expect(try JSON.parse(Array(body.utf8))["type"] == "ticket.opened" && !body.contains("door"))
    }
}
