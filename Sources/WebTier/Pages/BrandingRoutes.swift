// An organisation's look: the page for its administrators, and its logo for everybody of it.
import Engine
import Pages
import ProcedureClient
import Procedures
import Wire

extension WebHandler {
    private static let logoLimits: FormLimits = {
        var limits = FormLimits()
        // A larger one is read too, so that the answer can say what is wrong with it.
        limits.fileBytes = 4 << 20
        return limits
    }()

    func addBranding() {
        page("/organisation/look") { request throws(Failure) in try await Self.look(request, .nothing, status: 200) }
        form("/organisation/look") { request, form throws(Failure) in
            var call = SetBranding()
            call.colour = form["colour"] ?? ""
            return try await Self.take(request, form, call)
        }
        form("/organisation/logo", limits: Self.logoLimits, bodyLimit: 5 << 20) { request, form throws(Failure) in
            var call = SetLogo()
            call.bytes = form.files.first { $0.name == "logo" }?.bytes ?? []
            guard !call.bytes.isEmpty else {
                return try await Self.look(request, Entered(form, .unacceptable([.init(field: "logo", reason: "No picture was chosen.", hint: "Choose a file first.")])), status: 422)
            }
            return try await Self.take(request, form, call)
        }
        form("/organisation/logo/remove") { request, form throws(Failure) in try await Self.take(request, form, SetLogo()) }
        router.on(.get, "/organisation/logo/{logo}") { [unowned self] exchange in
            let request = WebRequest(exchange, self)
            var response: HTTPResponse
            do throws(Failure) {
                var call = ReadLogo()
                call.logo = request.parameter("logo")
                let logo = try await request.ask(call)
                response = .bytes(logo.bytes, type: logo.type)
                // Its name is its content's; it is not everybody's to keep.
                response.fields.add("Cache-Control", "private, max-age=31536000, immutable")
            } catch { response = .problem(error, requestID: request.requestID) }
            await exchange.respond(request.secured(response, html: false))
        }
    }

    private static func take(_ request: WebRequest, _ form: Form, _ call: some Procedure) async throws(Failure) -> HTTPResponse {
        do throws(Failure) {
            _ = try await request.ask(call)
            return request.redirect("/organisation/look", notice: .preferencesSaved)
        } catch {
            guard error.belongsToForm else { throw error }
            return try await look(request, Entered(form, error), status: error.status)
        }
    }

    private static func look(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let answer = try await request.ask(ShowBranding())
        return request.html(LookPage.html(request.frame("Look", .people, request.viewer(answer.person)), answer, entered: entered), status: status)
    }
}
