// A reporting node over its private socket, with data nodes that keep restore points: whom it answers, from what, and what it refuses.
import Engine
import Nodes
import Procedures
import Storage
import Synchronization
import Testing
import Wire
@testable import ReportingTier

@Suite(.serialized) struct ReportingNodeTests {
    private let weights = (0..<30).map { 60 + Double($0) }

    private func report(_ response: HTTPResponse) throws -> CorporateReport {
        #expect(response.status.code == 200, "\(String(decoding: response.body, as: UTF8.self))")
        return try CompactCodec.decode(from: response.body)
    }
    private func failure(_ response: HTTPResponse) throws -> Failure {
        try #require(Failure(json: try JSON.parse(response.body)))
    }

    @Test func `the report comes from the newest restore point and says of when it is`() async throws {
        let fleet = try ReportingFleet()
        try fleet.backup.add("older", taken: "2026-11-22T10:00:00Z", weights: [1, 2, 3])
        try fleet.backup.add("newest", taken: "2026-11-22T11:00:00Z", weights: weights)
        let made = try report(await fleet.ask(session: "clinic.admin"))
        #expect(made.customer == "clinic" && made.customerDisplayName == "Riverside Clinic" && made.threshold == 10)
        #expect(made.asOf.iso8601 == "2026-11-22T11:00:00Z" && made.restorePoint == "newest")
        #expect(made.overall.subjects == 30 && made.overall.measures.first?.average == 74.5)
        // A second question is answered from the mount; a newer point replaces it.
        _ = try report(await fleet.ask(session: "clinic.admin"))
        #expect(fleet.backup.shared.withLock { $0.fetched } == 1)
        try fleet.backup.add("later", taken: "2026-11-22T12:00:00Z", weights: weights + [89])
        #expect(try report(await fleet.ask(session: "clinic.admin")).overall.subjects == 31)
        await fleet.stop()
    }

    @Test func `JSON and CSV are answered to whoever accepts them`() async throws {
        let fleet = try ReportingFleet()
        try fleet.backup.add("a", taken: "2026-11-22T10:00:00Z", weights: weights)
        let json = try await fleet.ask(session: "clinic.admin", accept: "application/json")
        #expect(try JSON.parse(json.body)["overall"]?["subjects"]?.integer == 30)
        let csv = try await fleet.ask(session: "clinic.admin", accept: "text/csv")
        #expect(csv.fields["content-type"] == "text/csv; charset=utf-8" && String(decoding: csv.body, as: UTF8.self).contains("all subjects,weight,Weight,kg,average,,74.5,2026-11-22T10:00:00Z"))
        await fleet.stop()
    }

    @Test func `dates choose the newest value within them`() async throws {
        let fleet = try ReportingFleet()
        try fleet.backup.add("a", taken: "2026-11-22T10:00:00Z", weights: weights)
        var question = MakeCorporateReport()
        question.to = CalendarDate(iso8601: "2026-10-02")
        let made = try report(await fleet.ask(question, session: "clinic.admin"))
        #expect(made.to?.iso8601 == "2026-10-31" && made.overall.measures.first?.average == 174.5)
        question.to = CalendarDate(iso8601: "2025-10-02")
        #expect(try report(await fleet.ask(question, session: "clinic.admin")).overall.suppressed)
        await fleet.stop()
    }

    @Test func `only people of a customer who work with subjects get a report`() async throws {
        let fleet = try ReportingFleet()
        try fleet.backup.add("a", taken: "2026-11-22T10:00:00Z", weights: weights)
        #expect(try await fleet.ask(session: nil).status.code == 401)
        #expect(try await fleet.ask(session: "clinic.wrong").status.code == 401)
        #expect(try await fleet.ask(session: "clinic.subject").status.code == 403)
        #expect(try await fleet.ask(session: "staff.sam").status.code == 403)
        #expect(fleet.backup.shared.withLock { $0.fetched } == 0)
        await fleet.stop()
    }

    @Test func `without a restore point one is asked for once, and the answer says what to do`() async throws {
        let fleet = try ReportingFleet()
        let first = try await fleet.ask(session: "clinic.admin")
        let said = try failure(first)
        #expect(first.status.code == 503 && said.code == "no-restore-point" && said.hint.contains("fitech-ctl backup now"))
        _ = try await fleet.ask(session: "clinic.admin")
        #expect(fleet.backup.shared.withLock { $0.made } == 1)
        await fleet.stop()
    }

