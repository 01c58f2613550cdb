// Tells the data tier how the mails it asked for fare, so that it can prove that somebody was told. Kept until it has heard.
import Control
import Logging
import Nodes
import ProcedureClient
import Procedures
import Storage
import Wire

extension Watch {
    private static let perReport = 200

    /// One report at a time; what cannot be told now is told the next time round.
    func reportMails() async {
        guard !reporting, !outcomes.isEmpty, node.fleet.primary?.state == .ready else { return }
        reporting = true
        defer { reporting = false }
        let told = outcomes.sorted { $0.key < $1.key }.prefix(Self.perReport)
        var report = ReportMails()
        report.items = told.map(\.value)
        do throws(Failure) { _ = try await procedures.call(report) } catch {
            if effectsProblem == nil { node.log.notice("the data tier cannot be told of mails", metadata: ["reason": "\(error.reason)"]) }
            effectsProblem = error.reason
            return
        }
        // Meanwhile one may have gone on to another state, which is told the next time.
        let heard = told.filter { outcomes[$0.key]?.at == $0.value.at && outcomes[$0.key]?.state == $0.value.state }.map(\.key)
        for id in heard { outcomes[id] = nil }
        queue.save { database in
            for id in heard { try database.execute("UPDATE mails SET told = 1 WHERE id = ?", id) }
        }
    }
}

extension MailOutcome {
    /// The key of a mail that the data tier asked for is that of its effect behind this.
    static let prefix = "effect-"

    /// Nil for mails of the watch's own.
    init?(of mail: OutgoingMail, at now: Timestamp) {
        guard mail.key.hasPrefix(Self.prefix) else { return nil }
        self.init()
        (id, at, reason) = (String(mail.key.dropFirst(Self.prefix.count)), now, mail.reason)
        state = MailState(mail.state)
    }

    static let untold: StaticString = "SELECT id, key, state, reason, settled FROM mails WHERE told = 0"

    static func of(_ row: Row) -> (Int, MailOutcome) {
        var outcome = MailOutcome()
        outcome.id = String(row.text(1).dropFirst(prefix.count))
        outcome.state = MailState(OutgoingMail.State(rawValue: row.text(2)) ?? .waiting)
        outcome.reason = row.text(3)
        outcome.at = Timestamp(milliseconds: row.optionalInt64(4) ?? 0)
        return (row.int(0), outcome)
    }
}

extension MailState {
    /// Sent is delivered: the relay took it.
    init(_ state: OutgoingMail.State) {
        self =
            switch state {
            case .waiting: .waiting
            case .sent: .delivered
            case .failed: .failed
            }
    }
}
