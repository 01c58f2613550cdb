// The announcements of the demo: written, published and moved by support, acknowledged by some of their readers.
import Assessments
import Control
import Procedures
import SupportCentre
import Wire

extension Supervisor {
    func announce(_ demo: Demo, sessions: [String: String]) async throws(Failure) {
        let session = sessions[demo.announcer], origin = publicURL
        for announcement in demo.announcements {
            var draft = DraftAnnouncement()
            (draft.kind, draft.title, draft.body) = (AnnouncementKind(rawValue: announcement.kind), announcement.title, announcement.body)
            (draft.customer, draft.publish, draft.origin) = (announcement.customer, true, origin)
            // In the small hours, a little beyond so many days: an upgrade needs its whole notice.
            let midnight = Timestamp.now.date.daysSince1970
            func night(_ days: Int, hours: Int) -> String { CalendarDate(daysSince1970: midnight + days).midnight.adding(.seconds((2 + hours) * 3600)).iso8601 }
            if let days = announcement.inDays { (draft.starts, draft.ends) = (night(days, hours: 0), night(days, hours: announcement.hours)) }
            let made = try await call(draft, session: session)
            if let (later, why) = announcement.moved, let days = announcement.inDays {
                var move = MoveAnnouncement(id: made.id, .reschedule)
                (move.starts, move.ends, move.note, move.origin) = (night(days + later, hours: 0), night(days + later, hours: announcement.hours), why, origin)
                _ = try await call(move, session: session)
            }
            for reader in announcement.acknowledgedBy { _ = try await call(AcknowledgeAnnouncement(id: made.id), session: sessions[reader]) }
        }
    }
}
