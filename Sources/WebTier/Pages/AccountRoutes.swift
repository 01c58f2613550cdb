// A person's own settings.
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addAccount() {
        page("/account") { request throws(Failure) in try await Self.account(request, .nothing, status: 200) }
        form("/account/preferences") { request, form throws(Failure) in
            var call = SetPreferences()
            call.units = form["units"].flatMap(UnitPreference.init) ?? .metric
            call.zone = form["zone"] ?? "Europe/London"
            do throws(Failure) {
                _ = try await request.ask(call)
                return request.redirect("/account", notice: .preferencesSaved)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.account(request, Entered(form, error), status: error.status)
            }
        }
        form("/account/password") { request, form throws(Failure) in
            do throws(Failure) {
                guard form["new"] == form["again"] else {
                    throw .unacceptable([.init(field: "again", reason: "The two new passwords differ.", hint: "Type the same password twice.")])
                }
                var call = ChangePassword()
                call.current = form["current"] ?? ""
                call.new = form["new"] ?? ""
                _ = try await request.ask(call)
                return request.redirect("/account", notice: .passwordChanged)
            } catch {
                // A wrong present password is told with 401 or 403 by a session that is good: who is signed out is sent to sign in.
                guard error.belongsToForm || error.code == "wrong-credentials" else { throw error }
                return try await Self.account(request, Entered(Form(), error), status: error.status == 401 ? 403 : error.status)
            }
        }
    }

    private static func account(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let viewer = try await request.viewer()
        return request.html(AccountPage.html(request.frame("Your account", .account, viewer), viewer.person, entered: entered), status: status)
    }
}
