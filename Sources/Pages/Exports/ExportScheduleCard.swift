// The schedule of exports on their page: when the next one comes, where it goes, and the form that sets it.
import Procedures
import SupportCentre
import Wire

enum ExportScheduleCard {
    static func html(_ frame: Frame, _ schedule: ExportSchedule?, zone: String, customer: String?, entered: Entered) -> HTML {
        let typed = entered.form["every"] != nil
        return Component.card("On a schedule", """
            \(schedule.map { state($0, frame, customer) } ?? "<p class=\"note\">None is set. Exports can come by themselves, to download here or straight to a server of yours.</p>")
            <details\(" open", if: typed)><summary>\(raw: schedule == nil ? "Set a schedule" : "Change it")</summary>\(form(frame, schedule, zone: zone, customer: customer, entered: typed ? entered : .nothing))</details>
            """)
    }

    private static func state(_ schedule: ExportSchedule, _ frame: Frame, _ customer: String?) -> HTML {
        let key: HTML = schedule.publicKey.map { """
            <p class="note">The portal signs in with this key. Put the line into <code>authorized_keys</code> of that user:</p><p class="once"><code>\($0)</code></p>
            """ } ?? .empty
        var facts: [(String, HTML)] = [("When", "\(when(schedule)), \(schedule.at) (\(schedule.zone))"), ("Next", .time(schedule.next))]
        if let last = schedule.last { facts.append(("Last", .time(last))) }
        facts.append(("To", schedule.address.map { "<code class=\"digest\">\($0)</code>" } ?? "This page; administrators get a mail"))
        facts.append(("Set by", HTML(schedule.by)))
        return """
            \(Component.facts(facts))\(key)
            <form method="post" action="/exports/unschedule" data-confirm="End the schedule? Exports that are here stay.">\(frame.token)\(ExportsPage.named(customer))<button class="button small danger">End the schedule</button></form>
            """
    }

    private static func when(_ schedule: ExportSchedule) -> HTML {
        switch schedule.every {
        case .day: "Every day"
        case .week: "Every \(DeskHours.weekdays[min(max(schedule.weekday, 0), 6)])"
        case .month: "Every month on day \(schedule.day)"
        }
    }

    private static func form(_ frame: Frame, _ schedule: ExportSchedule?, zone: String, customer: String?, entered: Entered) -> HTML {
        let zones = schedule.map { $0.zone == zone ? [zone] : [$0.zone, zone] } ?? [zone]
        let every = [("day", "Every day"), ("week", "Every week"), ("month", "Every month")]
        let fresh = entered.form.fields.isEmpty ? schedule?.fresh ?? false : entered.form["fresh_restore"] != nil
        return """
            <form class="form" method="post" action="/exports/schedule">\(frame.token)\(ExportsPage.named(customer))
            \(FormField("every", "How often", .choice(every), value: schedule?.every.rawValue ?? "week").filled(entered))
            \(FormField("weekday", "Of a weekly one, the day", .choice(DeskHours.weekdays.enumerated().map { ("\($0.offset)", $0.element) }), value: "\(schedule?.weekday ?? 0)").filled(entered))
            \(FormField("day", "Of a monthly one, the day", .choice((1...28).map { ("\($0)", "\($0)") }), value: "\(schedule?.day ?? 1)").filled(entered))
            \(FormField("at", "Time", .time, value: schedule?.at ?? "02:00").filled(entered))
            \(FormField("zone", "On the clock of", .choice(zones.map { ($0, $0) }), value: schedule?.zone ?? zone).filled(entered))
            <label class="choice"><input type="checkbox" name="fresh_restore" value="yes"\(" checked", if: fresh)><span><b>Up to that minute</b>A restore point is made first; else the newest there is will do.</span></label>
            \(FormField("address", "Send it to", value: schedule?.address ?? "", hint: "By SFTP, like <code>sftp://fitech@files.example.com/exports/</code>. Left empty, administrators get a mail when it can be downloaded here.", required: false, longest: UploadAddress.longest).filled(entered))
            \(FormField("host_key", "Fingerprint of that server's key", value: schedule?.hostKey ?? "", hint: "<code>ssh-keygen -l -f /etc/ssh/ssh_host_ecdsa_key.pub</code> shows it there: <code>SHA256:</code> and 43 characters. A server without such a key shows its Ed25519 key, else its RSA key. The portal speaks to no other.", required: false, longest: 60).filled(entered))
            <div class="actions">\(Component.button("Save the schedule", style: ""))</div></form>
            """
    }
}
