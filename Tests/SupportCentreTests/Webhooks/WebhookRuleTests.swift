// Where webhooks may lead, and what follows from an answer.
import SupportCentre
import Testing
import Wire

struct WebhookRuleTests {
    @Test(arguments: [
        "https://example.com", "https://example.com/", "https://example.com/fitech?key=a%20b", "https://hooks.example.co.uk:8443/x", "https://8.8.8.8/x", "https://[2606:4700::1111]/x", "https://[2606:4700::1111]:444/",
        "https://a-b.example/~x;y=(1)",
    ]) func `an https address of the public Internet may be called`(_ text: String) {
        #expect(WebhookAddress.problem(text, inside: false) == nil)
    }

    @Test(arguments: [
        "", "example.com", "http://example.com", "ftp://example.com", "HTTPS://example.com", "https:/example.com", "https://", "https:///x", "https://:443/", "https://exa mple.com/", "https://example.com/\n",
        "https://example.com/\r\nX: y", "https://münchen.example/", "https://user@example.com/", "https://user:secret@example.com/", "https://example.com@127.0.0.1/", "https://example.com#part", "https://example.com:0/", "https://example.com:99999/",
        "https://example.com:8o/", "https://example.com:/", "https://exa_mple.com/", "https://.example.com/", "https://a..b/", "https://exam\\ple.com/", "https://[::1/", "https://[nonsense]/",
        "https://localhost/", "https://LOCALHOST/", "https://x.localhost/", "https://printer.local/", "https://metadata.google.internal/", "https://127.0.0.1/", "https://10.1.2.3:8080/", "https://169.254.169.254/latest", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://[fd00::1]/",
        "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://0177.0.0.1/", "https://1.2.3.4.5/", "https://example.com/" + String(repeating: "a", count: 500),
    ]) func `any other is refused, with what to do`(_ text: String) throws {
        let problem = try #require(WebhookAddress.problem(text, inside: false))
        #expect(!problem.reason.isEmpty && !problem.hint.isEmpty)
    }

    @Test func `a house that opens its own network to webhooks may call there, by http as well`() {
        for text in ["http://127.0.0.1:8080/x", "https://10.0.0.1/", "http://localhost/", "https://intranet.local/"] { #expect(WebhookAddress.problem(text, inside: true) == nil, "\(text)") }
        for text in ["http://user@localhost/", "http://2130706433/", "file:///etc/passwd", "http://"] { #expect(WebhookAddress.problem(text, inside: true) != nil, "\(text)") }
    }

    @Test func `2xx is delivered, 410 is gone, all else is tried again at growing distances for a day and a half, then given up`() {
        let now = Timestamp(milliseconds: 1_795_000_000_000)
        for status in [200, 201, 204, 299] { #expect(WebhookVerdict(status: status, tries: 1, delivery: "evt_1", at: now) == .delivered) }
        #expect(WebhookVerdict(status: 410, tries: 1, delivery: "evt_1", at: now) == .gone)
        var last: Int64 = 0, total: Int64 = 0
        for tries in 1...WebhookVerdict.waits.count {
            for status in [nil, 100, 301, 302, 400, 404, 429, 500, 503] as [Int?] {
                guard case .again(let moment) = WebhookVerdict(status: status, tries: tries, delivery: "evt_1", at: now) else { Issue.record("\(String(describing: status)) after \(tries)"); continue }
                let wait = moment.milliseconds - now.milliseconds
                #expect(wait >= last)
                if status == nil { total += wait } else if status == 503 { last = wait }
            }
        }
        #expect((24...60).contains(total / 3_600_000))
        #expect(WebhookVerdict(status: 500, tries: WebhookVerdict.waits.count + 1, delivery: "evt_1", at: now) == .failed)
    }

    @Test func `deliveries that failed together are spread when they are tried again, each always alike`() {
        let now = Timestamp(milliseconds: 1_795_000_000_000)
        func moment(_ id: String) -> WebhookVerdict { WebhookVerdict(status: 500, tries: 5, delivery: id, at: now) }
        let moments = (0..<200).map { moment("evt_\($0)") }
        #expect(moment("evt_7") == moments[7])
        let times = moments.compactMap { if case .again(let time) = $0 { time.milliseconds - now.milliseconds } else { nil } }
        #expect(Set(times).count > 50 && times.allSatisfy { (3_600_000...3_960_000).contains($0) })
    }
}
