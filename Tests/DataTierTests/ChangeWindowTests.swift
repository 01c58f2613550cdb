// What follows from the time of a change: the window management hears of, and the draft of an announcement.
import Control
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct ChangeWindowTests {
    /// A standard change that support may schedule at once.
    private func change(_ house: House, _ title: String, parts: String = "pages", customer: String? = nil, as token: String) async throws -> Change {
        try await house.change(title, as: token) { ($0.kind, $0.plan, $0.backOut, $0.evidence, $0.parts, $0.customer) = (.standard, "Do it.", "Undo it.", "Tried.", parts, customer) }
    }

    private func windows(_ house: House) async throws -> [WindowEffect] {
        let windows = try await house.call(PullEffects(), by: .management).windows
        var finish = FinishEffects()
        finish.ids = windows.map(\.id)
        _ = try await house.call(finish, by: .management)
        return windows
    }

    @Test func `a scheduled change makes its window; moved, carried out early and cancelled, each is a newer word about it`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        for customer in [nil, "clinic"] {
            let one = try await change(house, "Secret title", parts: "pages records", customer: customer, as: support)
            #expect(try await windows(house).isEmpty)
            try await house.move(one.number, .schedule, as: support, house.window(24))
            let first = try #require(try await windows(house).first)
            #expect(first.change == one.number && first.parts == ["pages", "records"] && !first.cancelled && first.starts == house.now.adding(.seconds(24 * 3600)))
            #expect(!first.title.contains("Secret"))
            house.now = house.now.adding(.seconds(60))
            try await house.move(one.number, .reschedule, as: support, house.window(48))
            house.now = house.now.adding(.seconds(60))
            try await house.move(one.number, .cancel, as: support)
            let later = try await windows(house)
            #expect(later.map(\.cancelled) == [false, true] && later[0].starts != first.starts)
            #expect(later[0].version > first.version && later[1].version > later[0].version)
        }
        #expect(try await windows(house).isEmpty)
        await house.close()
    }

    @Test func `work that is done early needs no more of its time; a change that names no part silences nothing`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        let one = try await change(house, "Disks", as: support)
        try await house.move(one.number, .schedule, as: support, house.window(0, for: 4))
        house.now = house.now.adding(.seconds(1800))
        try await house.move(one.number, .implement, as: support)
        #expect(try await windows(house).map(\.ends).last == house.now)
        let none = try await change(house, "Papers", parts: "", as: support)
        try await house.move(none.number, .schedule, as: support, house.window(24))
        #expect(try await windows(house).isEmpty)
        await house.close()
    }

    @Test func `it finds the draft of an announcement for whom it is, kept in step until support publishes it`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, admin) = (tokens["staff/support"]!, tokens["clinic/administrator"]!)
        func drafts() async throws -> [Announcement] { try await house.call(ListAnnouncements(), as: support).items }
        let own = try await change(house, "New disks", as: support), theirs = try await change(house, "Their domain", parts: "entrance", customer: "clinic", as: support)
        try await house.move(own.number, .schedule, as: support, house.window(24))
        try await house.move(theirs.number, .schedule, as: support, house.window(30))
        #expect(try await drafts().map(\.title) == ["Their domain", "New disks"])
        let both = try await drafts()
        #expect(both.map(\.customer) == ["clinic", nil] && both.allSatisfy { $0.state == .draft && $0.kind == .maintenance })
        #expect(try await house.call(ListAnnouncements(), as: admin).items.isEmpty)
        let draft = try #require(try await drafts().first)
        #expect(try await house.announcement(draft.id, as: support).announcement.change == theirs.number)
        try await house.move(theirs.number, .reschedule, as: support, house.window(50))
        let moved = try #require(try await drafts().first)
        #expect(moved.id == draft.id && moved.starts == house.now.adding(.seconds(50 * 3600)))
        try await house.step(moved.id, .publish, as: support)
        #expect(try await house.shown(admin) == ["Their domain"])
        // What is published is support's: it moves with a word on why, not by itself.
        try await house.move(theirs.number, .reschedule, as: support, house.window(70))
        #expect(try await drafts().first?.starts == moved.starts)
        try await house.move(own.number, .cancel, as: support)
        #expect(try await drafts().last?.state == .cancelled)
        #expect(try await drafts().count == 2)
        await house.close()
    }
}
