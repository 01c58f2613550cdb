// Exports as people ask for them: who may, how many, how long, and links that nobody guesses.
import Control
import Engine
import Procedures
import Storage
import Testing
import Wire
@testable import DataTier

struct ExportTests {
    /// What the node that makes exports would tell, told by the test.
    private func finish(_ export: Export, in house: House, _ state: ExportState = .done) async throws -> Bool {
        var report = ReportExport()
        report.export = export
        report.export.state = state
        report.node = "data-2"
        (report.export.bytes, report.export.sha256, report.export.rows, report.export.fileName) = (10, "ab", 3, "clinic.tar")
        report.export.asOf = house.now
        if state == .failed { (report.export.problem, report.export.hint) = ("The disk is full.", "Make room.") }
        return try await house.call(report, by: .data).isWanted
    }

    private func ask(_ token: String, in house: House, customer: String? = nil) async throws -> Export {
        var ask = AskExport()
        (ask.customer, ask.origin) = (customer, "https://portal.example")
        return try await house.call(ask, as: token)
    }

    @Test func `only administrators of that customer and operations staff reach an export; of others it does not exist`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let mine = tokens["clinic/administrator"]!
        let export = try await ask(mine, in: house)
        _ = try await finish(export, in: house)
        var (show, expire, link, open) = (ShowExport(), ExpireExport(), LinkExport(), OpenExport())
        (show.id, expire.id, link.id, open.id) = (export.id, export.id, export.id, export.id)
        for (who, status) in [("club/administrator", 404), ("clinic/operator", 403), ("clinic/super-operator", 403), ("clinic/subject", 403), ("staff/support", 403), ("staff/technician", 403)] {
            let token = tokens[who]!
            for named in [nil, "clinic"] {
                (show.customer, expire.customer, link.customer, open.customer) = (named, named, named, named)
                #expect(await failure { _ = try await house.call(show, as: token) }?.status == status, "\(who)")
                #expect(await failure { _ = try await house.call(expire, as: token) }?.status == status, "\(who)")
                #expect(await failure { _ = try await house.call(link, as: token) }?.status == status, "\(who)")
                #expect(await failure { _ = try await house.call(open, as: token) }?.status == status, "\(who)")
            }
            var list = ListExports()
            list.customer = "clinic"
            #expect(await failure { _ = try await house.call(list, as: token) }?.status == status, "\(who)")
        }
        (show.customer, open.customer) = (nil, nil)
        let operations = tokens["staff/operations"]!
        #expect(await failure { _ = try await house.call(show, as: operations) }?.status == 422)
        show.customer = "nowhere"
        #expect(await failure { _ = try await house.call(show, as: operations) }?.status == 404)
        (show.customer, open.customer) = ("clinic", "clinic")
        #expect(try await house.call(show, as: operations).state == .done)
        #expect(try await house.call(open, as: operations).node == "data-2")
        #expect(try await house.call(ListExports(), as: tokens["club/administrator"]).items.isEmpty)
        await house.close()
    }

    @Test func `one is made at a time, the node that keeps restore points finds it and is told when nobody wants it any more`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let mine = tokens["clinic/administrator"]!
        let export = try await ask(mine, in: house)
        #expect(await failure { _ = try await ask(mine, in: house) }?.code == "export-under-way")
        _ = try await ask(tokens["club/administrator"]!, in: house)
        let jobs = try await house.call(FindExportWork(), by: .data).jobs
        #expect(jobs.map(\.customer) == ["clinic", "club"] && jobs[0].id == export.id && ExportName.isOne(jobs[0].file))
        var report = ReportExport()
        report.export = export
        (report.export.state, report.export.progress, report.export.step, report.node) = (.running, 0.4, "packing", "data-2")
        #expect(try await house.call(report, by: .data).isWanted)
        var show = ShowExport()
        show.id = export.id
        let running = try await house.call(show, as: mine)
        #expect(running.state == .running && running.progress == 0.4 && running.step == "packing")
        var expire = ExpireExport()
        expire.id = export.id
        #expect(try await house.call(expire, as: mine).state == .expired)
        #expect(try await house.call(report, by: .data).isWanted == false)
        #expect(try await finish(export, in: house) == false)
        #expect(try await house.call(show, as: mine).state == .expired)
        await house.close()
    }

    @Test func `a repeat of asking with the same replay id asks once`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let first = try await house.reply(AskExport(), as: tokens["clinic/administrator"], replay: "key-1")
        let again = try await house.reply(AskExport(), as: tokens["clinic/administrator"], replay: "key-1")
        #expect(first.answer.id == again.answer.id && again.replayed)
        await house.close()
    }

    @Test func `a file can be downloaded until its time is over, then its node is told to remove it`() async throws {
        let house = try await House { $0.exportLife = .seconds(3600) }
        let tokens = try await house.everybody()
        let mine = tokens["clinic/administrator"]!
        let export = try await ask(mine, in: house)
        let file = try #require(try await house.call(FindExportWork(), by: .data).jobs.first).file
        var open = OpenExport()
        open.id = export.id
        #expect(await failure { _ = try await house.call(open, as: mine) }?.status == 409)
        _ = try await finish(export, in: house)
        #expect(try await house.call(open, as: mine).file == file)
        var work = FindExportWork()
        work.files = [file, "clinic.unknown", "nobody.x"]
        #expect(try await house.call(work, by: .data).drop == ["clinic.unknown", "nobody.x"])
        house.now = house.now.adding(.seconds(3601))
        #expect(await failure { _ = try await house.call(open, as: mine) }?.status == 410)
        #expect(try await house.call(work, by: .data).drop == work.files)
        await house.close()
    }

    @Test func `only so many of a customer stay, the oldest makes way`() async throws {
        let house = try await House { $0.exportsKept = 2 }
        let tokens = try await house.everybody()
        let mine = tokens["clinic/administrator"]!
        for _ in 0..<4 { _ = try await finish(try await ask(mine, in: house), in: house) }
        #expect(try await house.call(ListExports(), as: mine).items.map(\.state) == [.done, .done, .expired, .expired])
        await house.close()
    }

    @Test func `a link downloads without a session, for a time, and a guessed one is refused without a write`() async throws {
        let house = try await House { $0.exportLinkLife = .seconds(600) }
        let tokens = try await house.everybody()
        let mine = tokens["clinic/administrator"]!
        let export = try await ask(mine, in: house)
        var link = LinkExport()
        link.id = export.id
        #expect(await failure { _ = try await house.call(link, as: mine) }?.status == 409)
        _ = try await finish(export, in: house)
        let made = try await house.call(link, as: mine)
        #expect(made.path.hasPrefix("/exports/links/clinic.") && made.path.utf8.count > 60)
        var open = OpenExportByLink()
        open.token = String(made.path.dropFirst("/exports/links/".count))
        #expect(try await house.call(open).fileName == "clinic.tar")
        let secret = open.token.dropFirst("clinic.".count)
        let tag = house.store.customer("clinic")!.file.changeTag
        for guess in ["", "clinic", "clinic.", "clinic.\(secret.dropLast())", "clinic.\(secret)x", "club.\(secret)", "staff.\(secret)", "clinic.\(String(repeating: "A", count: 43))", mine] {
            open.token = guess
            #expect(await failure { _ = try await house.call(open) }?.status == 404, "\(guess)")
        }
        #expect(house.store.customer("clinic")!.file.changeTag == tag)
        // A session's token is no link, a link's is no session's.
        open.token = "clinic.\(secret)"
        #expect(await failure { _ = try await house.call(WhoAmI(), as: open.token) }?.status == 401)
        house.now = house.now.adding(.seconds(601))
        #expect(await failure { _ = try await house.call(open) }?.status == 404)
        // Ended with its export, whatever time it had.
        let other = try await house.call(link, as: mine)
        var expire = ExpireExport()
        expire.id = export.id
        _ = try await house.call(expire, as: mine)
        open.token = String(other.path.dropFirst("/exports/links/".count))
        #expect(await failure { _ = try await house.call(open) }?.status == 404)
        await house.close()
    }

    @Test func `asking, each download and the end are in the audit; who asked gets a mail without the file`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let mine = tokens["clinic/administrator"]!
        let export = try await ask(mine, in: house)
        _ = try await finish(export, in: house)
        var open = OpenExport()
        (open.id, open.range) = (export.id, "bytes=100-")
        _ = try await house.call(open, as: mine)
        open.range = nil
        _ = try await house.call(open, as: mine)
        var expire = ExpireExport()
        expire.id = export.id
        _ = try await house.call(expire, as: mine)
        let notes = try await house.store.customer("clinic")!.file.alone {
            try $0.query("SELECT what, coalesce(json_extract(detail, '$.text'), '') FROM audit WHERE object = ? ORDER BY row", "export/\(export.id)") { "\($0.text(0)): \($0.text(1))" }
        }
        #expect(notes == [
            "asked for an export of everything: ", "made an export: 10 bytes on data-2", "downloaded an export: bytes=100-",
            "downloaded an export: all of it", "ended an export: ",
        ])
        let mails = try await house.call(PullEffects(), by: .management).mails
        #expect(mails.map(\.subject) == ["Your export is ready"] && mails[0].to == "administrator@clinic.example" && mails[0].body.hasSuffix("https://portal.example/exports"))
        // A failure is told too, with what to do.
        let second = try await ask(mine, in: house)
        _ = try await finish(second, in: house, .failed)
        var show = ShowExport()
        show.id = second.id
        let failed = try await house.call(show, as: mine)
        #expect(failed.state == .failed && failed.problem == "The disk is full." && failed.hint == "Make room.")
        await house.close()
    }
}
