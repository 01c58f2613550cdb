// The product over real processes: the demo's measurements, an import with faults, and the corporate report beside the primary.
import Foundation
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct ReportTests {
    @Test func `the demo holds both published files whole, and the report is made of the newest restore point`() throws {
        let fleet = try Fleet()
        defer { fleet.remove() }
        let admin = try fleet.demoPerson(role: "administrator", customer: "clinic")
        let club = try fleet.demoPerson(role: "administrator", customer: "club")
        try admin.signIn()
        try club.signIn()
        #expect(try club.get("/api/v1/subjects?limit=200").json?["items"]?.array?.count == 20)

        let report = try admin.get("/api/v1/reports/corporate")
        #expect(report.status == 200, "\(report.body)")
        #expect(report.json?["overall"]?["subjects"]?.integer == 442)
        #expect(report.json?["groups"]?.array?.count == 6)
        let first = try #require(report.json?["restore_point"]?.string)
        let counts = (report.json?["overall"]?["measures"]?.array ?? []).flatMap { $0["categories"]?.array ?? [] }.compactMap { $0["count"]?.integer }
        #expect(counts.count > 8 && counts.allSatisfy { $0 >= 10 })

        // Another's report is another's: the club's twenty make one without groups.
        let other = try club.get("/api/v1/reports/corporate")
        #expect(other.json?["overall"]?["subjects"]?.integer == 20 && other.json?["groups"]?.array?.isEmpty == true)

        // What is imported now is in the report after the next restore point.
        let rows = (1...12).map { "N\($0),F,Ward,\(60 + $0)\n" }.joined()
        let imported = try admin.request(
            "POST", "/api/v1/imports?kind=subjects&bad=skip", headers: ["content-type: text/csv", "origin: \(fleet.url)"],
            body: "reference,sex,group,weight_kg\n\(rows)N13,F,Ward,heavy\n")
        #expect(imported.status == 201 && imported.json?["accepted"]?.integer == 12 && imported.json?["refused"]?.integer == 1, "\(imported.body)")
        #expect(imported.json?["lines"]?.array?.first?["line"]?.integer == 14)
        #expect(try admin.get("/api/v1/reports/corporate").json?["overall"]?["subjects"]?.integer == 442)
        #expect(try fleet.ctl("backup", "now").status == 0)
        let later = try admin.get("/api/v1/reports/corporate")
        #expect(later.json?["overall"]?["subjects"]?.integer == 454 && later.json?["restore_point"]?.string != first, "\(later.body.prefix(400))")
        #expect(later.json?["groups"]?.array?.contains { $0["group"]?.string == "Ward" && $0["subjects"]?.integer == 12 } == true)

        // With the backup away the mounted restore point goes on serving, and its time says of when it is.
        #expect(try fleet.ctl("stop", "data-2", "--kill").status == 0)
        let alone = try admin.get("/api/v1/reports/corporate")
        #expect(alone.status == 200 && alone.json?["as_of"]?.string == later.json?["as_of"]?.string)

        let csv = try admin.get("/reports/corporate.csv")
        #expect(csv.status == 200 && csv.header("content-type")?.hasPrefix("text/csv") == true && csv.body.contains("all subjects,bmi,BMI"))
        let page = try admin.get("/reports")
        #expect(page.status == 200 && page.body.contains("Corporate report") && page.body.contains("454"))
    }

    @Test func `an edition without a reporting node says so`() throws {
        let fleet = try Fleet("single-server")
        defer { fleet.remove() }
        let admin = try fleet.demoPerson(role: "administrator", customer: "clinic")
        try admin.signIn()
        let page = try admin.get("/reports")
        #expect(page.status == 503 && page.body.contains("reporting node"), "\(page.status)")
        let answer = try admin.get("/api/v1/reports/corporate")
        #expect(answer.status == 503 && answer.json?["hint"]?.string?.isEmpty == false, "\(answer.body)")
    }
}
