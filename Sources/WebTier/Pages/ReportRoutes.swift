// The corporate report, as a page and as CSV; answered by the reporting node.
import Control
import Engine
import Pages
import ProcedureClient
import Procedures
import Wire

extension WebHandler {
    func addReports() {
        page("/reports") { request throws(Failure) in
            let query = try request.query()
            let viewer = try await request.viewer()
            let frame = request.frame("Corporate report", .reports, viewer)
            do throws(Failure) {
                let report = try await Self.report(request, query)
                return request.html(CorporateReportPage.html(frame, report, from: query.text("from") ?? "", to: query.text("to") ?? ""))
            } catch {
                // Without a restore point or a reporting node there is nothing to be mended by whoever asks.
                guard error.status == 503 || error.status == 404 else { throw error }
                return request.html(CorporateReportPage.unavailable(frame, error.reason, hint: error.hint), status: error.status)
            }
        }
        page("/reports/corporate.csv") { request throws(Failure) in
            let report = try await Self.report(request, try request.query())
            var response = HTTPResponse.bytes(report.csv, type: "text/csv; charset=utf-8")
            response.fields.add("Content-Disposition", "attachment; filename=\"corporate-report-\(report.asOf.date.iso8601).csv\"")
            return response
        }
    }

    static func report(_ request: WebRequest, _ query: Form) async throws(Failure) -> CorporateReport {
        guard let session = request.session else { throw .signedOut() }
        return try await report(request, session: session, query)
    }

    static func report(_ request: WebRequest, session: String, _ query: Form) async throws(Failure) -> CorporateReport {
        var call = MakeCorporateReport()
        call.from = try day(query, "from")
        call.to = try day(query, "to")
        return try await request.handler.procedures.reply(to: call, on: .reporting, session: session, requestID: request.requestID).answer
    }

    static func day(_ query: Form, _ name: String) throws(Failure) -> CalendarDate? {
        guard let text = query.text(name) else { return nil }
        guard let day = CalendarDate(iso8601: text) else {
            throw .unacceptable([.init(field: name, reason: "\"\(text)\" is not a date.", hint: "Write it like 2026-11-22.")])
        }
        return day
    }
}
