// The pages that stand alone: status and incident, readable while no web node is.
import Testing
import Wire
@testable import Pages

struct StatusPageTests {
    static func service(_ health: ServiceHealth) -> StatusService {
        StatusService(
            title: Nasty.text, explanation: Nasty.text, health: health,
            days: [.operational, .reduced, .down, .unknown].map { StatusDay(date: Timestamp().date, health: $0, text: Nasty.text) },
            uptime: "99.98 %", month: "100 %")
    }
    static let incident = StatusIncident(
        number: 12, title: Nasty.text, text: Nasty.text, health: .down, began: Timestamp(), ended: nil, duration: "3 min", acknowledgedBy: Nasty.text)
    static let view = IncidentView(
        number: 12, subject: Nasty.text, reason: Nasty.text, service: Nasty.text, began: Timestamp(), ended: nil, duration: "3 min", localTime: "14:05",
        acknowledgedBy: nil, acknowledged: nil, notes: [(at: Timestamp(), text: Nasty.text)])

    static let works = [true, false].map { StatusWork(title: Nasty.text, services: [Nasty.text, "Reports"], starts: Timestamp(), ends: Timestamp(milliseconds: 7_200_000), isRunning: $0) }

    static func status(_ health: ServiceHealth) -> HTML {
        StatusPage.html(StatusModel(services: [service(.operational), service(health)], planned: works, open: [incident], past: [incident], made: Timestamp()))
    }

    @Test(arguments: [status(.down), status(.operational), IncidentPage.html([view], technician: Nasty.text, here: "/i/x", everything: false)])
    func `a page that stands alone has its style inside, no script, and nothing told becomes markup`(page: HTML) {
        let text = page.text
        for attempt in ["<img", "onerror=alert(1)>\"", "</textarea></script>", " style=", "<script", "src=\""] { #expect(!text.contains(attempt), "\(attempt)") }
        #expect(text.contains("<style>"))
        #expect(Markup.fault(in: text) == nil)
    }

    @Test func `the verdict follows the worst part`() {
        #expect(Self.status(.operational).text.contains("Everything works</h1>"))
        #expect(Self.status(.reduced).text.contains("Everything works, with less in reserve"))
        #expect(Self.status(.down).text.contains("Part of the service is not available"))
        #expect(Self.status(.planned).text.contains("Planned work is under way"))
    }

    @Test func `planned work is shown with its time and the parts it is on, coming and running`() {
        let text = Self.status(.operational).text
        #expect(text.contains("Under way: <time") && text.contains("Planned: <time") && text.contains("Reports</p>"))
        #expect(!StatusPage.html(StatusModel(services: [Self.service(.operational)], open: [], past: [], made: Timestamp())).text.contains("aria-label=\"Planned work\""))
    }

    @Test func `what somebody has needs no button any more`() {
        var taken = Self.view
        #expect(IncidentPage.html([taken], technician: "Ana", here: "/i/x", everything: false).text.contains("I have it"))
        taken.acknowledgedBy = "Bo"
        #expect(!IncidentPage.html([taken], technician: "Ana", here: "/i/x", everything: false).text.contains("I have it"))
        #expect(IncidentPage.html([], technician: "Ana", here: "/i/x", everything: true).text.contains("Nothing is open"))
    }
}
