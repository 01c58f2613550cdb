// What nodes say of their own load, and how it is read.
import Engine
import Nodes
import Testing
import Wire

struct LoadReportTests {
    @Test(arguments: [
        ("in-flight=3", LoadReport(inFlight: 3)), ("in-flight=3, weight=50, drain", LoadReport(inFlight: 3, weight: 50, wantsDrain: true)),
        ("", LoadReport()), ("weight=1", LoadReport(weight: 1)), (" drain ,in-flight=0", LoadReport(inFlight: 0, wantsDrain: true)),
        ("drain=?0", LoadReport()), ("drain=?1", LoadReport(wantsDrain: true)), ("cpu=0.7, in-flight=2", LoadReport(inFlight: 2)),
    ])
    func `a report is read`(text: String, report: LoadReport) { #expect(LoadReport(text) == report) }

    @Test(arguments: ["in-flight", "in-flight=", "in-flight=-1", "in-flight=+1", "in-flight=9999999999", "weight=0", "weight=101", "weight=x", "drain=yes", "in-flight=1 2"])
    func `what is wrong counts as absent`(text: String) { #expect(LoadReport(text) == nil) }

    @Test func `what is written is read again`() {
        for report in [LoadReport(), LoadReport(inFlight: 12), LoadReport(inFlight: 0, weight: 7, wantsDrain: true)] {
            #expect(LoadReport(report.value) == report)
        }
    }

    @Test func `a node tells with its readiness what it is at work on and what it asks for`() async throws {
        let test = try TestNode()
        test.node.setReady()
        #expect(try await test.ask(.get, "/readyz").fields["fitech-load"] == "in-flight=0")
        let answer = try await test.ask(.put, "/load", body: Array(#"{"weight": 40, "drain": true}"#.utf8))
        #expect(answer.status == .ok)
        #expect(try await test.ask(.get, "/readyz").fields["fitech-load"] == "in-flight=0, weight=40, drain")
        #expect(try await test.ask(.put, "/load", body: Array(#"{"weight": 0}"#.utf8)).status.code == 400)
        test.node.ask()
        #expect(try await test.ask(.get, "/readyz").fields["fitech-load"] == "in-flight=0")
        let forwarded = try await test.ask(.put, "/load", fields: ["X-Forwarded-For": "203.0.113.9"], body: Array("{}".utf8))
        #expect(String(decoding: forwarded.body, as: UTF8.self) == "tier", "the public cannot ask for a node")
        await test.node.close()
    }
}
