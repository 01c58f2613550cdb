// Looks at the certificates people are shown, and tells technicians before one ends.
import Control
import Engine
import Logging
import Nodes
import Storage
import Wire

extension Watch {
    /// How often the files are looked at.
    static let certificatePause: Milliseconds = 600_000

    func lookAtCertificates() async {
        let state = node.state
        guard let shown = try? await resolver.run({ Self.shown(in: state) }) else { return }
        let now = Timestamp.now.milliseconds
        let before = certificateAlarm.told
        for notice in certificateAlarm.look(at: shown, now: now / 1000) { tell(notice, at: now) }
        keep(certificateAlarm.told, before: before)
    }

    /// The certificates that are shown to somebody; of those another has taken the place of nobody needs to know.
    private static func shown(in state: StateDirectory) -> [CertificateAlarm.Shown] {
        let (found, _) = InstalledCertificate.all(in: state.certificates)
        let own = try? CertificateFacts(file: state.publicCertificate)
        let names = InstalledCertificate.shown(found, first: own.map { (state.publicCertificate, $0) })
        var all = found.map { ($0.path, $0.facts) }
        if let own { all.append((state.publicCertificate, own)) }
        return all.filter { names[$0.0]?.isEmpty == false }.map { CertificateAlarm.Shown(names: $0.1.names, issuer: $0.1.issuer, expires: $0.1.expires) }
    }

    /// A text to whoever is on duty, a mail to every technician who has an address.
    private func tell(_ notice: CertificateAlarm.Notice, at now: Milliseconds) {
        node.log.warning("\(notice.subject)", metadata: ["issuer": "\(notice.shown.issuer)"])
        if let technician = OnCall.onDuty(technicians, at: now) { send(notice.text, kind: "certificate", incident: 0, to: technician, at: now) }
        for technician in technicians {
            guard let email = technician.email else { continue }
            queueMail(
                key: "certificate-\(notice.shown.key)-\(notice.threshold)-\(technician.id)", to: email, subject: notice.subject, body: notice.mail, automatic: true, at: now)
        }
    }

    private func keep(_ told: [String: Int], before: [String: Int]) {
        guard told != before else { return }
        queue.save { database in
            for key in before.keys where told[key] == nil { try database.execute("DELETE FROM facts WHERE name = ?", "certificate-" + key) }
            for (key, threshold) in told where before[key] != threshold {
                try database.execute("INSERT OR REPLACE INTO facts(name, value) VALUES (?, ?)", "certificate-" + key, "\(threshold)")
            }
        }
    }
}
