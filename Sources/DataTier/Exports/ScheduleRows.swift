// Rows of a customer's schedule of exports.
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum ScheduleRows {
    static func rhythm(_ row: Row) -> ExportRhythm {
        ExportRhythm(every: ExportRhythm.Every(rawValue: row.text(0)) ?? .week, weekday: row.int(1), day: row.int(2), minute: row.int(3))
    }

    static func find(in database: Database) throws -> ExportSchedule? {
        try database.first("""
            SELECT every, weekday, day, minute, zone, fresh, next, last, by_name, address, host_key, (SELECT public_key FROM export_key) FROM export_schedule
            """) { row in
            let rhythm = rhythm(row)
            var schedule = ExportSchedule()
            (schedule.every, schedule.weekday, schedule.day, schedule.at) = (rhythm.every, rhythm.weekday, rhythm.day, rhythm.time)
            (schedule.zone, schedule.fresh) = (row.text(4), row.bool(5))
            (schedule.next, schedule.last) = (Timestamp(milliseconds: row.int64(6)), row.optionalInt64(7).map(Timestamp.init(milliseconds:)))
            (schedule.by, schedule.address, schedule.hostKey) = (row.text(8), row.optionalText(9), row.optionalText(10))
            schedule.publicKey = schedule.address == nil ? nil : row.optionalText(11)
            return schedule
        }
    }

    /// The customer's key, made when it is first wanted.
    static func key(in database: Database) throws {
        guard try database.int("SELECT 1 FROM export_key") == nil else { return }
        guard let pair = SSHKeyPair.make() else { throw Failure.fault("OpenSSL makes no key.") }
        try database.execute("INSERT INTO export_key (row, secret_key, public_key) VALUES (1, ?, ?)", pair.privatePEM, pair.publicLine + " fitech")
    }

    /// The active administrators: whoever set the schedule may have left.
    static func administrators(in database: Database) throws -> [(email: String, name: String)] {
        try database.query("SELECT email, name FROM person WHERE role = 'administrator' AND suspended IS NULL AND password IS NOT NULL ORDER BY email LIMIT 20") { ($0.text(0), $0.text(1)) }
    }

    /// The export that is to be sent now, the oldest of several; it is handed out until it is reported.
    static func upload(at now: Timestamp, of customer: String, in database: Database) throws -> ExportUpload? {
        let target = try database.first("SELECT s.address, s.host_key, k.secret_key FROM export_schedule s, export_key k WHERE s.address IS NOT NULL") { ($0.text(0), $0.text(1), $0.text(2)) }
        guard let (address, hostKey, secret) = target else { return nil }
        let id = try database.first("""
            SELECT id FROM export WHERE upload = 'waiting' AND upload_due <= ?1 AND state = 'done' AND expires > ?1 ORDER BY row LIMIT 1
            """, now.milliseconds) { $0.text(0) }
        guard let id, let found = try ExportRows.find(id, of: customer, now: now, in: database) else { return nil }
        var upload = ExportUpload()
        (upload.customer, upload.id, upload.file) = (customer, id, try ExportRows.file(found))
        (upload.address, upload.hostKey, upload.secretKey) = (address, hostKey, secret)
        return upload
    }

    static func isUploadPending(in database: Database) throws -> Bool { try database.int("SELECT 1 FROM export WHERE upload = 'waiting' LIMIT 1") != nil }

    /// Gives up what waits and cannot be sent any more: its file is gone, or there is nowhere to send it.
    static func drop(_ reason: String, now: Timestamp, in database: Database) throws {
        try database.execute("""
            UPDATE export SET upload = 'failed', upload_due = NULL, upload_at = ?1, upload_reason = ?2
            WHERE upload = 'waiting' AND (state <> 'done' OR expires <= ?1 OR NOT EXISTS (SELECT 1 FROM export_schedule WHERE address IS NOT NULL))
            """, now.milliseconds, reason)
    }
}
