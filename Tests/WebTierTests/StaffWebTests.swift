// The staff console over the wire: inserting a canned reply loses nothing, forms keep what was typed, the API says what it does.
import Engine
import Procedures
import SupportCentre
import Testing
import Wire

@testable import WebTier

@Suite struct StaffWebTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }
    private let form = [TestWeb.cookie, TestWeb.form, TestWeb.origin]

    @Test func `inserting shows the form again with what was typed and the text behind it, and sends nothing`() async throws {
        let shown = try await web.send(.post, "/tickets/7/replies", form, "as=insert&canned=c1&body=I+typed+<this>&seen=&\(TestWeb.token)")
        #expect(shown.status.code == 200 && shown.text.contains("\nI typed &lt;this&gt;\n\nHello &lt;script&gt;"))
        #expect(web.asked.last("tickets.reply") == nil && web.asked.last("tickets.save-draft") == nil)
        for (canned, words) in [("", "No canned reply is chosen"), ("gone", "not there any more")] {
            let refused = try await web.send(.post, "/tickets/7/replies", form, "as=insert&canned=\(canned)&body=typed&\(TestWeb.token)")
            #expect(refused.status.code == 422 && refused.text.contains(words) && refused.text.contains("\ntyped</textarea>"))
        }
    }

    @Test func `the script is given the text as text`() async throws {
        let text = try await web.send(.get, "/tickets/7/canned/c1", [TestWeb.cookie])
        #expect(text.fields["content-type"] == "text/plain; charset=utf-8" && text.fields["x-content-type-options"] == "nosniff" && text.text.hasPrefix("Hello <script>"))
        #expect(try await web.send(.get, "/tickets/7/canned/c2", [TestWeb.cookie]).status.code == 404)
    }

    @Test func `a canned reply and a view keep what was typed when they are refused`() async throws {
        let canned = try await web.send(.post, "/canned-replies/new", form, "title=T&body=Dear+{{who}}&\(TestWeb.token)")
        #expect(canned.status.code == 422 && canned.text.contains("Dear {{who}}</textarea>"))
        #expect(try await web.send(.post, "/canned-replies/new", form, "title=T&body=Dear+{{name}}&\(TestWeb.token)").fields["location"] == "/canned-replies")
        let view = try await web.send(.post, "/ticket-views/new", form, "name=taken&tag=mine&\(TestWeb.token)")
        #expect(view.status.code == 422 && view.text.contains("value=\"mine\""))
        #expect(try await web.send(.post, "/ticket-views/new", form, "name=ok&tag=mine&state=&\(TestWeb.token)").fields["location"] == "/tickets?view=v1")
        let sent = try CompactCodec.decode(SaveTicketView.self, from: try #require(web.asked.last("ticket-views.save")).body)
        #expect(sent.filter.tag == "mine" && sent.filter.state == nil && sent.shared == false)
    }

    @Test func `a list through a view asks for its id, in the page, in the API and as a file`() async throws {
        for target in ["/tickets?view=v1", "/api/v1/tickets?view=v1"] {
            _ = try await web.send(.get, target, [target.hasPrefix("/api") ? TestWeb.bearer : TestWeb.cookie])
            let asked = try CompactCodec.decode(ListTickets.self, from: try #require(web.asked.last("tickets.list")).body)
            #expect(asked.view == "v1" && asked.order == nil, "\(target)")
        }
    }

    @Test func `chosen tickets are one call, and what was chosen and typed is kept when it is refused`() async throws {
        let done = try await web.send(.post, "/tickets/changes", form, "ticket=7&ticket=8&to_assignee=none&to_state=pending&to_until=2026-12-24&to_add_tags=a+b&back=%2F%2Fevil.example&\(TestWeb.token)")
        #expect(done.status.code == 200 && done.text.contains("1 ticket is changed, 0 were so already, 1 stays as before.") && done.text.contains("It is closed.") && !done.text.contains("evil.example"))
        let sent = try CompactCodec.decode(ChangeTickets.self, from: try #require(web.asked.last("tickets.change-many")).body)
        #expect(sent.tickets.map(\.number) == [7, 8] && sent.assignee == "" && sent.state == .pending && sent.until == Timestamp(iso8601: "2026-12-24T12:00:00Z") && sent.addTags == ["a b"] && sent.priority == nil)
        let refused = try await web.send(.post, "/tickets/changes", form, "to_reason=typed&\(TestWeb.token)")
        #expect(refused.status.code == 422 && refused.text.contains("No ticket is chosen.") && refused.text.contains("value=\"typed\""))
        let told = try await web.send(.post, "/api/v1/tickets/changes", [TestWeb.bearer, TestWeb.json], #"{"tickets":[{"number":7},{"number":9}],"priority":"low"}"#)
        #expect(told.status.code == 200 && told.problem?["items"]?.array?.map { $0["kind"]?.string } == ["changed", "refused"])
    }

    @Test func `watching is a form on the ticket and two operations of the API`() async throws {
        let sent = try await web.send(.post, "/tickets/7/watch", form, "watch=yes&\(TestWeb.token)")
        #expect(sent.status.code == 303 && sent.fields["location"] == "/tickets/7")
        for (method, watches) in [(HTTPMethod.put, true), (.delete, false)] {
            let answer = try await web.send(method, "/api/v1/tickets/7/watch", [TestWeb.bearer])
            #expect(answer.status.code == 200 && answer.problem?["watching"]?.bool == watches)
        }
        #expect(try await web.send(.get, "/api/v1/tickets/7/watchers", [TestWeb.bearer]).status.code == 200)
    }

    @Test func `customers are a list and a page each, of one call`() async throws {
        let list = try await web.send(.get, "/customers?search=cl", [TestWeb.cookie])
        #expect(list.status.code == 200 && list.text.contains("/customers/clinic") && !list.text.contains("<script>alert") && web.asked.all.map(\.name) == ["desk.customers"])
        #expect(try await web.send(.get, "/customers/clinic", [TestWeb.cookie]).status.code == 200)
        #expect(try await web.send(.get, "/customers/nobody", [TestWeb.cookie]).status.code == 404)
        let api = try await web.send(.get, "/api/v1/customers", [TestWeb.bearer])
        #expect(api.problem?["items"]?.array?.count == 1 && api.problem?["next"] == "clinic")
        #expect(try await web.send(.get, "/api/v1/customers/clinic", [TestWeb.bearer]).problem?["customer"]?["name"] == "clinic")
    }

    @Test func `taking a ticket leads back to where it was taken from, and nowhere else`() async throws {
        for (back, place) in [("", "/tickets/7"), ("back=%2Ftickets%3Fview%3Dv1&", "/tickets?view=v1"), ("back=https%3A%2F%2Fevil.example&", "/")] {
            let sent = try await web.send(.post, "/tickets/7/mine", form, "\(back)\(TestWeb.token)")
            #expect(sent.status.code == 303 && sent.fields["location"] == place)
        }
        #expect(try CompactCodec.decode(ChangeTicket.self, from: try #require(web.asked.last("tickets.change")).body).assignee == "me")
    }

    @Test func `the API makes both with their place`() async throws {
        let reply = try await web.send(.post, "/api/v1/canned-replies", [TestWeb.bearer, TestWeb.json], #"{"title":"t","body":"b"}"#)
        #expect(reply.status.code == 201 && reply.fields["location"] == "/api/v1/canned-replies/c1")
        let view = try await web.send(.post, "/api/v1/ticket-views", [TestWeb.bearer, TestWeb.json], #"{"name":"n","filter":{"tag":"vip"}}"#)
        #expect(view.status.code == 201 && view.fields["location"] == "/api/v1/ticket-views/v1" && view.problem?["filter"]?["tag"] == "vip")
        #expect(try await web.send(.get, "/api/v1/ticket-views/v1", [TestWeb.bearer]).status.code == 200)
        #expect(try await web.send(.get, "/api/v1/ticket-views/v2", [TestWeb.bearer]).status.code == 404)
        #expect(try await web.send(.delete, "/api/v1/canned-replies/c1?version=x", [TestWeb.bearer]).status.code == 400)
    }
}
