// The words of texts: one part, the important things first.
import SupportCentre
import Testing
import Wire
@testable import ManagementTier

struct PageTextTests {
    let link = "https://localhost:8443/i/AAAAAAAAAAAAAAAA"

    func telling(_ kind: IncidentMachine.Telling.Kind, name: String = "web-2") -> IncidentMachine.Telling {
        var incident = Incident(
            id: 12, subject: .node(name), service: .pages, reason: "connection refused",
            lastGood: 0, firstBad: 1_795_000_000_000, opened: 1_795_000_003_000)
        incident.acknowledgedBy = "Ana"
        return .init(incident: incident, technician: 1, kind: kind)
    }

    @Test func `a page says code, node, link, reason and the reader's time`() {
        let text = PageText.page(
            telling(.down), link: link, note: "1 of 2 web nodes left", zone: "Australia/Sydney", at: 1_795_000_004_000)
        #expect(text == "#12 web-2 DOWN \(link) connection refused, since 22:06, 1 of 2 web nodes left")
    }

    @Test(arguments: [
        (IncidentMachine.Telling.Kind.up, "#12 web-2 UP"), (.reminder, "#12 web-2 STILL DOWN"), (.acknowledged, "Ana has it"),
        (.again, "#12 web-2 DOWN AGAIN"), (.flapping, "#12 web-2 UNSTABLE"), (.withdrawn, "#12 web-2 OUT"),
    ])
    func `every kind names the node and fits`(kind: IncidentMachine.Telling.Kind, part: String) {
        let text = PageText.page(telling(kind), link: link, note: "", zone: "Europe/London", at: 1_795_000_190_000)
        #expect(text.contains(part))
        #expect(text.contains("web-2"))
        #expect(text.contains(link))
        #expect(TextLength(text).parts == 1)
    }

    @Test func `a bundle counts and names, in one part`() {
        let many = (0..<40).map { telling($0 % 2 == 0 ? .down : .up, name: "web-\($0)") }
        let text = PageText.bundle(many, link: link)
        #expect(text.hasPrefix("Fitech 20 DOWN, 20 UP \(link) down: web-0, web-2"))
        #expect(TextLength(text).parts == 1)
    }

    @Test func `durations are said as people say them`() {
        #expect(PageText.duration(45_000) == "45 s")
        #expect(PageText.duration(180_000) == "3 min")
        #expect(PageText.duration(190_000) == "3 min 10 s")
        #expect(PageText.duration(7_500_000) == "2 h 5 min")
        #expect(PageText.duration(273_600_000) == "3 d 4 h")
        #expect(PageText.duration(-5) == "0 s")
    }
}
