// The audit log as a page, and as a CSV file that is written while it is read.
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addAudit() {
        page("/audit") { request throws(Failure) in
            let call = try Self.audit(try request.query())
            let answer = try await request.ask(call)
            return request.html(AuditPage.html(request.frame("Audit log", .audit, request.viewer(answer.person)), answer, call))
        }
        router.on(.get, "/audit.csv") { [unowned self] exchange in
            let request = WebRequest(exchange, self)
            do throws(Failure) {
                var call = try Self.audit(try request.query())
                call.page.limit = 200
                // Refusals are answered as a page; later ones can only cut the file off.
                var answer = try await request.ask(call)
                var response = request.finished(.bytes([], type: "text/csv; charset=utf-8"))
                response.fields.set("Content-Disposition", "attachment; filename=\"audit-\(call.customer ?? answer.person.customer ?? "directory").csv\"")
                response.fields.remove("Content-Length")
                try await exchange.begin(ResponseHead(status: .ok, fields: response.fields), length: nil)
                try await exchange.write(AuditFile.head)
                while true {
                    try await exchange.write(AuditFile.rows(answer.items))
                    guard let next = answer.next else { break }
                    call.page.after = next
                    answer = try await request.ask(call)
                }
                try await exchange.end()
            } catch {
                guard !exchange.hasBegun else { return }
                let response = error.status == 401 ? request.sendToSignIn() : await errorPage(request, error)
                await exchange.respond(request.finished(response))
            }
        }
    }

    /// The filters of an address; a day that is none is refused by name.
    static func audit(_ query: Form) throws(Failure) -> ListAudit {
        var call = ListAudit()
        (call.customer, call.who, call.what) = (query.text("customer"), query.text("who"), query.text("what"))
        (call.object, call.search) = (query.text("object"), query.text("search"))
        call.from = try day(query, "from")
        call.to = try day(query, "to")
        call.page.after = query.text("after")
        return call
    }
}

/// The columns of the file.
private enum AuditFile {
    static let head: [UInt8] = {
        var writer = CSVWriter(mark: true)
        writer.row(["row", "at", "actor", "who", "what", "object", "detail", "changes", "request", "erased", "hash"])
        return writer.bytes
    }()

    static func rows(_ entries: [AuditEntry]) -> [UInt8] {
        var writer = CSVWriter()
        for entry in entries {
            writer.row([
                .number("\(entry.row)"), .text(entry.at.iso8601), .text(entry.actor), .text(entry.who), .text(entry.what), .text(entry.object),
                .text(entry.detail), .text(entry.changesText), .text(entry.request ?? ""), .text(entry.erased ? "yes" : "no"), .text(entry.hash),
            ])
        }
        return writer.bytes
    }
}
