// What follows from a change getting a time, another one, or none any more: management hears of the window, and support finds the
// draft of an announcement.
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum ChangeWindows {
    /// Writes what management is to plan, in the transaction of its cause. A change that names no part of the service has no window:
    /// an empty field must not silence the watch over everything.
    static func write(_ change: Change, place: String, at now: Timestamp, in database: Database) throws {
        guard let starts = change.starts, let ends = change.ends, !change.parts.isEmpty else { return }
        try database.execute(
            "INSERT INTO window_effect (id, change, version, title, parts, starts, ends, cancelled) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            place + "." + Identifier.make(), change.number, now.milliseconds, "Planned maintenance", change.parts.joined(separator: " "), starts.milliseconds,
            ends.milliseconds, change.state == .cancelled)
    }

    static func pending(_ limit: Int, in database: Database) throws -> [WindowEffect] {
        try database.query("SELECT id, change, version, title, parts, starts, ends, cancelled FROM window_effect ORDER BY row LIMIT ?", limit) { row in
            var effect = WindowEffect()
            (effect.id, effect.change, effect.version, effect.title) = (row.text(0), row.int(1), row.int(2), row.text(3))
            effect.parts = ChangeRow.words(row.text(4))
            (effect.starts, effect.ends) = (Timestamp(milliseconds: row.int64(5)), Timestamp(milliseconds: row.int64(6)))
            effect.cancelled = row.bool(7)
            return effect
        }
    }

    /// Keeps the draft that goes with a change in step with it: there when it is scheduled, at its time, gone when it is called off. What
    /// support has published is support's: it is moved and cancelled with a word on why.
    static func draft(_ change: Change, in directory: Database) throws {
        let now = change.updated.milliseconds
        guard change.state == .scheduled, let starts = change.starts, let ends = change.ends else {
            if change.state == .cancelled {
                try directory.execute("UPDATE announcement SET state = 'cancelled', updated = ?, version = version + 1 WHERE change = ? AND state = 'draft'", now, change.number)
            }
            return
        }
        let parts = change.parts.compactMap { ServicePart(rawValue: $0)?.title }
        let body = "We work on your service at the time above.\(parts.isEmpty ? "" : " It concerns: \(parts.joined(separator: ", ")).")\n\n\(change.reason)"
        let id = Identifier.make()
        try directory.execute("""
            INSERT INTO announcement (id, kind, state, title, body, emergency, customer, starts, ends, person, by_name, updated, change)
            VALUES (?, 'maintenance', 'draft', ?, ?, '', ?, ?, ?, '', ?, ?, ?)
            ON CONFLICT (change) WHERE change IS NOT NULL DO UPDATE SET starts = excluded.starts, ends = excluded.ends, updated = excluded.updated, version = version + 1
            WHERE state = 'draft' AND (starts IS NOT excluded.starts OR ends IS NOT excluded.ends)
            """, id, change.title, body, change.customer, starts.milliseconds, ends.milliseconds, "Change \(change.number)", now, change.number)
        // One that was there already is indexed already; its times are no words. Nothing is added where the id is not found.
        try AnnouncementWords.add(id, in: directory)
    }
}
