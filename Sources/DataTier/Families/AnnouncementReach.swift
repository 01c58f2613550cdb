// How far an announcement has come: counted in the customers' own databases when somebody looks, a page of customers at a time. Counts
// kept in the directory would cost a second flush for everybody who reads, and could not be trusted after a restore of either.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

extension AnnouncementReach {
    private static let perPage = 20

    /// Adds the counts, and the people of the customer that was asked for.
    static func add(to view: inout AnnouncementView, _ asked: ShowAnnouncement, _ room: DataRoom) async throws {
        let announcement = view.announcement
        var customers = room.store.allCustomers
        if let only = announcement.customer { customers = customers.filter { $0.name == only } }
        // A role of staff has nobody at a customer, and the other way round.
        if let role = announcement.role, role.isStaff { customers = [] }
        if let after = asked.after { customers = customers.filter { $0.name > after } }
        if asked.after == nil, announcement.customer == nil, announcement.role?.isStaff != false {
            view.reach.append(try await room.read(room.store.directory) { try count(announcement, nil, in: $0) })
        }
        if customers.count > perPage {
            customers = Array(customers.prefix(perPage))
            view.next = customers.last?.name
        }
        for customer in customers {
            do {
                view.reach.append(try await room.read(customer.file) { try count(announcement, customer, in: $0) })
            } catch let error as StorageError {
                // One damaged database must not hide how far it has come with everybody else.
                room.store.log.warning("receipts cannot be read", ("customer", customer.name), ("error", "\(error)"))
            }
        }
        guard let name = asked.customer else { return }
        let file = name == "staff" ? room.store.directory : room.store.customer(name)?.file
        guard let file, announcement.customer == nil || announcement.customer == name else { throw Failure.notFound("customer") }
        view.recipients = try await room.read(file) { try recipients(announcement, in: $0) }
    }

    private static func count(_ announcement: Announcement, _ customer: CustomerEntry?, in database: Database) throws -> AnnouncementReach {
        var reach = AnnouncementReach()
        (reach.customer, reach.customerDisplayName) = (customer?.name, customer?.displayName ?? "Fitech staff")
        return try database.first("""
            SELECT count(*), count(r.read), count(r.acknowledged), count(r.mail), sum(r.mail_state = 'delivered'), sum(r.mail_state = 'failed')
            FROM person p LEFT JOIN announcement_receipt r ON r.announcement = ?1 AND r.round = ?2 AND r.person = p.id
            WHERE p.password IS NOT NULL AND (p.suspended IS NULL OR r.person IS NOT NULL) AND (?3 IS NULL OR p.role = ?3)
            """, announcement.id, announcement.round, announcement.role?.rawValue) { row in
            var counted = reach
            (counted.people, counted.read, counted.acknowledged) = (row.int(0), row.int(1), row.int(2))
            (counted.mails, counted.delivered, counted.failed) = (row.int(3), row.optionalInt(4) ?? 0, row.optionalInt(5) ?? 0)
            return counted
        } ?? reach
    }

    /// Also whoever was suspended after they were told: it stays in the proof. Who was suspended before is not waited for, here and in `count`.
    private static func recipients(_ announcement: Announcement, in database: Database) throws -> [AnnouncementRecipient] {
        try database.query("""
            SELECT p.id, p.name, p.email, p.role, r.read, r.acknowledged, r.mail_state, r.mail_at, r.mail_reason
            FROM person p LEFT JOIN announcement_receipt r ON r.announcement = ?1 AND r.round = ?2 AND r.person = p.id
            WHERE p.password IS NOT NULL AND (p.suspended IS NULL OR r.person IS NOT NULL) AND (?3 IS NULL OR p.role = ?3) ORDER BY p.email LIMIT 500
            """, announcement.id, announcement.round, announcement.role?.rawValue) { row in
            var one = AnnouncementRecipient()
            (one.person, one.name, one.email) = (row.text(0), row.text(1), row.text(2))
            one.role = PersonRole(rawValue: row.text(3)) ?? .subject
            one.read = row.optionalInt64(4).map(Timestamp.init(milliseconds:))
            one.acknowledged = row.optionalInt64(5).map(Timestamp.init(milliseconds:))
            one.mail = row.optionalText(6).flatMap(MailState.init)
            one.mailAt = row.optionalInt64(7).map(Timestamp.init(milliseconds:))
            one.mailReason = row.optionalText(8) ?? ""
            return one
        }
    }
}
