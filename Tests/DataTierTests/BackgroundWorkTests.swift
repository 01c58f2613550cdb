// What waits in the databases, counted for staff over all customers.
import Control
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct BackgroundWorkTests {
    private func waiting(_ house: House, as token: String) async throws -> [BackgroundWork.Kind: BackgroundWork] {
        Dictionary(uniqueKeysWithValues: try await house.call(ShowBackgroundWork(), as: token).items.map { ($0.kind, $0) })
    }

    @Test func `what waits is counted over all customers, with since when, and is gone when it is done`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let technician = tokens["staff/technician"]!
        let mails = try await house.call(PullEffects(), by: .management).mails
        var done = FinishEffects()
        done.ids = mails.map(\.id)
        _ = try await house.call(done, by: .management)
        #expect(try await waiting(house, as: technician).values.allSatisfy { $0.waiting == 0 && $0.oldest == nil && $0.failed == 0 })
        let since = house.now
        for customer in ["clinic", "club"] {
            var hook = MakeWebhook(), ping = TryWebhook()
            (hook.url, hook.events) = ("https://\(customer).example/", ["ticket.opened"])
            ping.id = try await house.call(hook, as: tokens["\(customer)/administrator"]!).webhook.id
            _ = try await house.call(ping, as: tokens["\(customer)/administrator"]!)
            _ = try await house.call(AskExport(), as: tokens["\(customer)/administrator"]!)
            house.now = house.now.adding(.seconds(60))
        }
        let found = try await waiting(house, as: tokens["staff/support"]!)
        #expect(found[.calls]?.waiting == 2 && found[.calls]?.oldest == since && found[.exports]?.waiting == 2 && found[.exports]?.oldest == since)
        #expect(await failure { _ = try await house.call(ShowBackgroundWork(), as: tokens["clinic/administrator"]!) }?.status == 403)
        await house.close()
    }
}
