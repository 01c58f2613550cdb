// The published announcements every page may have to show, in memory: who asks gets theirs without another query.
import Control
import Procedures
import Storage
import SupportCentre
import Synchronization
import Wire

/// Read from the directory when this node becomes the primary, and after each change of an announcement.
final class ShownAnnouncements: Sendable {
    struct One: Sendable {
        var banner: AnnouncementBanner
        var audience: AnnouncementAudience
        var shown: Range<Timestamp>
        /// `ID/ROUND`, as it stands in `person.acknowledged`.
        var mark: String
    }

    private let all = Mutex<[One]>([])

    func set(_ announcements: [One]) { all.withLock { $0 = announcements } }

    /// What a person is to be shown, the newest first.
    /// - Parameter acknowledged: the marks kept beside the person.
    func banners(customer: String?, role: PersonRole, acknowledged: String, at now: Timestamp) -> [AnnouncementBanner] {
        let all = all.withLock { $0 }
        guard !all.isEmpty else { return [] }
        return all.filter { one in
            one.shown.contains(now) && one.audience.includes(customer: customer, role: role.rawValue) && !Self.has(one.mark, in: acknowledged)
        }.map(\.banner)
    }

    /// The marks of a person after one more; those of what is shown no longer are dropped, so that the list stays short.
    func marks(_ acknowledged: String, adding mark: String, at now: Timestamp) -> String {
        let live = Set(all.withLock { $0 }.filter { now < $0.shown.upperBound }.map(\.mark))
        let kept = acknowledged.split(separator: " ").map(String.init).filter { live.contains($0) && $0 != mark }
        return " " + (kept + [mark]).joined(separator: " ") + " "
    }

    static func has(_ mark: String, in acknowledged: String) -> Bool {
        // Of ASCII, and asked with every page: by bytes.
        acknowledged.utf8.split(separator: 0x20).contains { $0.elementsEqual(mark.utf8) }
    }

    static func mark(_ id: String, _ round: Int) -> String { "\(id)/\(round)" }

    static func read(in directory: Database, at now: Timestamp) throws -> [One] {
        try directory.query("""
            SELECT id, kind, state, title, starts, ends, customer, role, round, shown_from, shown_until
            FROM announcement WHERE shown_until > ? ORDER BY row DESC LIMIT 100
            """, now.milliseconds) { row in
            var banner = AnnouncementBanner()
            banner.id = row.text(0)
            banner.kind = AnnouncementKind(rawValue: row.text(1)) ?? .news
            banner.state = AnnouncementState(rawValue: row.text(2)) ?? .published
            banner.title = row.text(3)
            banner.starts = row.optionalInt64(4).map(Timestamp.init(milliseconds:))
            banner.ends = row.optionalInt64(5).map(Timestamp.init(milliseconds:))
            let from = row.int64(9), until = max(from, row.int64(10))
            return One(
                banner: banner, audience: AnnouncementAudience(customer: row.optionalText(6), role: row.optionalText(7)),
                shown: Timestamp(milliseconds: from)..<Timestamp(milliseconds: until), mark: mark(banner.id, row.int(8)))
        }
    }
}

extension DataStore {
    /// Takes the announcements that are shown from the directory.
    func reloadAnnouncements(at now: Timestamp = .now) async throws {
        shown.set(try await directory.alone { try ShownAnnouncements.read(in: $0, at: now) })
    }
}
