// Everything of a customer in one file: the page, its forms, the downloads.
import Control
import Engine
import Pages
import Procedures
import SupportCentre
import Wire

extension WebHandler {
    func addExports() {
        page("/exports") { request throws(Failure) in
            let query = try request.query()
            return try await Self.exports(request, customer: query.text("customer"), after: query.text("after"))
        }
        form("/exports") { request, form throws(Failure) in
            var call = AskExport()
            (call.customer, call.fresh, call.origin) = (form.text("customer"), form["fresh"] == "yes", request.origin)
            do throws(Failure) {
                _ = try await request.ask(call)
                return request.redirect(Self.exportsPath(call.customer), notice: .exportAsked)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.exports(request, customer: call.customer, entered: Entered(form, error), status: error.status)
            }
        }
        form("/exports/schedule") { request, form throws(Failure) in
            var call = ScheduleExports()
            guard let every = form["every"].flatMap(ExportRhythm.Every.init) else { throw .invalid("It is not said how often.", hint: "Choose every day, week or month.") }
            (call.customer, call.every, call.at, call.zone) = (form.text("customer"), every, form["at"] ?? "", form.text("zone"))
            (call.weekday, call.day) = (form["weekday"].flatMap { Int($0) }, form["day"].flatMap { Int($0) })
            (call.fresh, call.address, call.hostKey) = (form["fresh_restore"] != nil, form.text("address"), form.text("host_key"))
            call.origin = request.origin
            do throws(Failure) {
                _ = try await request.ask(call)
                return request.redirect(Self.exportsPath(call.customer), notice: .exportsScheduled)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.exports(request, customer: call.customer, entered: Entered(form, error), status: error.status)
            }
        }
        form("/exports/unschedule") { request, form throws(Failure) in
            var call = UnscheduleExports()
            call.customer = form.text("customer")
            _ = try await request.ask(call)
            return request.redirect(Self.exportsPath(call.customer), notice: .exportsUnscheduled)
        }
        form("/exports/{id}/expire") { request, form throws(Failure) in
            var call = ExpireExport()
            (call.id, call.customer) = (request.parameter("id"), form.text("customer"))
            _ = try await request.ask(call)
            return request.redirect(Self.exportsPath(call.customer), notice: .exportEnded)
        }
        form("/exports/{id}/link") { request, form throws(Failure) in
            var call = LinkExport()
            (call.id, call.customer) = (request.parameter("id"), form.text("customer"))
            let made = try await request.ask(call)
            return try await Self.exports(request, customer: call.customer, link: (request.origin + made.path, made.expires))
        }
        download("/exports/{id}/file") { request throws(Failure) in
            guard request.session != nil else { throw .signedOut() }
            var call = OpenExport()
            (call.id, call.customer, call.range) = (request.parameter("id"), try request.query().text("customer"), request.rangeField)
            return try await request.call(call)
        }
        download("/exports/links/{token}") { request throws(Failure) in
            var call = OpenExportByLink()
            (call.token, call.range) = (request.parameter("token"), request.rangeField)
            return try await request.call(call)
        }
    }

    private static func exportsPath(_ customer: String?) -> String { customer.map { "/exports?customer=\(PercentCoding.encode($0))" } ?? "/exports" }

    private static func exports(
        _ request: WebRequest, customer: String?, after: String? = nil, link: (url: String, expires: Timestamp)? = nil, entered: Entered = .nothing, status: Int = 200
    ) async throws(Failure) -> HTTPResponse {
        var call = ListExports()
        (call.customer, call.page) = (customer, Page(after: after, limit: 20))
        let answer = try await request.ask(call)
        let frame = request.frame("Exports", .exports, request.viewer(answer.person))
        return request.html(ExportsPage.html(frame, answer, customer: answer.person.role.isStaff ? customer : nil, link: link, entered: entered), status: status)
    }

    /// A page whose answer is the file of an export.
    private func download(_ path: String, _ open: @escaping (WebRequest) async throws(Failure) -> ExportFile) {
        router.on(.get, path) { [unowned self] exchange in
            let request = WebRequest(exchange, self)
            do throws(Failure) {
                let file = try await open(request)
                try await request.send(file)
            } catch {
                guard !exchange.hasBegun else { return }
                let response = error.status == 401 ? request.sendToSignIn() : await errorPage(request, error)
                await exchange.respond(request.finished(response))
            }
        }
    }
}
