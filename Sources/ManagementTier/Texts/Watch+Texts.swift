// Texts on their way: to providers in turn, into files when there is none, with every attempt kept.
import Control
import Logging
import Nodes
import Outbound
import Storage
import Telemetry
import Wire

extension Watch {
    /// Queues a text and starts sending it at once.
    func send(_ body: String, kind: String, incident: Int, to technician: Technician, at now: Milliseconds) {
        let text = OutgoingText(id: nextText, incident: incident, technician: technician, kind: kind, body: body, at: now)
        nextText += 1
        texts.append(text)
        queue.save { try text.save($0) }
        sendTexts(at: now)
    }

    /// Takes every text whose time has come one step further.
    func sendTexts(at now: Milliseconds) {
        for id in texts.filter({ $0.delivery.due != nil }).map(\.id) {
            guard let index = texts.firstIndex(where: { $0.id == id }) else { continue }
            let actions = texts[index].delivery.tick(providers: providers(for: texts[index].number, at: now), at: now)
            if !actions.isEmpty { carryOut(actions, for: id, at: now) }
        }
    }

    private func providers(for number: String, at now: Milliseconds) -> [String] {
        let serving = providers.filter { $0.serves(number) }
        let isHealthy = { (provider: TextProvider) in provider.failed.map { now - $0 > 30_000 } ?? true }
        return (serving.filter(isHealthy) + serving.filter { !isHealthy($0) }).map(\.name)
    }

    private func carryOut(_ actions: [TextDelivery.Action], for id: Int, at now: Milliseconds) {
        guard let index = texts.firstIndex(where: { $0.id == id }) else { return }
        let text = texts[index]
        for action in actions {
            switch action {
            case .send(let name): Task { await self.attempt(id, with: name) }
            case .file: file(text, at: now)
            case .reportUndelivered:
                node.log.error("no provider took a text", metadata: ["text": "\(id)", "to": "\(text.name)"])
                if text.incident > 0 {
                    apply(machine.undelivered(text.incident, technician: text.technician, technicians: technicians, at: now), at: now)
                }
            case .reportFailed(let reason): node.log.error("a text was given up", metadata: ["text": "\(id)", "reason": "\(reason)"])
            }
        }
        settle(id)
    }

    /// Stores how a text stands, and lets go of it when it is over.
    private func settle(_ id: Int) {
        guard let index = texts.firstIndex(where: { $0.id == id }) else { return }
        let text = texts[index]
        queue.save { try text.save($0) }
        if [.accepted, .delivered, .filed].contains(text.delivery.state), text.incident > 0 {
            told[text.incident, default: []].insert(text.technician)
        }
        // An accepted text stays until its receipt can no longer matter.
        if text.delivery.isOver && text.delivery.state != .accepted { texts.remove(at: index) }
        let now = Timestamp.now.milliseconds
        texts.removeAll { $0.delivery.state == .accepted && now - $0.delivery.created > TextDelivery.worth }
    }

    private func attempt(_ id: Int, with name: String) async {
        guard let text = texts.first(where: { $0.id == id }), let provider = providers.first(where: { $0.name == name }) else { return }
        let begun = Timestamp.now.milliseconds
        let receipt = provider.canReachUs || !publicURL.contains("//localhost")
            ? publicURL + "/i/" + IncidentLink(number: id, technician: text.technician, at: begun).token(.receipt, key: linkKey) + "?d=%d" : nil
        let request = provider.kannel.request(
            to: text.number, text: text.body, alphabet: TextLength(text.body).alphabet, receiptURL: receipt)
        var outcome = await ask(request)
        if case .permanent(let reason) = outcome, provider.kannel.from == nil, KannelProvider.wantsSender(reason) {
            // Neither the configuration nor Kannel's own names a sender: better a plain one than no text.
            let place = providers.firstIndex { $0.name == name }
            if let place { providers[place].kannel.from = KannelProvider.plainSender }
            var named = provider.kannel
            named.from = KannelProvider.plainSender
            outcome = await ask(named.request(to: text.number, text: text.body, alphabet: TextLength(text.body).alphabet, receiptURL: receipt))
        }
        let now = Timestamp.now.milliseconds
        keep(outcome, of: id, with: name, begun: begun, at: now)
        if let place = providers.firstIndex(where: { $0.name == name }) {
            if case .accepted = outcome { providers[place].failed = nil } else { providers[place].failed = now }
        }
        guard let index = texts.firstIndex(where: { $0.id == id }) else { return }
        let actions = texts[index].delivery.answered(outcome, owesReceipt: receipt != nil && receipts.contains(name), at: now)
        carryOut(actions, for: id, at: now)
    }

