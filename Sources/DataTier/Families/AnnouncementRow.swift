// An announcement as the directory holds it. Read whole, changed in memory, saved whole, inside one transaction.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

struct AnnouncementRow: Sendable {
    var announcement: Announcement
    var person: String

    static func find(_ id: String, in directory: Database) throws -> AnnouncementRow? {
        try directory.first("""
            SELECT a.id, a.kind, a.state, a.title, a.body, a.emergency, a.customer, a.role, a.starts, a.ends, a.banner_starts, a.banner_ends, a.by_name, a.published,
                a.updated, a.round, a.version, c.display_name, a.person, a.change
            FROM announcement a LEFT JOIN customer c ON c.name = a.customer WHERE a.id = ?
            """, id) { row in
                var one = AnnouncementRow(announcement: listed(row), person: row.text(18))
                one.announcement.change = row.optionalInt(19)
                return one
            }
    }

    /// The first 18 columns that lists and single ones have alike.
    static func listed(_ row: Row) -> Announcement {
        func time(_ column: Int32) -> Timestamp? { row.optionalInt64(column).map(Timestamp.init(milliseconds:)) }
        var one = Announcement()
        one.id = row.text(0)
        one.kind = AnnouncementKind(rawValue: row.text(1)) ?? .news
        one.state = AnnouncementState(rawValue: row.text(2)) ?? .draft
        one.title = row.text(3)
        one.body = row.text(4)
        one.emergency = row.text(5)
        one.customer = row.optionalText(6)
        one.role = row.optionalText(7).flatMap(PersonRole.init)
        (one.starts, one.ends, one.bannerStarts, one.bannerEnds) = (time(8), time(9), time(10), time(11))
        one.by = row.text(12)
        one.published = time(13)
        one.updated = Timestamp(milliseconds: row.int64(14))
        one.round = row.int(15)
        one.version = row.int(16)
        one.customerDisplayName = row.text(17)
        return one
    }

    func insert(at now: Timestamp, in directory: Database) throws {
        try directory.execute("""
            INSERT INTO announcement (id, kind, state, title, body, emergency, person, by_name, updated) VALUES (?, 'news', 'draft', '', '', '', ?, ?, ?)
            """, announcement.id, person, announcement.by, now.milliseconds)
        try AnnouncementWords.add(announcement.id, in: directory)
    }

    /// - Parameter shown: when every page shows it; nil for a draft.
    mutating func save(shown: Range<Timestamp>?, at now: Timestamp, in directory: Database) throws {
        announcement.version += 1
        announcement.updated = now
        let one = announcement
        try AnnouncementWords.remove(one.id, in: directory)
        try directory.execute("""
            UPDATE announcement SET kind = ?, state = ?, title = ?, body = ?, emergency = ?, customer = ?, role = ?, starts = ?, ends = ?, banner_starts = ?, banner_ends = ?,
                shown_from = ?, shown_until = ?, published = ?, updated = ?, round = ?, version = ?
            WHERE id = ?
            """, one.kind.rawValue, one.state.rawValue, one.title, one.body, one.emergency, one.customer, one.role?.rawValue, one.starts?.milliseconds,
            one.ends?.milliseconds, one.bannerStarts?.milliseconds, one.bannerEnds?.milliseconds, shown?.lowerBound.milliseconds, shown?.upperBound.milliseconds,
            one.published?.milliseconds, now.milliseconds, one.round, one.version, one.id)
        try AnnouncementWords.add(one.id, in: directory)
    }

    /// Keeps that its audience is told, as it stands now.
    func note(_ what: AnnouncementStep, _ note: String, origin: String, at now: Timestamp, in directory: Database) throws {
        try directory.execute(
            "INSERT INTO announcement_notice (announcement, round, at, what, starts, ends, note, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            announcement.id, announcement.round, now.milliseconds, what.rawValue, announcement.starts?.milliseconds, announcement.ends?.milliseconds, note, origin)
    }

    var facts: AnnouncementFacts {
        AnnouncementFacts(kind: announcement.kind, state: announcement.state, times: announcement.times, emergency: announcement.emergency)
    }

    func check(version: Int?) throws(Failure) {
        if let version, version != announcement.version {
            throw .changedMeanwhile("announcement")
        }
    }
}

/// What one person has done about one announcement, as it stands in the person's own database.
struct AnnouncementReceipt: Sendable {
    var read: Timestamp?
    var acknowledged: Timestamp?

    static func find(_ id: String, round: Int, person: String, in database: Database) throws -> AnnouncementReceipt? {
        try database.first("SELECT read, acknowledged FROM announcement_receipt WHERE announcement = ? AND round = ? AND person = ?", id, round, person) { row in
            AnnouncementReceipt(read: row.optionalInt64(0).map(Timestamp.init(milliseconds:)), acknowledged: row.optionalInt64(1).map(Timestamp.init(milliseconds:)))
        }
    }

    /// The first time counts.
    static func read(_ id: String, round: Int, person: String, at now: Timestamp, in database: Database) throws {
        try database.execute("""
            INSERT INTO announcement_receipt (announcement, round, person, read) VALUES (?, ?, ?, ?)
            ON CONFLICT (announcement, round, person) DO UPDATE SET read = excluded.read WHERE read IS NULL
            """, id, round, person, now.milliseconds)
    }

    static func acknowledge(_ id: String, round: Int, person: String, at now: Timestamp, in database: Database) throws {
        try read(id, round: round, person: person, at: now, in: database)
        try database.execute("""
            UPDATE announcement_receipt SET acknowledged = ? WHERE announcement = ? AND round = ? AND person = ? AND acknowledged IS NULL
            """, now.milliseconds, id, round, person)
    }
}
