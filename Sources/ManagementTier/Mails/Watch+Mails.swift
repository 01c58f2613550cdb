// Mails on their way: queued durably, through the relay, again later while it fails; and those the data tier asks for.
import Control
import Logging
import Nodes
import Outbound
import ProcedureClient
import Procedures
import Storage
import Telemetry
import Wire

extension Watch {
    /// Queues a mail; one with a key already known is the same mail and is not queued again.
    func queueMail(key: String, to recipient: String, subject: String, body: String, automatic: Bool, at now: Milliseconds) {
        guard !mails.contains(where: { $0.key == key }) else { return }
        let mail = OutgoingMail(id: nextMail, key: key, recipient: recipient, subject: subject, body: body, isAutomatic: automatic, at: now)
        nextMail += 1
        mails.append(mail)
        queue.save { try mail.save($0) }
    }

    /// Sends what is due, up to ten at once; the relay's answer decides about each alone.
    func sendMails(at now: Milliseconds) {
        guard !mailBusy else { return }
        let due = mails.filter { $0.state == .waiting && Clock.isDue($0.due ?? 0, at: now, longest: MailRetry.longest) }.prefix(10)
        guard !due.isEmpty else { return }
        mailBusy = true
        let batch = Array(due)
        Task {
            await withTaskGroup(of: Void.self) { group in
                for mail in batch { group.addTask { await self.attempt(mail) } }
            }
            self.mailBusy = false
        }
    }

    private func attempt(_ mail: OutgoingMail) async {
        let begun = Timestamp.now.milliseconds
        guard let settings = node.configuration.mail else {
            writeOutbox(name: Outbox.fileName(at: begun, name: mail.recipient) + "-\(mail.id)", id: mail.id, ending: "eml", Self.plain(mail))
            return settle(mail.id, .sent, reason: "no relay is configured: written to outbox/", due: nil)
        }
        guard let from = MailAddress(settings.from), let to = MailAddress(mail.recipient) else {
            return settle(mail.id, .failed, reason: "\(mail.recipient) is no address mail can be sent to", due: nil)
        }
        let message = MailMessage(
            from: from, fromName: "Fitech", to: to, subject: mail.subject, body: mail.body,
            date: Timestamp(milliseconds: mail.created), key: mail.key, automatic: mail.isAutomatic ? .generated : .no)
        // The path of an smtp URL is the name said in EHLO.
        let relay = settings.relay.split(separator: "/").count > 2 ? settings.relay : settings.relay + "/" + node.configuration.name
        var request = OutboundRequest(url: relay, kind: .mail(from: from.text, to: to.text, message: message.bytes))
        request.timeout = .seconds(60)
        var failure: OutboundFailure?
        do throws(OutboundFailure) { _ = try await outbound.send(request) } catch { failure = error }
        let now = Timestamp.now.milliseconds
        keepAttempt(mail.id, failure, begun: begun, at: now)
        guard let failure else {
            mailProblem = nil
            return settle(mail.id, .sent, reason: "", due: nil)
        }
        mailProblem = failure.reason
        if mail.tries == 0 {
            // Until the relay is back, operations can at least read what is waiting.
            writeOutbox(name: Outbox.fileName(at: begun, name: mail.recipient) + "-\(mail.id)", id: mail.id, ending: "eml", message.bytes)
        }
        let next = failure.isTemporary ? MailRetry.next(tries: mail.tries + 1, created: mail.created, at: now) : nil
        settle(mail.id, next == nil ? .failed : .waiting, reason: failure.reason, due: next)
    }

    private static func plain(_ mail: OutgoingMail) -> [UInt8] {
        guard let from = MailAddress("nobody@localhost"), let to = MailAddress(mail.recipient) else { return Array(mail.body.utf8) }
        return MailMessage(
            from: from, to: to, subject: mail.subject, body: mail.body, date: Timestamp(milliseconds: mail.created), key: mail.key).bytes
    }

    private func keepAttempt(_ id: Int, _ failure: OutboundFailure?, begun: Milliseconds, at now: Milliseconds) {
        node.log.info(failure == nil ? "mail sent" : "mail failed", metadata: ["mail": "\(id)", "ms": "\(now - begun)", "reason": "\(failure?.reason ?? "")"])
        (failure == nil ? metrics.mailsSent : metrics.mailsFailed).add()
        let outcome = failure == nil ? "sent" : failure?.isTemporary == true ? "failed" : "refused", reason = failure?.reason ?? ""
        queue.save {
            try $0.execute(
                "INSERT INTO attempts(mail, provider, at, took, outcome, reason) VALUES (?, 'relay', ?, ?, ?, ?)", id, begun, now - begun, outcome, reason)
        }
    }

    private func settle(_ id: Int, _ state: OutgoingMail.State, reason: String, due: Milliseconds?) {
        guard let index = mails.firstIndex(where: { $0.id == id }) else { return }
        mails[index].state = state
        mails[index].tries += 1
        mails[index].reason = reason
        mails[index].due = due
        let mail = mails[index]
        let outcome = MailOutcome(of: mail, at: Timestamp.now)
        if let outcome { outcomes[mail.id] = outcome }
        queue.save { database in
            try mail.save(database)
            if let outcome { try database.execute("UPDATE mails SET told = 0, settled = ? WHERE id = ?", outcome.at.milliseconds, mail.id) }
            // What was sent is not kept longer than its receiver needs: it may hold a link that signs somebody in.
            if mail.state == .sent { try database.execute("UPDATE mails SET body = '' WHERE id = ?", mail.id) }
        }
        if state != .waiting { mails.remove(at: index) }
    }

    // MARK: What the data tier asks for

    /// Takes mails over from the data tier: first durably into the own queue, then they are finished there. A crash
    /// between the two asks for the same keys again, and they are known.
    func pullEffects() async {
        guard !pulling, node.fleet.primary?.state == .ready else { return }
        pulling = true
        defer { pulling = false }
        do throws(Failure) {
            let answer = try await procedures.call(PullEffects())
            effectsProblem = nil
            makeCalls(answer.calls)
            beginUploads(answer.uploads)
            guard !answer.mails.isEmpty || !answer.windows.isEmpty else { return }
            let taken = try await take(answer.windows) + takeOver(answer.mails)
            var finished = FinishEffects()
            finished.ids = taken
            _ = try await procedures.call(finished, replay: "effects-" + (taken.first ?? "") + "-\(taken.count)")
        } catch {
            if effectsProblem == nil { node.log.notice("mails cannot be asked for", metadata: ["reason": "\(error.reason)"]) }
            effectsProblem = error.reason
        }
    }

    private func takeOver(_ wanted: [MailEffect]) async throws(Failure) -> [String] {
        let first = nextMail
        nextMail += wanted.count
        let fresh = wanted.enumerated().map { index, effect in
            OutgoingMail(
                id: first + index, key: MailOutcome.prefix + effect.id, recipient: effect.to, subject: effect.subject, body: effect.body,
                isAutomatic: true, at: Timestamp.now.milliseconds)
        }
        let added: [OutgoingMail]
        do {
            added = try await queue.file.write { database in
                try fresh.filter { mail in
                    guard try database.int("SELECT 1 FROM mails WHERE key = ?", mail.key) == nil else { return false }
                    try mail.save(database)
                    return true
                }
            }
        } catch let error as StorageError { throw error.failure } catch { throw .fault("\(error)") }
        mails += added
        return wanted.map(\.id)
    }
}
