// The recycle bin and scheduled exports over the wire: forms keep what was typed, the way back leads to the thing, the API says what it does.
import Engine
import Procedures
import SupportCentre
import Testing
import Wire

@testable import WebTier

@Suite struct BinWebTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }
    private let form = [TestWeb.cookie, TestWeb.form, TestWeb.origin]

    @Test func `a ticket is deleted with a reason, and without one its page comes back with the form open`() async throws {
        let refused = try await web.send(.post, "/tickets/7/delete", form, "version=3&delete_reason=&\(TestWeb.token)")
        #expect(refused.status.code == 422 && refused.text.contains("<details open><summary>Delete this ticket") && refused.text.contains("href=\"#f-delete_reason\""))
        let done = try await web.send(.post, "/tickets/7/delete", form, "version=3&delete_reason=Spam&\(TestWeb.token)")
        #expect(done.status.code == 303 && done.fields["location"] == "/tickets")
        let sent = try CompactCodec.decode(DeleteTicket.self, from: try #require(web.asked.last("tickets.delete")).body)
        #expect(sent.number == 7 && sent.reason == "Spam" && sent.version == 3)
    }

    @Test func `what is brought back is shown, and the bin is a list, a file and four operations of the API`() async throws {
        let page = try await web.send(.get, "/bin?only=ticket&after=9", [TestWeb.cookie])
        #expect(page.status.code == 200 && page.text.contains("/bin/b1/restore") && !page.text.contains("<script>alert") && page.text.contains("/bin?only=ticket&amp;after=4"))
        #expect(try await web.send(.post, "/bin/b1/restore", form, TestWeb.token).fields["location"] == "/tickets/7")
        #expect(try await web.send(.post, "/bin/b1/remove", form, TestWeb.token).fields["location"] == "/bin")
        #expect(try await web.send(.get, "/api/v1/bin", [TestWeb.bearer]).problem?["items"]?.array?.count == 1)
        #expect(try await web.send(.delete, "/api/v1/tickets/7?reason=Spam&version=3", [TestWeb.bearer]).problem?["id"] == "b1")
        #expect(try await web.send(.delete, "/api/v1/tickets/7?reason=Spam&version=x", [TestWeb.bearer]).status.code == 400)
        #expect(try await web.send(.post, "/api/v1/bin/b1/restore", [TestWeb.bearer]).status.code == 200)
        #expect(try await web.send(.delete, "/api/v1/bin/b1", [TestWeb.bearer]).status.code == 204)
    }

    @Test func `a schedule of exports is set by a form or the API, keeps what was typed when it is refused, and is no export called schedule`() async throws {
        let typed = "every=week&weekday=2&day=1&at=26:00&address=sftp://a@b.example/&host_key=typed&\(TestWeb.token)"
        let refused = try await web.send(.post, "/exports/schedule", form, typed)
        #expect(refused.status.code == 422 && refused.text.contains("value=\"sftp://a@b.example/\"") && refused.text.contains("value=\"typed\"") && refused.text.contains("<details open>"))
        #expect(try await web.send(.post, "/exports/schedule", form, typed.replacing("26:00", with: "02:00")).fields["location"] == "/exports")
        let sent = try CompactCodec.decode(ScheduleExports.self, from: try #require(web.asked.last("exports.schedule")).body)
        #expect(sent.every == .week && sent.weekday == 2 && sent.address == "sftp://a@b.example/" && sent.origin == "https://portal.example" && sent.fresh == false)
        let set = try await web.send(.put, "/api/v1/exports/schedule", [TestWeb.bearer, TestWeb.json], #"{"every":"day","at":"02:00"}"#)
        #expect(set.status.code == 200 && set.problem?["public_key"]?.string?.isEmpty == false)
        #expect(try await web.send(.delete, "/api/v1/exports/schedule", [TestWeb.bearer]).status.code == 204)
        #expect(web.asked.last("exports.expire") == nil)
    }
}
