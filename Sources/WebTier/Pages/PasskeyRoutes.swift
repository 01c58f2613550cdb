// Passkeys: the question the script asks for, what comes of its answer, and one's own on the page of the account.
import Digests
import Engine
import Pages
import Passkeys
import Procedures
import Wire

extension WebHandler {
    func addPasskeys() {
        addQuestion()
        addPasskeySignIn()
        addOwnPasskeys()
    }

    /// A question as the script takes it.
    private struct ScriptQuestion {
        var question: PasskeyQuestion
        var members: [(String, JSON)] = []

        var json: JSON {
            .object([
                ("challenge", .string(Base64URL.encode(question.challenge))), ("site", .string(question.site)), ("credentials", .array(question.credentials.map(JSON.string))),
            ] + members)
        }
    }

    private func addQuestion() {
        form("/passkeys/question") { request, form throws(Failure) in
            let asked: ScriptQuestion
            switch form["for"] {
            case "sign-in":
                var call = BeginPasskeySignIn()
                call.origin = request.origin
                asked = ScriptQuestion(question: try await request.call(call))
            case "code", "confirm":
                var call = AskPasskey()
                call.origin = request.origin
                asked = ScriptQuestion(question: try await request.ask(call))
                guard !asked.question.credentials.isEmpty else {
                    throw .conflict("You have no passkey for this address.", hint: "Use your password or a code.", code: "no-passkey")
                }
            case "add":
                var call = BeginPasskey()
                call.origin = request.origin
                let begun = try await request.ask(call)
                asked = ScriptQuestion(question: begun.question, members: [
                    ("handle", .string(Base64URL.encode(begun.handle))), ("email", .string(begun.email)), ("name", .string(begun.name)),
                    ("algorithms", .array(Passkeys.algorithms.map { .integer(Int64($0)) })),
                ])
            default: throw .invalid("It is not said what the passkey is for.", hint: "Send for=sign-in, code, confirm or add.")
            }
            return .bytes(asked.json.bytes, type: "application/json")
        }
    }

    private func addPasskeySignIn() {
        form("/sign-in/passkey") { request, form throws(Failure) in
            let next = LocalPath.safe(form["next"])
            do throws(Failure) {
                var call = SignInByPasskey()
                call.proof = try request.proof(form)
                (call.address, call.device) = (request.address, request.device)
                let signedIn = try await request.call(call)
                request.setCookies += [SetCookie(name: WebRequest.sessionCookie, value: signedIn.token), .removing(WebRequest.formCookie)]
                return request.redirect(next)
            } catch {
                guard error.belongsToForm || error.isOfPasskey else { throw error }
                return request.later(request.html(
                    SignInPage.html(request.frame("Sign in", nil, nil), entered: Entered(Form(), error), next: next, passkeys: request.passkeys.isOffered), status: error.status), error)
            }
        }
        form("/sign-in/code/passkey") { request, form throws(Failure) in
            let next = LocalPath.safe(form["next"])
            do throws(Failure) {
                var call = FinishSignInByPasskey()
                call.proof = try request.proof(form)
                request.adopt(try await request.ask(call))
                return request.redirect(next)
            } catch {
                if error.code == "signed-in" { return request.redirect(next) }
                guard error.belongsToForm || error.isOfPasskey else { throw error }
                return request.later(request.html(
                    TwoStepPages.code(request.frame("One more step", nil, nil), next: next, recovery: false, passkey: true, entered: Entered(Form(), error)), status: error.status), error)
            }
        }
        form("/account/confirm/passkey") { request, form throws(Failure) in
            let next = LocalPath.safe(form["next"])
            do throws(Failure) {
                var call = ConfirmByPasskey()
                call.proof = try request.proof(form)
                request.adopt(try await request.ask(call))
                return request.redirect(next, notice: .confirmed)
            } catch {
                guard error.belongsToForm || error.isOfPasskey else { throw error }
                return request.later(try await Self.confirm(request, next: next, Entered(Form(), error), status: error.status), error)
            }
        }
    }

