// Tells an audience by mail: after the commit that published, moved or cancelled an announcement, customer by customer. How far it
// came is kept in the directory, and a person's mail is one row in the person's own database: a crash in between repeats nothing.
import Control
import Digests
import Procedures
import Storage
import SupportCentre
import Synchronization
import Wire

/// One run at a time; who comes meanwhile makes it look once more.
final class AnnouncementRuns: Sendable {
    private let state = Mutex<(running: Bool, again: Bool)>((false, false))

    /// False when somebody else is at it and will look again.
    func begin() -> Bool {
        state.withLock { state in
            if state.running { state.again = true; return false }
            state = (true, false)
            return true
        }
    }
    /// True when there may be more to do.
    func end() -> Bool {
        state.withLock { state in
            if state.again { state.again = false; return true }
            state.running = false
            return false
        }
    }
}

extension DataStore {
    /// After a change of an announcement: pages know it at once, mails follow without anybody waiting for them.
    func announce(at now: Timestamp) async {
        do { try await reloadAnnouncements(at: now) } catch { log.warning("the announcements cannot be read", ("error", "\(error)")) }
        Task.detached { await AnnouncementMails.run(self, at: now) }
    }
}

enum AnnouncementMails {
    /// Mails written in one transaction.
    private static let batch = 200
    /// Customers after which the directory keeps how far it is.
    private static let stride = 50

    private struct Notice: Sendable {
        var row: Int
        var announcement: Announcement
        var what: AnnouncementStep
        var note: String
        var origin: String
    }

    /// Writes every mail that is still to be written. Asked for again it does nothing twice.
    static func run(_ store: DataStore, at now: Timestamp) async {
        guard store.announcing.begin() else { return }
        repeat {
            do { try await pass(store, at: now) } catch { store.log.warning("announcements are told later", ("error", "\(error)")) }
        } while store.announcing.end()
    }

    private static func pass(_ store: DataStore, at now: Timestamp) async throws {
        let (notices, told) = try await store.directory.alone { database in
            (try pending(at: now, in: database), try database.query("SELECT place, notice FROM announcement_told") { ($0.text(0), $0.int(1)) })
        }
        guard let newest = notices.map(\.row).max() else { return }
        let reached = Dictionary(told, uniquingKeysWith: max)
        var done: [String] = []
        for place in ["staff"] + store.allCustomers.map(\.name) {
            let missing = notices.filter { $0.row > reached[place] ?? 0 }
            guard !missing.isEmpty, store.role.mayWrite else { continue }
            do {
                for notice in missing { try await tell(notice, place, store, at: now) }
                done.append(place)
            } catch {
                store.log.warning("a customer is told of an announcement later", ("customer", place), ("error", "\(error)"))
            }
            if done.count == stride { try await keep(done, newest, store); done = [] }
        }
        if !done.isEmpty { try await keep(done, newest, store) }
    }

    private static func keep(_ places: [String], _ newest: Int, _ store: DataStore) async throws {
        try await store.write(store.directory) { database in
            for place in places {
                try database.execute("INSERT INTO announcement_told (place, notice) VALUES (?, ?) ON CONFLICT (place) DO UPDATE SET notice = max(notice, excluded.notice)", place, newest)
            }
        }
    }

    /// The last notice of each announcement that still concerns anybody: what was moved or cancelled meanwhile is told as it is now.
    private static func pending(at now: Timestamp, in directory: Database) throws -> [Notice] {
        try directory.query("""
            SELECT a.id, a.kind, a.state, a.title, a.body, a.emergency, a.customer, a.role, a.starts, a.ends, a.banner_starts, a.banner_ends, a.by_name, a.published,
                a.updated, a.round, a.version, '', n.row, n.what, n.note, n.origin
            FROM announcement a JOIN announcement_notice n ON n.announcement = a.id AND n.round = a.round
            WHERE a.shown_until > ? ORDER BY n.row LIMIT 1000
            """, now.milliseconds) { row in
            Notice(row: row.int(18), announcement: AnnouncementRow.listed(row), what: AnnouncementStep(rawValue: row.text(19)) ?? .publish, note: row.text(20), origin: row.text(21))
        }
    }

