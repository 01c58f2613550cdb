// A person's own account: how things are shown, password, sessions, API tokens.
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
        form("/account/sessions/end") { request, form throws(Failure) in
            var call = EndSession()
            call.id = form["others"] == "yes" ? nil : form["id"] ?? ""
            // One that has ended already is ended as wanted.
            do throws(Failure) { _ = try await request.ask(call) } catch { if error.status != 404 { throw error } }
            return request.redirect("/account", notice: call.id == nil ? .sessionsEnded : .sessionEnded)
        }
        addTokens()
        addTwoStep()
    }

    private func addTokens() {
        page("/account/tokens/new") { request throws(Failure) in try await Self.newToken(request, .nothing, status: 200) }
        form("/account/tokens/new") { request, form throws(Failure) in
            do throws(Failure) {
                try await request.confirm(by: form)
                var call = MakeToken()
                (call.name, call.days) = (form["name"] ?? "", form["days"].flatMap { Int($0) } ?? 0)
                call.scope = Self.scope(form)
                let made = try await request.ask(call)
                let viewer = try await request.viewer()
                return request.html(TokenPages.made(request.frame("Your token", .account, viewer), made, origin: request.origin), status: 201)
            } catch {
                guard error.belongsToForm || error.code == "confirm-identity" else { throw error }
                return try await Self.newToken(request, Entered(form, error), status: error.status)
            }
        }
        form("/account/tokens/revoke") { request, form throws(Failure) in
            var call = RevokeToken()
            call.id = form["id"] ?? ""
            do throws(Failure) { _ = try await request.ask(call) } catch { if error.status != 404 { throw error } }
            return request.redirect("/account", notice: .tokenRevoked)
        }
    }

    /// What the form's choice and areas mean; nothing chosen is refused by the data tier.
    private static func scope(_ form: Form) -> String {
        guard form["scope"] == "areas" || form["scope"] == nil else { return form["scope"] ?? "" }
        return TokenArea.allCases.compactMap { area in form.text("area-\(area.rawValue)").map { "\(area.rawValue):\($0)" } }.joined(separator: " ")
    }

    private static func newToken(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let account = try await request.ask(ShowAccount())
        return request.html(TokenPages.new(request.frame("New API token", .account, request.viewer(account.person)), account, entered: entered), status: status)
    }

    static func account(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let account = try await request.ask(ShowAccount())
        return request.html(AccountPage.html(request.frame("Your account", .account, request.viewer(account.person)), account, passkeys: request.passkeys, entered: entered), status: status)
    }
}

extension WebRequest {
    /// Proves once more who the person is, where the form holds the password or code for it.
    func confirm(by form: Form) async throws(Failure) {
        guard let proof = form["confirm"], !proof.isEmpty else { return }
        var call = ConfirmIdentity()
        call.proof = proof
        adopt(try await ask(call))
    }

    /// Goes on with a new session in place of the one the request came by.
    func adopt(_ signedIn: SignedIn) {
        setCookies.append(SetCookie(name: Self.sessionCookie, value: signedIn.token))
        session = signedIn.token
    }
}