    @Test func `a restore point that is made on asking is used at once`() async throws {
        let fleet = try ReportingFleet()
        let point = try FakeDataNode.point("made", taken: "2026-11-22T10:00:00Z", weights: weights)
        fleet.backup.shared.withLock { $0.next = point }
        #expect(try report(await fleet.ask(session: "clinic.admin")).restorePoint == "made")
        await fleet.stop()
    }

    @Test func `a damaged restore point is refused and never mounted`() async throws {
        let fleet = try ReportingFleet()
        try fleet.backup.add("a", taken: "2026-11-22T10:00:00Z", weights: weights)
        fleet.backup.shared.withLock { $0.points[0].bytes[5_000] ^= 1 }
        let said = try failure(await fleet.ask(session: "clinic.admin"))
        #expect(said.code == "damaged-restore-point" && said.hint.contains("backup now"))
        #expect(DurableFiles.names(in: fleet.node.files).isEmpty)
        await fleet.stop()
    }

    @Test func `when the data node cannot answer the mounted restore point goes on serving, with its age`() async throws {
        let fleet = try ReportingFleet()
        try fleet.backup.add("a", taken: "2026-11-22T10:00:00Z", weights: weights)
        _ = try report(await fleet.ask(session: "clinic.admin"))
        fleet.backup.shared.withLock { $0.refuses = true }
        #expect(try report(await fleet.ask(session: "clinic.admin")).asOf.iso8601 == "2026-11-22T10:00:00Z")
        await fleet.stop()
    }

    @Test func `an older restore point never replaces the mounted one`() async throws {
        let fleet = try ReportingFleet()
        try fleet.backup.add("newer", taken: "2026-11-22T11:00:00Z", weights: weights)
        #expect(try report(await fleet.ask(session: "clinic.admin")).restorePoint == "newer")
        fleet.backup.shared.withLock { $0.points = [] }
        #expect(try report(await fleet.ask(session: "clinic.admin")).restorePoint == "newer")
        try fleet.backup.add("older", taken: "2026-11-22T10:00:00Z", weights: [70])
        #expect(try report(await fleet.ask(session: "clinic.admin")).restorePoint == "newer")
        #expect(fleet.backup.shared.withLock { $0.made } == 0)
        await fleet.stop()
    }

    @Test func `a mount outlives the node, unless its file was damaged`() async throws {
        let first = try ReportingFleet()
        try first.backup.add("a", taken: "2026-11-22T10:00:00Z", weights: weights)
        _ = try report(await first.ask(session: "clinic.admin"))
        let name = try #require(DurableFiles.names(in: first.node.files).first)
        let bytes = try DurableFiles.read("\(first.node.files)/\(name)")
        await first.stop()
        for damaged in [false, true] {
            let next = try ReportingFleet()
            next.backup.shared.withLock { $0.refuses = true }
            var file = bytes
            if damaged { file[5_000] ^= 1 }
            try DurableFiles.makeDirectory(next.node.files)
            try DurableFiles.write(file, to: "\(next.node.files)/\(name)")
            let answer = try await next.ask(session: "clinic.admin")
            if damaged {
                #expect(answer.status.code == 503 && DurableFiles.names(in: next.node.files).isEmpty)
            } else {
                #expect(try report(answer).restorePoint == "a")
            }
            await next.stop()
        }
    }

    @Test func `without a backup the primary's restore points are used`() async throws {
        let fleet = try ReportingFleet(withBackup: false)
        try fleet.backup.add("a", taken: "2026-11-22T10:00:00Z", weights: weights)
        #expect(try report(await fleet.ask(session: "clinic.admin")).overall.subjects == 30)
        await fleet.stop()
    }

    @Test func `a list that makes no sense is not taken for an empty one`() {
        for text in ["", "[]", "{}", #"{"items": 3}"#, #"{"items": [{"id": "x"}]}"#, #"{"items": [{"id": "x", "taken": "yesterday", "databases": []}]}"#] {
            #expect(throws: Failure.self) { try RestorePoint.list(Array(text.utf8)) }
        }
        #expect(throws: Never.self) { try RestorePoint.list(Array(#"{"items": []}"#.utf8)) }
    }
}