    private struct Reader: Sendable {
        var id: String, email: String, name: String, zone: String
    }

    private static func tell(_ notice: Notice, _ place: String, _ store: DataStore, at now: Timestamp) async throws {
        let one = notice.announcement
        let file: DatabaseFile
        if place == "staff" {
            guard one.customer == nil, one.role?.isStaff != false else { return }
            file = store.directory
        } else {
            guard one.customer == nil || one.customer == place, one.role?.isStaff != true, let entry = store.customer(place) else { return }
            file = entry.file
        }
        while true {
            let count = try await store.write(file) { database in
                // Whoever has no mail of this round yet. That it is off concerns only who heard that it is on.
                let readers = try database.query("""
                    SELECT p.id, p.email, p.name, p.zone FROM person p
                    LEFT JOIN announcement_receipt r ON r.announcement = ?1 AND r.round = ?2 AND r.person = p.id
                    WHERE p.password IS NOT NULL AND p.suspended IS NULL AND (?3 IS NULL OR p.role = ?3) AND r.mail IS NULL
                        AND (?4 = 0 OR EXISTS (SELECT 1 FROM announcement_receipt e WHERE e.announcement = ?1 AND e.round < ?2 AND e.person = p.id))
                    ORDER BY p.id LIMIT ?5
                    """, one.id, one.round, one.role?.rawValue, notice.what == .cancel, batch) { Reader(id: $0.text(0), email: $0.text(1), name: $0.text(2), zone: $0.text(3)) }
                for reader in readers {
                    let mail = try Mail.write(to: reader.email, subject: subject(notice), body: body(notice, reader), place: place, now: now, in: database)
                    try database.execute("""
                        INSERT INTO announcement_receipt (announcement, round, person, mail, mail_state, mail_at) VALUES (?, ?, ?, ?, 'written', ?)
                        ON CONFLICT (announcement, round, person) DO UPDATE SET mail = excluded.mail, mail_state = excluded.mail_state, mail_at = excluded.mail_at
                        """, one.id, one.round, reader.id, mail, now.milliseconds)
                }
                return readers.count
            }
            if count > 0 { store.effects.note(place) }
            if count < batch { return }
        }
    }

    // MARK: Words

    private static func subject(_ notice: Notice) -> String {
        let what = switch notice.what {
        case .publish: notice.announcement.kind.word
        case .reschedule: "\(notice.announcement.kind.word) moved"
        case .cancel: notice.announcement.kind.isWork ? "\(notice.announcement.kind.word) cancelled" : "Withdrawn"
        }
        return "[\(what)] \(notice.announcement.title)"
    }

    private static func body(_ notice: Notice, _ reader: Reader) -> String {
        let one = notice.announcement
        func clock(_ moment: Timestamp) -> String { LocalTime.text(moment, in: reader.zone).replacing("T", with: " ") }
        var parts = ["Hello \(reader.name),"]
        switch notice.what {
        case .publish: break
        case .reschedule: parts.append("what was announced to you takes place at another time. \(notice.note)")
        case .cancel: parts.append(one.kind.isWork ? "what was announced to you will not take place. \(notice.note)" : "this does not hold any more. \(notice.note)")
        }
        if let starts = one.starts, notice.what != .cancel {
            let until = one.ends.map { " to \(clock($0))" } ?? ""
            parts.append("When: \(clock(starts))\(until) in \(reader.zone) (\(starts.iso8601)\(one.ends.map { " to \($0.iso8601)" } ?? ""))")
        }
        if !one.emergency.isEmpty { parts.append("Why at such short notice: \(one.emergency)") }
        parts.append(notice.what == .publish ? one.body : "It was:\n\n\(one.title)\n\n\(one.body)")
        if one.kind == .upgrade, notice.what != .cancel {
            parts.append("Upgrades are part of the service you use. Please acknowledge in the portal that you have read this.")
        }
        parts.append(notice.origin.isEmpty ? "Sign in to the portal to read and acknowledge it." : "Read and acknowledge it: \(notice.origin)/announcements/\(one.id)")
        return parts.joined(separator: "\n\n") + "\n"
    }
}
