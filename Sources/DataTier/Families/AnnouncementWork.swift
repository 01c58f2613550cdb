// Writing announcements, publishing, moving and cancelling them. The rules are SupportCentre's; here they meet rows and people.
import Control
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum AnnouncementWork {
    static func add(to table: inout ProcedureTable) {
        table.add(DraftAnnouncement.self) { try await draft($0, $1, $2) }
        table.add(EditAnnouncement.self) { try await edit($0, $1, $2) }
        table.add(MoveAnnouncement.self) { try await move($0, $1, $2) }
    }

    // MARK: Writing

    /// What an announcement is made of, checked.
    private struct Content: Sendable {
        var kind: AnnouncementKind, title: String, body: String, emergency: String, customer: CustomerEntry?, role: PersonRole?, times: AnnouncementTimes

        init(_ asked: DraftAnnouncement, _ caller: Caller, _ store: DataStore) throws(Failure) {
            var check = FieldCheck()
            kind = asked.kind ?? .news
            title = check.text("title", asked.title, "The title", limit: 200)
            body = check.text("body", asked.body ?? "", "The text", limit: 20_000)
            emergency = check.text("emergency", asked.emergency ?? "", "The reason", limit: 2000, required: false)
            role = asked.role
            customer = nil
            if let name = asked.customer.map(FieldCheck.trimmed), !name.isEmpty {
                customer = store.customer(name)
                if customer == nil { check.refuse("customer", "There is no customer named \(name.prefix(40)).", "Use the short name, such as clinic, or leave it out for everybody.") }
            }
            if customer != nil, let role, role.isStaff { check.refuse("role", "No customer has people with the role \(role.rawValue).", "Choose a role of theirs, or everybody.") }
            let zone = caller.zone
            times = AnnouncementTimes(
                starts: check.moment("starts", asked.starts, in: zone), ends: check.moment("ends", asked.ends, in: zone),
                bannerStarts: check.moment("banner_starts", asked.bannerStarts, in: zone), bannerEnds: check.moment("banner_ends", asked.bannerEnds, in: zone))
            if let starts = times.starts, let ends = times.ends, ends <= starts { check.refuse("ends", "It ends before it begins.", "Give an end after the beginning.") }
            if times.starts == nil, times.ends != nil { check.refuse("starts", "It has an end but no beginning.", "Give both, or neither.") }
            if let starts = times.bannerStarts, let ends = times.bannerEnds, ends <= starts { check.refuse("banner_ends", "The banner ends before it begins.", "Give an end after the beginning.") }
            if kind != .upgrade, !emergency.isEmpty { check.refuse("emergency", "Only upgrades have a lead time an emergency could shorten.", "Leave it empty.") }
            try check.finish()
        }

        func write(to one: inout Announcement) {
            (one.kind, one.title, one.body, one.emergency, one.role) = (kind, title, body, emergency, role)
            (one.customer, one.customerDisplayName) = (customer?.name, customer?.displayName ?? "")
            (one.starts, one.ends, one.bannerStarts, one.bannerEnds) = (times.starts, times.ends, times.bannerStarts, times.bannerEnds)
        }
    }

    private static func draft(_ asked: DraftAnnouncement, _ call: Call, _ room: DataRoom) async throws -> Announcement {
        let caller = try call.signedIn(), now = call.now, policy = room.store.options.support.announcements
        let content = try Content(asked, caller, room.store)
        let (id, audit, publish, origin) = (Identifier.make(), call.audit, asked.publish == true, asked.origin ?? "")
        let made = try await room.write(call, room.store.directory) { database in
            var one = Announcement()
            (one.id, one.by) = (id, caller.name)
            content.write(to: &one)
            var row = AnnouncementRow(announcement: one, person: caller.id)
            try row.insert(at: now, in: database)
            try audit.note("drafted an announcement", .announcement(id), detail: content.title, in: database)
            try keep(&row, publish ? policy : nil, origin: origin, audit, at: now, in: database)
            return row.announcement
        }
        if publish { await room.store.announce(at: now) }
        return made
    }

    private static func edit(_ asked: EditAnnouncement, _ call: Call, _ room: DataRoom) async throws -> Announcement {
        let caller = try call.signedIn(), now = call.now, audit = call.audit, id = asked.id
        let content = try Content(asked.content, caller, room.store)
        let (policy, publish, origin) = (room.store.options.support.announcements, asked.content.publish == true, asked.content.origin ?? "")
        let written = try await room.write(call, room.store.directory) { database in
            guard var row = try AnnouncementRow.find(id, in: database) else { throw Failure.notFound("announcement") }
            try row.check(version: asked.version)
            guard row.announcement.state == .draft else {
                throw Failure.conflict("What was published is not written anew.", hint: "Move or cancel it: then everybody is told. For anything else write another.", code: "announcement-state")
            }
            var changes = AuditChanges()
            changes.add("title", row.announcement.title, content.title)
            content.write(to: &row.announcement)
            try audit.note("wrote an announcement", .announcement(id), changes, detail: content.title, in: database)
            try keep(&row, publish ? policy : nil, origin: origin, audit, at: now, in: database)
            return row.announcement
        }
        if publish { await room.store.announce(at: now) }
        return written
    }

    /// Keeps what was written: published, if there is a policy to judge it by, or as a draft.
    private static func keep(_ row: inout AnnouncementRow, _ policy: AnnouncementPolicy?, origin: String, _ audit: Audit, at now: Timestamp, in database: Database) throws {
        guard let policy else { return try row.save(shown: nil, at: now, in: database) }
        try take(AnnouncementRequest(.publish), &row, policy, origin: origin, audit, at: now, in: database)
    }

    // MARK: Publishing, moving, cancelling

    private static func move(_ asked: MoveAnnouncement, _ call: Call, _ room: DataRoom) async throws -> Announcement {
        let caller = try call.signedIn(), now = call.now, audit = call.audit, policy = room.store.options.support.announcements
        var check = FieldCheck()
        let note = check.text("note", asked.note ?? "", "The note", limit: 5000, required: false)
        let emergency = check.text("emergency", asked.emergency ?? "", "The reason", limit: 2000, required: false)
        let starts = check.moment("starts", asked.starts, in: caller.zone), ends = check.moment("ends", asked.ends, in: caller.zone)
        try check.finish()
        let window = starts.flatMap { starts in ends.map { ChangeWindow(starts: starts, ends: $0) } }
        let request = AnnouncementRequest(asked.step, note: note, window: window, emergency: emergency), origin = asked.origin ?? ""
        let moved = try await room.write(call, room.store.directory) { database in
            guard var row = try AnnouncementRow.find(asked.id, in: database) else { throw Failure.notFound("announcement") }
            try row.check(version: asked.version)
            try take(request, &row, policy, origin: origin, audit, at: now, in: database)
            return row.announcement
        }
        await room.store.announce(at: now)
        return moved
    }

    /// Takes a step, if the rules let it be taken; whom it concerns is told after the commit.
    private static func take(
        _ request: AnnouncementRequest, _ row: inout AnnouncementRow, _ policy: AnnouncementPolicy, origin: String, _ audit: Audit, at now: Timestamp, in database: Database
    ) throws {
        let line = try AnnouncementLifecycle.judge(request, of: row.facts, policy, at: now)
        let before = row.announcement
        row.announcement.state = line.to
        if line.step == .reschedule, let window = request.window {
            let times = before.times.moved(to: window)
            (row.announcement.starts, row.announcement.ends, row.announcement.bannerStarts, row.announcement.bannerEnds) = (times.starts, times.ends, times.bannerStarts, times.bannerEnds)
            row.announcement.emergency = request.emergency
        } else if line.step == .publish, !request.emergency.isEmpty {
            row.announcement.emergency = request.emergency
        }
        if line.step == .publish { row.announcement.published = now }
        if line.tells {
            row.announcement.round += 1
            try row.note(line.step, request.note, origin: origin, at: now, in: database)
        }
        let shown = row.announcement.published.map { row.announcement.times.banner(published: $0, policy) }
        try row.save(shown: shown, at: now, in: database)
        var changes = AuditChanges()
        changes.add("state", before.state.rawValue, line.to.rawValue)
        changes.add("starts", before.starts?.iso8601, row.announcement.starts?.iso8601)
        changes.add("ends", before.ends?.iso8601, row.announcement.ends?.iso8601)
        let isShort = line.needs.contains(.notice) && !row.announcement.emergency.isEmpty
        if isShort { changes.add("emergency", nil, row.announcement.emergency) }
        // An emergency has words of its own, so that whoever looks for broken promises finds them all.
        try audit.note(
            isShort ? "announced an emergency upgrade" : line.step == .publish ? "published an announcement" : line.step == .reschedule ? "moved an announcement" : "cancelled an announcement",
            .announcement(row.announcement.id), changes, detail: row.announcement.title, in: database)
    }
}
