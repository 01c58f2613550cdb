// Two-step sign-in: giving the code, setting it up at signing in or later, recovery codes, and being asked again.
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addTwoStep() {
        addSecondStep()
        addEnrolment()
        form("/account/two-step/codes") { request, _ throws(Failure) in
            do throws(Failure) {
                let codes = try await request.ask(RenewRecoveryCodes()).codes
                return request.html(TwoStepPages.codes(request.frame("Recovery codes", .account, try await request.viewer()), codes, next: "/account", new: false))
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.account(request, Entered(Form(), error), status: error.status)
            }
        }
        form("/account/two-step/end") { request, _ throws(Failure) in
            do throws(Failure) {
                _ = try await request.ask(EndTwoStep())
                return request.redirect("/account", notice: .twoStepOff)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.account(request, Entered(Form(), error), status: error.status)
            }
        }
        page("/account/confirm") { request throws(Failure) in
            try await Self.confirm(request, next: LocalPath.safe(try request.query()["next"]), .nothing, status: 200)
        }
        form("/account/confirm") { request, form throws(Failure) in
            let next = LocalPath.safe(form["next"])
            do throws(Failure) {
                guard form["confirm"]?.isEmpty == false else { throw .unacceptable([.init(field: "confirm", reason: "It is empty.", hint: "Fill it in.")]) }
                try await request.confirm(by: form)
                return request.redirect(next, notice: .confirmed)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.confirm(request, next: next, Entered(Form(), error), status: error.status)
            }
        }
    }

    static func confirm(_ request: WebRequest, next: String, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let account = try await request.ask(ShowAccount())
        return request.html(TwoStepPages.confirm(request.frame("Is it you?", .account, request.viewer(account.person)), twoStep: account.twoStep.on, next: next, passkey: request.passkeys.has(account.passkeys), entered: entered), status: status)
    }

    // MARK: Signing in

    private func addSecondStep() {
        page("/sign-in/code") { request throws(Failure) in
            guard request.session != nil else { throw .signedOut() }
            let query = try request.query()
            return request.html(TwoStepPages.code(request.frame("One more step", nil, nil), next: LocalPath.safe(query["next"]), recovery: query["recovery"] == "yes", passkey: await Self.hasPasskey(request)))
        }
        form("/sign-in/code") { request, form throws(Failure) in
            let next = LocalPath.safe(form["next"])
            do throws(Failure) {
                guard let code = form.text("code") else { throw .unacceptable([.init(field: "code", reason: "Enter a code.", hint: "Your app shows it.")]) }
                var call = FinishSignIn()
                call.code = code
                request.adopt(try await request.ask(call))
                return request.redirect(next)
            } catch {
                if error.code == "signed-in" { return request.redirect(next) }
                guard error.belongsToForm else { throw error }
                var response = request.html(
                    TwoStepPages.code(request.frame("One more step", nil, nil), next: next, recovery: form["recovery"] == "yes", passkey: await Self.hasPasskey(request), entered: Entered(Form(), error)), status: error.status)
                if let seconds = error.retryAfter { response.fields.add("Retry-After", "\(seconds)") }
                return response
            }
        }
    }

    /// Whether a passkey may stand in for the code. The page is worth showing without an answer.
    private static func hasPasskey(_ request: WebRequest) async -> Bool {
        guard request.passkeys.isOffered else { return false }
        var call = AskPasskey()
        call.origin = request.origin
        return (try? await request.ask(call))?.credentials.isEmpty == false
    }

    /// The same three steps for who sets it up at signing in and for who does it later.
    private func addEnrolment() {
        for (path, signingIn) in [("/sign-in/two-step", true), ("/account/two-step", false)] {
            page(path) { request throws(Failure) in
                let next: String? = signingIn ? LocalPath.safe(try request.query()["next"]) : nil
                guard request.session != nil else { throw .signedOut() }
                let viewer = signingIn ? nil : try await request.viewer()
                return request.html(TwoStepPages.introduction(request.frame("Set up two-step sign-in", signingIn ? nil : .account, viewer), next: next))
            }
            form(path) { request, form throws(Failure) in
                try await Self.enrol(request, next: signingIn ? LocalPath.safe(form["next"]) : nil, .nothing, status: 200)
            }
            form(path + "/confirm") { request, form throws(Failure) in
                let next: String? = signingIn ? LocalPath.safe(form["next"]) : nil
                do throws(Failure) {
                    var call = ConfirmTwoStep()
                    call.code = form.text("code") ?? ""
                    let answer = try await request.ask(call)
                    guard let signedIn = answer.signedIn else { throw .fault("Two-step sign-in came without a session.") }
                    request.adopt(signedIn)
                    let frame = request.frame("Recovery codes", signingIn ? nil : .account, request.viewer(signedIn.person))
                    return request.html(TwoStepPages.codes(frame, answer.codes, next: next ?? "/account", new: true))
                } catch {
                    guard error.status == 422 || error.status == 429 else { throw error }
                    return try await Self.enrol(request, next: next, Entered(Form(), error), status: error.status)
                }
            }
        }
    }

    private static func enrol(_ request: WebRequest, next: String?, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let begun = try await request.ask(BeginTwoStep())
        let frame = request.frame("Set up two-step sign-in", next == nil ? .account : nil, next == nil ? request.viewer(begun.person) : nil)
        return request.html(TwoStepPages.enrolment(frame, begun, next: next, entered: entered), status: status)
    }
}

extension WebRequest {
    /// Where somebody is led who has to do something else first; nil where the failure is another.
    func diverted(_ failure: Failure, afterForm: Bool) -> HTTPResponse? {
        let path: String
        switch failure.code {
        case "give-code": path = "/sign-in/code"
        case "set-up-two-step": path = "/sign-in/two-step"
        case "confirm-identity": path = "/account/confirm"
        default: return failure.status == 401 ? sendToSignIn(afterForm: afterForm) : nil
        }
        // After a form, back to the page it stood on.
        let here = afterForm ? exchange.head.fields["referer"].flatMap { $0.hasPrefix(origin + "/") ? String($0.dropFirst(origin.count)) : nil } : exchange.head.target
        let next = LocalPath.safe(here)
        return .redirect(next == "/" ? path : "\(path)?next=\(PercentCoding.encode(next))")
    }
}
