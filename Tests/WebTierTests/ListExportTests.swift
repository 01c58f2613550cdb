// Whole lists as files: by address and by Accept, exact to the byte where it matters, refused where they cannot be made.
import Documents
import Engine
import Procedures
import Testing
import Wire

@testable import WebTier

@Suite(.serialized) struct ListExportTests {
    private let web: TestWeb
    init() throws { web = try TestWeb() }

    private func records(_ body: [UInt8]) -> [[String]] {
        CSVReader.events(of: body).compactMap { if case .record(let record) = $0 { record.fields } else { nil } }
    }

    @Test func `CSV holds every value as it was, and none that a spreadsheet would run`() async throws {
        let response = try await web.send(.get, "/api/v1/subjects?format=csv", [TestWeb.bearer])
        #expect(response.status.code == 200 && response.fields["content-type"] == "text/csv; charset=utf-8; header=present")
        #expect(response.fields["content-disposition"]?.hasPrefix("attachment; filename=\"subjects-20") == true)
        #expect(response.fields["x-content-type-options"] == "nosniff" && response.fields["cache-control"] == "no-store")
        let rows = records(response.body)
        #expect(rows.first == ["id", "reference", "name", "sex", "born", "group", "created", "last_assessed"])
        #expect(rows.dropFirst().map { CSVWriter.unguarded($0[2]) } == FakeData.awkward)
        #expect(rows.dropFirst().allSatisfy { !["=", "+", "-", "@", "\t"].contains($0[2].prefix(1)) })
        #expect(rows[1][4] == "" && rows[2][4] == "1984-05-02" && rows[1][6] == "2026-11-18T11:06:40Z")
        #expect(response.body.first == UInt8(ascii: "i"), "programs get no byte order mark")
    }

    @Test func `the same by Accept; JSON stays the answer in pages unless the whole is asked for`() async throws {
        let csv = try await web.send(.get, "/api/v1/subjects", [TestWeb.bearer, ("Accept", "text/csv")])
        #expect(csv.fields["content-type"]?.hasPrefix("text/csv") == true && records(csv.body).count == FakeData.awkward.count + 1)
        let whole = try await web.send(.get, "/api/v1/subjects?format=json", [TestWeb.bearer])
        let json = try JSON.parse(whole.body)
        #expect(json["items"]?.array?.map { $0["name"]?.string ?? "?" } == FakeData.awkward && json["next"] == .null)
        #expect(try await web.send(.get, "/api/v1/tickets", [TestWeb.bearer, ("Accept", "application/json, text/csv;q=0.1")]).fields["content-type"] == "application/json")
        #expect(try await web.send(.get, "/api/v1/me", [TestWeb.bearer, ("Accept", "text/csv")]).status.code == 406)
    }

    @Test func `a workbook is made, or refused by name`() async throws {
        let response = try await web.send(.get, "/api/v1/subjects?format=xlsx", [TestWeb.bearer])
        if XLSXBook.isOffered {
            #expect(response.status.code == 200 && response.fields["content-type"] == XLSXBook.mediaType)
            #expect(response.body.starts(with: [0x50, 0x4B, 3, 4]), "a zip archive")
        } else {
            #expect(response.status.code == 501 && response.problem?["code"] == "xlsx-not-built")
        }
    }

    @Test func `what the list does not know is refused before anything is asked`() async throws {
        for (target, status) in [("/api/v1/subjects?format=pdf", 400), ("/api/v1/subjects?format=csv&limit=5", 400), ("/api/v1/subjects?format=csv&colour=red", 400), ("/api/v1/tickets?format=csv&state=lost", 422)] {
            #expect(try await web.send(.get, target, [TestWeb.bearer]).status.code == status, "\(target)")
        }
        #expect(web.asked.all.isEmpty)
        let refused = try await web.send(.get, "/api/v1/people?format=csv", [TestWeb.bearer])
        #expect(refused.status.code == 403 && refused.problem?["hint"] == "Ask for subjects.")
    }

    @Test func `people get the file by a link, with a mark for their spreadsheet, and are sent to sign in without a session`() async throws {
        let response = try await web.send(.get, "/lists/subjects?format=csv&search=R&group=", [TestWeb.cookie])
        #expect(response.status.code == 200 && response.body.starts(with: [0xEF, 0xBB, 0xBF]))
        let asked = try CompactCodec.decode(ListSubjects.self, from: try #require(web.asked.last(ListSubjects.name)).body)
        #expect(asked.search == "R" && asked.group == nil)
        let out = try await web.send(.get, "/lists/subjects?format=csv")
        #expect(out.status.code == 303 && out.fields["location"]?.hasPrefix("/sign-in?next=%2Flists") == true)
        #expect(try await web.send(.get, "/lists/secrets", [TestWeb.cookie]).status.code == 404)
    }
}
