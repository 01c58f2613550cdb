// Roles: the backup takes over with everything, or says what would be lost; an old primary never writes again.
import Control
import Procedures
import Storage
import Testing
import Wire
@testable import DataTier

@Suite(.serialized)
struct PromotionTests {
    @Test func `a planned promotion loses nothing and the old primary becomes the backup`() async throws {
        let two = try await TwoNodes()
        try await two.start("data-1")
        try await two.start("data-2")
        let tokens = try await two.clinic(on: "data-1")
        for i in 0..<5 { _ = try await two.ticket("data-1", "t\(i)", as: tokens["clinic"]!) }
        let done = try await two.ask("data-2", .post, "/promote", ["accept_loss": false])
        #expect(done["epoch"]?.integer == 2 && done["lost_since"]?.isNull == true)
        // Until the fleet is told, the old primary reads but writes nothing.
        let fenced = await failure { _ = try await two.ticket("data-1", "too late", as: tokens["clinic"]!) }
        #expect(fenced?.status == 503 && fenced?.retryAfter != nil, "\(String(describing: fenced))")
        try await two.makePrimary("data-2")
        #expect(try await two.titles("data-2", as: tokens["clinic"]!) == (0..<5).map { "t\($0)" })
        _ = try await two.ticket("data-2", "on the new one", as: tokens["clinic"]!)
        for _ in 0..<100 where try await two.ask("data-1", .get, "/role")["role"]?.string != "backup" { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try await two.ask("data-1", .get, "/role")["role"]?.string == "backup")
        #expect(await failure { _ = try await two.titles("data-1", as: tokens["clinic"]!) }?.code == "not-primary")
        let point = try #require(RestorePoint(json: try await two.ask("data-1", .post, "/restore-points")))
        #expect(point.epoch == 2 && point.databases.count == 3)
        // And back again.
        try await two.ask("data-1", .post, "/promote")
        try await two.makePrimary("data-1")
        #expect(try await two.titles("data-1", as: tokens["clinic"]!).count == 6)
        #expect(try await two.call("data-1", VerifyAudit()).items.allSatisfy { $0.broken == nil && $0.entries > 0 })
        try await two.close()
    }

    @Test func `without the primary, promotion names what would be lost and needs consent`() async throws {
        let two = try await TwoNodes()
        try await two.start("data-1")
        try await two.start("data-2")
        let tokens = try await two.clinic(on: "data-1")
        _ = try await two.ticket("data-1", "in the point", as: tokens["clinic"]!)
        let point = try await two.ask("data-2", .post, "/restore-points")
        _ = try await two.ticket("data-1", "after it", as: tokens["clinic"]!)
        try await two.stop("data-1")
        let refused = await failure { try await two.ask("data-2", .post, "/promote", ["accept_loss": false]) }
        #expect(refused?.code == "would-lose" && refused?.reason.contains(point["id"]?.string ?? "?") == true)
        let done = try await two.ask("data-2", .post, "/promote", ["accept_loss": true])
        #expect(done["lost_since"]?.string == point["taken"]?.string)
        try await two.makePrimary("data-2")
        #expect(try await two.titles("data-2", as: tokens["clinic"]!) == ["in the point"])
        // The old one comes back: a backup, its own writes kept aside.
        try await two.start("data-1")
        #expect(try await two.ask("data-1", .get, "/role")["role"]?.string == "backup")
        let recovered = two.state.files(of: "data-1") + "/recovered"
        let kept = try #require(DurableFiles.names(in: recovered).first)
        #expect(DurableFiles.exists("\(recovered)/\(kept)/customers/clinic.db"))
        try await two.close()
    }

    @Test func `a returned old primary that was not told of the promotion does not write`() async throws {
        let two = try await TwoNodes()
        try await two.start("data-1")
        try await two.start("data-2")
        let tokens = try await two.clinic(on: "data-1")
        try await two.ask("data-2", .post, "/restore-points")
        try await two.stop("data-1")
        try await two.ask("data-2", .post, "/promote", ["accept_loss": true])
        // The fleet file still has data-1 down as the primary.
        try await two.start("data-1")
        #expect(try await two.ask("data-1", .get, "/role")["role"]?.string == "backup")
        #expect(await failure { _ = try await two.ticket("data-1", "x", as: tokens["clinic"]!) }?.code == "not-primary")
        try await two.close()
    }

    @Test func `after promotions back and forth the highest epoch wins, whatever restore point it began from`() async throws {
        let two = try await TwoNodes()
        try await two.start("data-1")
        try await two.start("data-2")
        let tokens = try await two.clinic(on: "data-1")
        try await two.ask("data-2", .post, "/promote")
        try await two.makePrimary("data-2")
        for _ in 0..<100 where try await two.ask("data-1", .get, "/role")["role"]?.string != "backup" { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try await two.ask("data-1", .post, "/promote")["epoch"]?.integer == 3)
        try await two.makePrimary("data-1")
        for _ in 0..<100 where try await two.ask("data-2", .get, "/role")["role"]?.string != "backup" { try await Task.sleep(for: .milliseconds(50)) }
        _ = try await two.ticket("data-1", "in epoch 3", as: tokens["clinic"]!)
        try await two.stop("data-1")
        // Its newest restore point may be of an earlier epoch.
        #expect(try await two.ask("data-2", .post, "/promote", ["accept_loss": true])["epoch"]?.integer == 4)
        try await two.makePrimary("data-2")
        try await two.start("data-1")
        #expect(try await two.ask("data-1", .get, "/role")["role"]?.string == "backup")
        try await two.close()
    }
}
