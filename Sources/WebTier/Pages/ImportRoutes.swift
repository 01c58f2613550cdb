// Importing a file of subjects.
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    static let importBytes = 16 * 1024 * 1024

    func addImports() {
        page("/imports/new") { request throws(Failure) in try await Self.importForm(request, .nothing, status: 200) }
        form("/imports/new", bodyLimit: Self.importBytes + 65_536) { request, form throws(Failure) in
            do throws(Failure) {
                guard let file = form.file("file"), !file.bytes.isEmpty else {
                    throw .unacceptable([.init(field: "file", reason: "No file was chosen, or it is empty.", hint: "Choose a CSV file.")])
                }
                var call = RunImport()
                call.fileName = String(file.fileName.prefix(200))
                call.bad = form["bad"].flatMap(BadRows.init) ?? .refuse
                call.bytes = file.bytes
                let report = try await request.ask(call)
                return request.redirect("/imports/\(report.id)")
            } catch {
                guard error.belongsToForm || error.status == 413 else { throw error }
                return try await Self.importForm(request, Entered(form, error), status: error.status)
            }
        }
        page("/imports") { request throws(Failure) in request.redirect("/imports/new") }
        page("/imports/{id}") { request throws(Failure) in
            var call = ShowImport()
            call.id = request.parameter("id")
            let report = try await request.ask(call)
            return request.html(ImportPages.report(request.frame("Import report", .imports, try await request.viewer()), report))
        }
    }

    private static func importForm(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let viewer = try await request.viewer()
        var recent = ListImports()
        recent.page = Page(limit: 8)
        let imports = try await request.ask(recent).items
        return request.html(ImportPages.form(request.frame("Import", .imports, viewer), recent: imports, entered: entered), status: status)
    }
}
