// Exports that come by themselves: when they are asked for, who is told, and what management is given to send.
import Control
import Digests
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct ExportScheduleTests {
    /// Where nobody has to sign in again while days pass.
    private static func house() async throws -> House {
        try await House { ($0.sessionIdle, $0.sessionLife, $0.confirmLife) = (.seconds(365 * 86_400), .seconds(365 * 86_400), .seconds(365 * 86_400)) }
    }

    private static let hostKey = "SHA256:" + String(repeating: "b", count: 43)

    private func set(_ house: House, as token: String, _ more: (inout ScheduleExports) -> Void = { _ in }) async throws -> ExportSchedule {
        var asked = ScheduleExports()
        (asked.every, asked.at, asked.origin) = (.day, "02:00", "https://portal.example")
        more(&asked)
        return try await house.call(asked, as: token)
    }

    private func pass(_ house: House, _ duration: Duration) async throws {
        house.now = house.now.adding(duration)
        let now = house.now
        try await house.loop.run { _ in try await house.room.askScheduledExports(now: now) }
    }

    private func finish(_ house: House, _ export: Export) async throws {
        var report = ReportExport()
        (report.export, report.node) = (export, "data-2")
        (report.export.state, report.export.bytes, report.export.sha256, report.export.fileName, report.export.asOf) = (.done, 10, "ab", "clinic.tar", house.now)
        _ = try await house.call(report, by: .data)
    }

    /// The subjects of the mails that wait, each with whom it goes to; they count as sent then.
    private func mails(_ house: House) async throws -> [String] {
        let mails = try await house.call(PullEffects(), by: .management).mails
        var done = FinishEffects()
        done.ids = mails.map(\.id)
        _ = try await house.call(done, by: .management)
        return mails.map { "\($0.to.prefix { $0 != "@" }): \($0.subject)" }.sorted()
    }

    @Test func `an export is asked for when it is due, once for all that was missed, and never beside another`() async throws {
        let house = try await Self.house()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let schedule = try await set(house, as: admin)
        #expect(schedule.next > house.now && schedule.next.milliseconds - house.now.milliseconds <= 86_400_000 && schedule.address == nil && schedule.publicKey == nil)
        try await pass(house, .seconds(60))
        #expect(try await house.call(ListExports(), as: admin).items.isEmpty)
        try await pass(house, .seconds(3 * 86_400))
        let items = try await house.call(ListExports(), as: admin).items
        #expect(items.count == 1 && items[0].scheduled && items[0].askedBy == "schedule of administrator")
        #expect(try await house.call(FindExportWork(), by: .data).jobs.map(\.id) == [items[0].id])
        // Still being made when the next is due; one that somebody asked for goes the schedule's way, too.
        try await pass(house, .seconds(86_400))
        #expect(try await house.call(ListExports(), as: admin).items.count == 1)
        try await finish(house, items[0])
        try await pass(house, .seconds(86_400))
        #expect(try await house.call(ListExports(), as: admin).items.count == 2)
        let now = try #require(try await house.call(ListExports(), as: admin).schedule)
        #expect(now.last == house.now && now.next > house.now)
        _ = try await house.call(UnscheduleExports(), as: admin)
        try await pass(house, .seconds(7 * 86_400))
        #expect(try await house.call(ListExports(), as: admin).items.count == 2)
        #expect(await failure { _ = try await house.call(UnscheduleExports(), as: admin) }?.status == 404)
        #expect(await failure { _ = try await house.call(ShowExportSchedule(), as: admin) }?.status == 404)
        await house.close()
    }

    @Test func `administrators are mailed when it is set and when it is ready, whoever set it, and nobody else`() async throws {
        let house = try await Self.house()
        let tokens = try await house.everybody()
        try await house.person("second@clinic.example", .administrator, of: "clinic")
        _ = try await mails(house)
        _ = try await set(house, as: tokens["clinic/administrator"]!)
        #expect(try await mails(house) == ["administrator: Exports of everything are scheduled", "second: Exports of everything are scheduled"])
        try await pass(house, .seconds(86_400))
        try await finish(house, try #require(try await house.call(ListExports(), as: tokens["clinic/administrator"]!).items.first))
        #expect(try await mails(house) == ["administrator: Your export is ready", "second: Your export is ready"])
        await house.close()
    }

    @Test func `with an address it is handed to management, tried again later, and arrives or is given up; the key stays the same`() async throws {
        let house = try await Self.house()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let schedule = try await set(house, as: admin) { ($0.address, $0.hostKey) = ("sftp://fitech@files.example.com/in/", Self.hostKey) }
        let key = try #require(schedule.publicKey)
        #expect(key.hasPrefix("ecdsa-sha2-nistp256 AAAA"))
        _ = try await mails(house)
        try await pass(house, .seconds(86_400))
        let export = try #require(try await house.call(ListExports(), as: admin).items.first)
        try await finish(house, export)
        #expect(try await mails(house) == [])
        let upload = try #require(try await house.call(PullEffects(), by: .management).uploads.first)
        #expect(upload.id == export.id && upload.address == "sftp://fitech@files.example.com/in/" && upload.hostKey == Self.hostKey && upload.file.node == "data-2" && upload.secretKey.hasPrefix("-----BEGIN PRIVATE KEY"))
        var report = ReportUploads(), outcome = UploadOutcome()
        (outcome.customer, outcome.id, outcome.at, outcome.reason) = ("clinic", export.id, house.now, "nobody answers there")
        report.items = [outcome]
        _ = try await house.call(report, by: .management)
        #expect(try await house.call(PullEffects(), by: .management).uploads.isEmpty)
        house.now = house.now.adding(.seconds(61))
        #expect(try await house.call(PullEffects(), by: .management).uploads.count == 1)
        var shown = try #require(try await house.call(ListExports(), as: admin).items.first)
        #expect(shown.upload == .waiting && shown.uploadProblem == "nobody answers there")
        (report.items[0].reason, report.items[0].at) = ("", house.now)
        _ = try await house.call(report, by: .management)
        // Told twice: the second changes nothing.
        _ = try await house.call(report, by: .management)
        shown = try #require(try await house.call(ListExports(), as: admin).items.first)
        #expect(shown.upload == .arrived && shown.uploadProblem == nil && shown.state == .done)
        #expect(try await mails(house) == ["administrator: Your export has arrived"])

        try await pass(house, .seconds(86_400))
        let second = try #require(try await house.call(ListExports(), as: admin).items.first)
        try await finish(house, second)
        (report.items[0].id, report.items[0].reason, report.items[0].final) = (second.id, "another server answers there", true)
        var confirm = ConfirmUpload()
        (confirm.customer, confirm.id, confirm.address, confirm.hostKey) = ("clinic", second.id, upload.address, upload.hostKey)
        #expect(try await house.call(confirm, by: .management).isWanted)
        confirm.address = "sftp://other@files.example.com/in/"
        #expect(try await house.call(confirm, by: .management).isWanted == false)
        _ = try await house.call(report, by: .management)
        #expect(try await house.call(ListExports(), as: admin).items.first?.upload == .failed)
        #expect(try await mails(house) == ["administrator: Your export could not be sent"])
        _ = try await house.call(UnscheduleExports(), as: admin)
        #expect(try await set(house, as: admin) { ($0.address, $0.hostKey) = ("sftp://other@files.example.com/", Self.hostKey) }.publicKey == key)
        await house.close()
    }

    @Test func `one outcome told twice counts once, and what is called off waits no longer`() async throws {
        let house = try await Self.house()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        _ = try await set(house, as: admin) { ($0.address, $0.hostKey) = ("sftp://fitech@files.example.com/in/", Self.hostKey) }
        try await pass(house, .seconds(86_400))
        let export = try #require(try await house.call(ListExports(), as: admin).items.first)
        try await finish(house, export)
        var report = ReportUploads(), outcome = UploadOutcome()
        (outcome.customer, outcome.id, outcome.at, outcome.reason) = ("clinic", export.id, house.now, "nobody answers there")
        report.items = [outcome]
        for _ in 0..<8 { _ = try await house.call(report, by: .management) }
        #expect(try await house.call(ListExports(), as: admin).items.first?.upload == .waiting)
        // Sent nowhere any more: given up at once, and an arrival that was under way is still told.
        _ = try await set(house, as: admin)
        #expect(try await house.call(ListExports(), as: admin).items.first?.upload == .failed)
        #expect(try await house.call(PullEffects(), by: .management).uploads.isEmpty)
        (report.items[0].at, report.items[0].reason) = (house.now.adding(.seconds(1)), "")
        _ = try await house.call(report, by: .management)
        #expect(try await house.call(ListExports(), as: admin).items.first?.upload == .arrived)
        #expect(try await house.audited(house.store.customer("clinic")!.file).first == "sent an export to the customer's server, though it had been called off export/\(export.id)")
        await house.close()
    }

    @Test func `what is wrong with a schedule is told field by field, and the secret key is never in an answer to people`() async throws {
        let house = try await Self.house()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let problem = await failure { _ = try await set(house, as: admin) { ($0.every, $0.at, $0.address, $0.hostKey) = (.month, "26:00", "sftp://a@10.0.0.1/", "MD5:aa") } }
        #expect(problem?.fields.map(\.field).sorted() == ["address", "at", "day", "host_key"])
        #expect(await failure { _ = try await set(house, as: admin) { $0.every = .week } }?.fields.map(\.field) == ["weekday"])
        #expect(await failure { _ = try await set(house, as: tokens["clinic/operator"]!) }?.status == 403)
        _ = try await set(house, as: admin) { ($0.address, $0.hostKey) = ("sftp://a@files.example.com/", Self.hostKey) }
        let secret = try await house.store.customer("clinic")!.file.alone { try $0.first("SELECT secret_key FROM export_key") { $0.text(0) } }
        let bytes = CompactCodec.encode(try await house.call(ListExports(), as: admin))
        #expect(!String(decoding: bytes, as: UTF8.self).contains(try #require(secret).split(separator: "\n")[1]))
        await house.close()
    }

    @Test func `a schedule the directory lost is followed again by the next look`() async throws {
        let house = try await Self.house()
        let tokens = try await house.everybody()
        _ = try await set(house, as: tokens["clinic/administrator"]!)
        try await house.store.write(house.store.directory) { try $0.script("DELETE FROM export_due") }
        try await pass(house, .seconds(2 * 86_400))
        #expect(try await house.call(ListExports(), as: tokens["clinic/administrator"]!).items.isEmpty)
        await house.loop.run { _ in await house.room.sweep() }
        try await pass(house, .seconds(1))
        #expect(try await house.call(ListExports(), as: tokens["clinic/administrator"]!).items.count == 1)
        await house.close()
    }
}
