// How calls to customers' programs are signed: the example of the Standard Webhooks specification.
import Testing
import Wire
@testable import ManagementTier

struct WebhookSignatureTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let body = Array(#"{"test": 2432232314}"#.utf8)
    private static let now = Timestamp(milliseconds: 1_614_265_330_000)

    @Test func `the specification's example comes out as it says`() {
        let fields = WebhookSignature.fields(id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: Self.body, secrets: [Self.secret], at: Self.now)
        #expect(fields.map(\.0) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(fields.map(\.1) == ["msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="])
    }

    @Test func `two secrets give two signatures, the newest first`() {
        let fields = WebhookSignature.fields(id: "evt_1", body: Self.body, secrets: ["whsec_AAAA", Self.secret], at: Self.now)
        let alone = WebhookSignature.fields(id: "evt_1", body: Self.body, secrets: [Self.secret], at: Self.now)
        let parts = fields[2].1.split(separator: " ")
        #expect(parts.count == 2 && parts[1] == alone[2].1 && parts[0] != parts[1])
    }
}
