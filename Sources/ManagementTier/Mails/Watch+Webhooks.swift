// Calls to customers' programs: signed and made here, because this node alone speaks to the world; what follows from an answer is the data tier's to decide.
import Control
import Digests
import Logging
import Nodes
import Outbound
import ProcedureClient
import Procedures
import Telemetry
import Wire

extension Watch {
    /// Calls under way at once, over all customers.
    private static let callsAtOnce = 32

    /// Makes the calls that are not under way. A crash loses nothing: what was not reported is handed out again, with the same id.
    func makeCalls(_ calls: [WebhookCall]) {
        for call in calls where callsUnderWay.count < Self.callsAtOnce && !callsUnderWay.contains(call.id) {
            callsUnderWay.insert(call.id)
            Task {
                let outcome = await self.make(call)
                self.callOutcomes.append(outcome)
            }
        }
    }

    private func make(_ call: WebhookCall) async -> WebhookOutcome {
        var outcome = WebhookOutcome()
        (outcome.customer, outcome.id) = (call.customer, call.id)
        let body = Array(call.body.utf8)
        let fields = [("Content-Type", "application/json")] + WebhookSignature.fields(id: call.id, body: body, secrets: call.secrets, at: Timestamp.now)
        var request = OutboundRequest(url: call.url, kind: .http(method: "POST", fields: fields, body: body))
        (request.connectTimeout, request.timeout, request.limit) = (.seconds(5), .seconds(15), 64 * 1024)
        request.onlyPublic = !node.configuration.webhooks.inside
        do throws(OutboundFailure) {
            let response = try await outbound.send(request)
            outcome.status = response.status
            // What a stranger wrote is not shown to anybody: an answer from inside would be told outside.
            if !(200..<300).contains(response.status) { outcome.reason = (300..<400).contains(response.status) ? "it answered \(response.status); redirects are not followed" : "it answered \(response.status)" }
        } catch {
            outcome.reason = error.reason
        }
        outcome.at = Timestamp.now
        node.log.info(outcome.reason.isEmpty ? "webhook called" : "webhook failed", metadata: ["customer": "\(call.customer)", "delivery": "\(call.id)", "reason": "\(outcome.reason)"])
        return outcome
    }

    /// Tells the data tier what came of them. Until it has heard they count as under way, so that none is made twice.
    func reportCalls() async {
        guard !reportingCalls, !callOutcomes.isEmpty, node.fleet.primary?.state == .ready else { return }
        reportingCalls = true
        defer { reportingCalls = false }
        let told = Array(callOutcomes.prefix(100))
        var report = ReportWebhooks()
        report.items = told
        do throws(Failure) { _ = try await procedures.call(report) } catch {
            if effectsProblem == nil { node.log.notice("the data tier cannot be told of calls", metadata: ["reason": "\(error.reason)"]) }
            effectsProblem = error.reason
            return
        }
        callOutcomes.removeFirst(told.count)
        for outcome in told { callsUnderWay.remove(outcome.id) }
    }
}

/// How a call proves where it comes from: the Standard Webhooks specification, HMAC-SHA256 over id, time and body.
enum WebhookSignature {
    /// - Parameter secrets: `whsec_` and base64, the newest first; each signs, so that a receiver can change over in its own time.
    static func fields(id: String, body: [UInt8], secrets: [String], at now: Timestamp) -> [(String, String)] {
        let signed = Array("\(id).\(now.seconds).".utf8) + body
        let signatures = secrets.compactMap { secret -> String? in
            guard secret.hasPrefix("whsec_"), let key = Base64.decode(String(secret.dropFirst(6))) else { return nil }
            return "v1," + Base64.encode(Digest.hmacSHA256(key: key, signed))
        }
        return [("webhook-id", id), ("webhook-timestamp", "\(now.seconds)"), ("webhook-signature", signatures.joined(separator: " "))]
    }
}