    private func addOwnPasskeys() {
        page("/account/passkeys/new") { request throws(Failure) in
            let account = try await request.ask(ShowAccount())
            // Asked now: it would be lost what the device made.
            if account.mustConfirm { return request.redirect("/account/confirm?next=%2Faccount%2Fpasskeys%2Fnew") }
            guard request.passkeys.isOffered else { return request.redirect("/account") }
            return request.html(PasskeyPages.new(request.frame("New passkey", .account, request.viewer(account.person)), name: request.device))
        }
        form("/account/passkeys/new") { request, form throws(Failure) in
            do throws(Failure) {
                var call = AddPasskey()
                call.name = form["name"] ?? ""
                (call.clientData, call.authenticatorData) = (try WebRequest.bytes(form, "client_data", PasskeyLimits.clientData), try WebRequest.bytes(form, "authenticator_data", PasskeyLimits.authenticatorData))
                call.origin = request.origin
                _ = try await request.ask(call)
                return request.redirect("/account", notice: .passkeyAdded)
            } catch {
                guard error.belongsToForm else { throw error }
                let viewer = try await request.viewer()
                return request.html(PasskeyPages.new(request.frame("New passkey", .account, viewer), name: request.device, entered: Entered(form, error)), status: error.status)
            }
        }
        page("/account/passkeys/{id}") { request throws(Failure) in try await Self.passkey(request, .nothing, status: 200) }
        form("/account/passkeys/{id}/rename") { request, form throws(Failure) in
            do throws(Failure) {
                var call = RenamePasskey()
                (call.id, call.name) = (request.parameter("id"), form["name"] ?? "")
                _ = try await request.ask(call)
                return request.redirect("/account", notice: .passkeyRenamed)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.passkey(request, Entered(form, error), status: error.status)
            }
        }
        form("/account/passkeys/{id}/remove") { request, form throws(Failure) in
            var call = RemovePasskey()
            call.id = request.parameter("id")
            // One that is gone is removed as wanted.
            do throws(Failure) { _ = try await request.ask(call) } catch { if error.status != 404 { throw error } }
            return request.redirect("/account", notice: .passkeyRemoved)
        }
    }

    private static func passkey(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let account = try await request.ask(ShowAccount()), id = request.parameter("id")
        guard let passkey = account.passkeys.first(where: { $0.id == id }) else { throw .notFound("passkey") }
        return request.html(PasskeyPages.one(request.frame("Passkey", .account, request.viewer(account.person)), passkey, entered: entered), status: status)
    }
}

extension WebRequest {
    /// Whether passkeys work on the page this request came from, and why not.
    var passkeys: PasskeyOffer {
        switch handler.passkeyOrigins.site(of: origin) {
        case .offered(let site): .offered(site: site)
        case .notBuilt: .not(reason: PasskeyRefusal.notBuilt.reason, hint: "")
        case .numbers(let host): .not(reason: "Browsers allow no passkeys at an address like \(host).", hint: "Open the portal by its name to use them.")
        case .foreign: .not(reason: "Passkeys work at the portal's own address alone.", hint: "Open the portal by its name to use them.")
        }
    }

    /// What the script filled in.
    func proof(_ form: Form) throws(Failure) -> PasskeyProof {
        var proof = PasskeyProof()
        proof.credential = try Self.bytes(form, "credential", PasskeyLimits.credential.upperBound)
        proof.clientData = try Self.bytes(form, "client_data", PasskeyLimits.clientData)
        proof.authenticatorData = try Self.bytes(form, "authenticator_data", PasskeyLimits.authenticatorData)
        proof.signature = try Self.bytes(form, "signature", PasskeyLimits.signature)
        proof.handle = try Self.bytes(form, "handle", PasskeyLimits.handle)
        proof.origin = origin
        return proof
    }

    static func bytes(_ form: Form, _ name: String, _ limit: Int) throws(Failure) -> [UInt8] {
        let text = form[name] ?? ""
        guard text.utf8.count <= (limit * 4 + 2) / 3 else { throw PasskeyRefusal.tooLarge.failure }
        guard let bytes = Base64URL.decode(text) else { throw PasskeyRefusal.unreadable.failure }
        return bytes
    }

    /// Says when to come back, where the failure does.
    func later(_ response: HTTPResponse, _ failure: Failure) -> HTTPResponse {
        var response = response
        if let seconds = failure.retryAfter { response.fields.add("Retry-After", "\(seconds)") }
        return response
    }
}

extension Failure {
    /// Told on the page the passkey was asked by.
    var isOfPasskey: Bool { ["wrong-passkey", "passkey-counter", "suspended"].contains(code) }
}