    private func ask(_ request: OutboundRequest) async -> AttemptOutcome {
        do throws(OutboundFailure) {
            let response = try await outbound.send(request)
            return switch KannelProvider.verdict(status: response.status, body: response.text) {
            case .accepted: .accepted(id: nil)
            case .temporary(let reason): .temporary(reason)
            case .permanent(let reason): .permanent(reason)
            }
        } catch { return .temporary(error.reason) }
    }

    private func keep(_ outcome: AttemptOutcome, of id: Int, with name: String, begun: Milliseconds, at now: Milliseconds) {
        let (word, reason) =
            switch outcome {
            case .accepted: ("accepted", "")
            case .temporary(let reason): ("failed", reason)
            case .permanent(let reason): ("refused", reason)
            }
        (word == "accepted" ? metrics.textsSent : metrics.textsFailed).add()
        node.log.info("text \(word)", metadata: ["text": "\(id)", "provider": "\(name)", "ms": "\(now - begun)", "reason": "\(reason)"])
        queue.save {
            try $0.execute(
                "INSERT INTO attempts(text, provider, at, took, outcome, reason) VALUES (?, ?, ?, ?, ?, ?)",
                id, name, begun, now - begun, word, reason)
        }
    }

    /// A receipt came in by its signed link.
    func receipt(text id: Int, code: Int) {
        let now = Timestamp.now.milliseconds
        guard let delivered = KannelProvider.isDelivered(receipt: code), let index = texts.firstIndex(where: { $0.id == id }) else { return }
        if let provider = texts[index].delivery.provider, !receipts.contains(provider) {
            receipts.insert(provider)
            queue.save { try $0.execute("INSERT OR IGNORE INTO facts(name, value) VALUES (?, ?)", "receipts-" + provider, provider) }
        }
        let actions = texts[index].delivery.receipt(delivered: delivered, reason: "code \(code)", at: now)
        carryOut(actions, for: id, at: now)
    }

    /// Pages nobody took yet are no longer wanted once somebody has the incident or it is over.
    func cancelPages(of incident: Int) {
        let pages = ["down", "again", "flapping", "reminder"]
        for id in texts.filter({ $0.incident == incident && pages.contains($0.kind) && !$0.delivery.isOver }).map(\.id) {
            guard let index = texts.firstIndex(where: { $0.id == id }) else { continue }
            texts[index].delivery.cancel()
            settle(id)
        }
    }

    /// The last resort: a file that names the number and holds the text as the phone would show it.
    private func file(_ text: OutgoingText, at now: Milliseconds) {
        let content = "To: \(text.number) (\(text.name))\nDate: \(Timestamp(milliseconds: now).iso8601)\n\n\(text.body)\n"
        writeOutbox(name: Outbox.fileName(at: now, name: text.name), id: text.id, ending: "txt", Array(content.utf8))
    }

    /// Writes a file in one step; a second of the same millisecond and name gets its id behind it.
    func writeOutbox(name: String, id: Int, ending: String, _ bytes: [UInt8]) {
        let directory = node.state.outbox, log = node.log
        Task {
            do {
                try await resolver.run {
                    try DurableFiles.makeDirectory(directory)
                    let plain = "\(directory)/\(name).\(ending)"
                    try DurableFiles.replace(DurableFiles.exists(plain) ? "\(directory)/\(name)-\(id).\(ending)" : plain, with: bytes)
                }
            } catch { log.error("a text could not be written to outbox/", metadata: ["file": "\(name)", "reason": "\(error)", "text": "\(String(decoding: bytes, as: UTF8.self))"]) }
        }
    }
}

/// Names of files in `outbox/`.
enum Outbox {
    /// `20261122T150405123Z-Ana`: they sort by time, and nothing in a name leaves the directory.
    static func fileName(at now: Milliseconds, name: String) -> String {
        let time = Timestamp(milliseconds: now).iso8601.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
        let safe = name.unicodeScalars.map { scalar -> Character in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil) ? Character(scalar) : "-"
        }
        return "\(time)-\(String(safe.prefix(40)))"
    }
}
