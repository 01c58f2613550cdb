// Signing in and out, forgotten passwords, invitations.
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addSigningIn() {
        page("/sign-in") { request throws(Failure) in
            let next = LocalPath.safe(try request.query()["next"])
            return request.html(SignInPage.html(request.frame("Sign in", nil, nil), next: next, passkeys: request.passkeys.isOffered))
        }
        form("/sign-in") { request, form throws(Failure) in
            var call = SignIn()
            call.email = form.text("email") ?? ""
            call.password = form["password"] ?? ""
            call.address = request.address
            call.device = request.device
            let next = LocalPath.safe(form["next"])
            do throws(Failure) {
                var problems: [Failure.FieldProblem] = []
                if call.email.isEmpty { problems.append(.init(field: "email", reason: "Enter your e-mail address.", hint: "")) }
                if call.password.isEmpty { problems.append(.init(field: "password", reason: "Enter your password.", hint: "")) }
                guard problems.isEmpty else { throw .unacceptable(problems) }
                let signedIn = try await request.call(call)
                request.setCookies += [SetCookie(name: WebRequest.sessionCookie, value: signedIn.token), .removing(WebRequest.formCookie)]
                let wanted = next == "/" ? "" : "?next=\(PercentCoding.encode(next))"
                return switch signedIn.step {
                case .code: request.redirect("/sign-in/code" + wanted)
                case .enrolment: request.redirect("/sign-in/two-step" + wanted)
                case nil: request.redirect(next)
                }
            } catch {
                guard error.belongsToForm || error.status == 401 || error.code == "suspended" else { throw error }
                var shown = form
                shown.fields.removeAll { $0.name == "password" }
                var response = request.html(SignInPage.html(request.frame("Sign in", nil, nil), entered: Entered(shown, error), next: next, passkeys: request.passkeys.isOffered), status: error.status)
                if let seconds = error.retryAfter { response.fields.add("Retry-After", "\(seconds)") }
                return response
            }
        }
        form("/sign-out") { request, form throws(Failure) in
            var call = SignOut()
            call.everywhere = form["everywhere"] != nil
            // A session that is gone already is signed out as wanted.
            do throws(Failure) { _ = try await request.ask(call) } catch { if error.status != 401 { throw error } }
            request.setCookies.append(.removing(WebRequest.sessionCookie))
            return request.redirect("/signed-out")
        }
        page("/signed-out") { request throws(Failure) in request.html(SignInPage.signedOut(request.frame("Signed out", nil, nil))) }
        addPasswords()
    }

    private func addPasswords() {
        page("/forgotten-password") { request throws(Failure) in request.html(PasswordPages.forgotten(request.frame("Forgotten password", nil, nil))) }
        form("/forgotten-password") { request, form throws(Failure) in
            var call = RequestPasswordReset()
            call.email = form.text("email") ?? ""
            call.address = request.address
            call.origin = request.origin
            do throws(Failure) {
                _ = try await request.call(call)
                return request.html(PasswordPages.sent(request.frame("Look into your mail", nil, nil)))
            } catch {
                guard error.belongsToForm else { throw error }
                return request.html(PasswordPages.forgotten(request.frame("Forgotten password", nil, nil), entered: Entered(form, error)), status: error.status)
            }
        }
        for (path, invitation) in [("/reset-password", false), ("/invitation", true)] {
            page(path) { request throws(Failure) in
                let token = try request.query()["token"] ?? ""
                return try await Self.chooser(request, token: token, invitation: invitation, entered: .nothing, status: 200)
            }
            form(path) { request, form throws(Failure) in
                let token = form["token"] ?? ""
                do throws(Failure) {
                    guard form["password"] == form["again"] else {
                        throw .unacceptable([.init(field: "again", reason: "The two passwords differ.", hint: "Type the same password twice.")])
                    }
                    var call = SetPassword()
                    call.token = token
                    call.password = form["password"] ?? ""
                    _ = try await request.call(call)
                    request.setCookies.append(.removing(WebRequest.sessionCookie))
                    return request.redirect("/sign-in", notice: .passwordSet)
                } catch {
                    guard error.belongsToForm else { throw error }
                    return try await Self.chooser(request, token: token, invitation: invitation, entered: Entered(Form(), error), status: error.status)
                }
            }
        }
    }

    private static func chooser(_ request: WebRequest, token: String, invitation: Bool, entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        var inspect = InspectLink()
        inspect.token = token
        do throws(Failure) {
            let link = try await request.call(inspect)
            return request.html(PasswordPages.choose(request.frame("Choose a password", nil, nil), token: token, link: link, entered: entered), status: status)
        } catch {
            guard error.status == 404 || error.status == 410 || error.status == 422 else { throw error }
            return request.html(PasswordPages.expired(request.frame("Link expired", nil, nil), invitation: invitation), status: 404)
        }
    }
}
