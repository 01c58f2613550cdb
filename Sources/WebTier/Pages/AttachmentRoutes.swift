// Files of tickets on pages: sent with a message, downloaded, taken away.
import Engine
import Procedures
import Wire

extension WebHandler {
    /// A message and its files together.
    static let messageBytes = Attachment.largest + (1 << 20)
    static let fileLimits: FormLimits = {
        var limits = FormLimits()
        limits.fileBytes = Attachment.largest
        return limits
    }()

    func addAttachments() {
        router.on(.get, "/tickets/{number}/attachments/{id}") { [unowned self] exchange in
            let request = WebRequest(exchange, self)
            do throws(Failure) {
                guard request.session != nil else { throw .signedOut() }
                guard let number = Int(request.parameter("number")), number > 0 else { throw .notFound("ticket") }
                let inline = try request.query()["show"] != nil
                try await request.attachments(of: number).answer(request.parameter("id"), inline: inline, to: exchange)
            } catch {
                // Nothing is said once the file has begun: the answer is cut, and its length tells so.
                let response = error.status == 401 ? request.sendToSignIn() : await errorPage(request, error)
                await exchange.respond(request.finished(response))
            }
        }
        form("/tickets/{number}/attachments/{id}/remove") { request, form throws(Failure) in
            var call = RemoveAttachment()
            (call.number, call.id) = (Int(request.parameter("number")) ?? 0, request.parameter("id"))
            _ = try await request.ask(call)
            return request.redirect("/tickets/\(call.number)", notice: .fileRemoved)
        }
    }

    /// The files of a form, after the message they belong to. One that cannot be taken is told by name; the message is there already.
    static func send(_ files: [Form.File], to ticket: Int, reply: String?, _ request: WebRequest) async throws(Failure) {
        for (place, file) in files.enumerated() where file.name == "file" && !file.bytes.isEmpty {
            var rest: [UInt8]? = file.bytes
            do throws(Failure) {
                _ = try await request.attachments(of: ticket).send(file.fileName, reply: reply, name: "\(place)") { () async throws(Failure) in
                    defer { rest = nil }
                    return rest
                }
            } catch {
                var failure = error
                failure.reason = "Your message is sent, but not the file \(file.fileName): \(error.reason)"
                failure.hint = "Open ticket #\(ticket) and send the file with another message."
                // Not a matter of this form any more: sending it again would send the message twice.
                failure.fields = []
                if failure.belongsToForm { failure.status = 403 }
                throw failure
            }
        }
    }
}
