// Reading announcements: lists, one with its history, and for support how far it has come with every customer.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

enum AnnouncementFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListAnnouncements.self) { try await list($0, $1, $2) }
        table.add(ShowAnnouncement.self) { try await show($0, $1, $2) }
        table.add(AcknowledgeAnnouncement.self) { try await acknowledge($0, $1, $2) }
        AnnouncementWork.add(to: &table)
    }

    /// Who writes them, and sees drafts and how far they have come.
    static func isSupport(_ caller: Caller) -> Bool { DraftAnnouncement.access.admits(caller.role) }

    static func isFor(_ announcement: Announcement, _ caller: Caller) -> Bool {
        announcement.published != nil && announcement.audience.includes(customer: caller.customer?.name, role: caller.role.rawValue)
    }

    /// One the caller may see; what is for others is not there.
    private static func find(_ id: String, _ caller: Caller, _ room: DataRoom) async throws -> Announcement {
        guard let found = try await room.read(room.store.directory, { try AnnouncementRow.find(id, in: $0) })?.announcement, isSupport(caller) || isFor(found, caller) else {
            throw Failure.notFound("announcement")
        }
        return found
    }

    // MARK: Lists

    private static func list(_ asked: ListAnnouncements, _ call: Call, _ room: DataRoom) async throws -> ListAnnouncements.Answer {
        let caller = try call.signedIn()
        let page = try PageCut(asked.page)
        let before = try page.number(or: .max)
        var answer = ListAnnouncements.Answer()
        let rows: [(Int, Announcement)] = try await room.read(room.store.directory) { database in
            try database.query("""
                SELECT a.id, a.kind, a.state, a.title, substr(a.body, 1, 300), a.emergency, a.customer, a.role, a.starts, a.ends, a.banner_starts, a.banner_ends, a.by_name,
                    a.published, a.updated, a.round, a.version, c.display_name, a.row
                FROM announcement a LEFT JOIN customer c ON c.name = a.customer
                WHERE a.row < ?1 AND (?2 IS NULL OR a.kind = ?2) AND (?3 IS NULL OR a.state = ?3)
                    AND (?4 = 1 OR a.published IS NOT NULL AND (a.customer IS NULL OR a.customer = ?5) AND (a.role IS NULL OR a.role = ?6))
                ORDER BY a.row DESC LIMIT ?7
                """, before, asked.kind?.rawValue, asked.state?.rawValue, isSupport(caller), caller.customer?.name, caller.role.rawValue, page.limit + 1) { row in
                (row.int(18), AnnouncementRow.listed(row))
            }
        }
        if rows.count > page.limit { answer.next = String(rows[page.limit - 1].0) }
        answer.items = rows.prefix(page.limit).map(\.1)
        let shown = answer.items
        answer.items = try await room.read(caller.file(in: room.store)) { database in
            try shown.map { one in
                guard one.published != nil, let receipt = try AnnouncementReceipt.find(one.id, round: one.round, person: caller.id, in: database) else { return one }
                var marked = one
                (marked.read, marked.acknowledged) = (receipt.read, receipt.acknowledged)
                return marked
            }
        }
        answer.person = caller.person
        return answer
    }

    // MARK: One

    private static func show(_ asked: ShowAnnouncement, _ call: Call, _ room: DataRoom) async throws -> AnnouncementView {
        let caller = try call.signedIn(), now = call.now, store = room.store
        var view = AnnouncementView()
        view.announcement = try await find(asked.id, caller, room)
        let (id, round, person) = (asked.id, view.announcement.round, caller.id)
        view.upgradeNoticeDays = store.options.support.announcements.upgradeNoticeDays
        view.notices = try await room.read(store.directory) { try notices(of: id, in: $0) }
        if isFor(view.announcement, caller) {
            let file = caller.file(in: store)
            let receipt = try await room.read(file) { try AnnouncementReceipt.find(id, round: round, person: person, in: $0) }
            (view.announcement.read, view.announcement.acknowledged) = (receipt?.read, receipt?.acknowledged)
            if receipt?.read == nil, !caller.byToken {
                // Waited for once per person, so that what staff see is true; if it fails, the next look tries again.
                _ = try? await store.write(file) { try AnnouncementReceipt.read(id, round: round, person: person, at: now, in: $0) }
                view.announcement.read = now
            }
            view.mayAcknowledge = view.announcement.acknowledged == nil
        }
        if isSupport(caller) {
            let row = AnnouncementRow(announcement: view.announcement, person: "")
            view.steps = AnnouncementLifecycle.steps(from: row.facts, at: now).map(\.rawValue)
            if view.announcement.published != nil { try await AnnouncementReach.add(to: &view, asked, room) }
        }
        view.person = caller.person
        return view
    }

    private static func notices(of id: String, in directory: Database) throws -> [AnnouncementNotice] {
        try directory.query("SELECT at, what, starts, ends, note FROM announcement_notice WHERE announcement = ? ORDER BY row LIMIT 100", id) { row in
            var notice = AnnouncementNotice()
            notice.at = Timestamp(milliseconds: row.int64(0))
            notice.what = AnnouncementStep(rawValue: row.text(1)) ?? .publish
            notice.starts = row.optionalInt64(2).map(Timestamp.init(milliseconds:))
            notice.ends = row.optionalInt64(3).map(Timestamp.init(milliseconds:))
            notice.note = row.text(4)
            return notice
        }
    }

    private static func acknowledge(_ asked: AcknowledgeAnnouncement, _ call: Call, _ room: DataRoom) async throws -> Announcement {
        let caller = try call.signedIn(), store = room.store, now = call.now, audit = call.audit
        let found = try await find(asked.id, caller, room)
        guard isFor(found, caller) else {
            throw Failure.conflict("This announcement is not for you.", hint: "Only who it is for acknowledges it.", code: "not-addressed")
        }
        let mark = ShownAnnouncements.mark(found.id, found.round)
        return try await room.write(call, caller.file(in: store)) { database in
            let before = try AnnouncementReceipt.find(found.id, round: found.round, person: caller.id, in: database)
            if before?.acknowledged == nil {
                try AnnouncementReceipt.acknowledge(found.id, round: found.round, person: caller.id, at: now, in: database)
                let marks = try database.first("SELECT acknowledged FROM person WHERE id = ?", caller.id) { $0.text(0) } ?? ""
                try database.execute("UPDATE person SET acknowledged = ? WHERE id = ?", store.shown.marks(marks, adding: mark, at: now), caller.id)
                try audit.note("acknowledged an announcement", .announcement(found.id), detail: found.title, in: database)
            }
            var answer = found
            (answer.read, answer.acknowledged) = (before?.read ?? now, before?.acknowledged ?? now)
            return answer
        }
    }
}
