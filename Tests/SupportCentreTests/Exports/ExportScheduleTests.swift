// When a scheduled export is due, where it may be sent, and how often that is tried.
import Testing
import Wire
@testable import SupportCentre

struct ExportScheduleRulesTests {
    private func at(_ text: String) -> Timestamp { Timestamp(iso8601: text)! }

    @Test func `the next one is the first such day and time after now, on the clock of the zone`() {
        let daily = ExportRhythm(every: .day, minute: 120), weekly = ExportRhythm(every: .week, weekday: 0, minute: 120), monthly = ExportRhythm(every: .month, day: 28, minute: 120)
        #expect(daily.next(after: at("2026-11-30T01:59:59Z"), in: "Europe/London") == at("2026-11-30T02:00:00Z"))
        #expect(daily.next(after: at("2026-11-30T02:00:00Z"), in: "Europe/London") == at("2026-12-01T02:00:00Z"))
        #expect(daily.next(after: at("2026-11-30T02:00:00Z"), in: "Australia/Sydney") == at("2026-11-30T15:00:00Z"))
        // 30 November 2026 is a Monday.
        #expect(weekly.next(after: at("2026-11-30T01:00:00Z"), in: "UTC") == at("2026-11-30T02:00:00Z"))
        #expect(weekly.next(after: at("2026-11-30T02:00:00Z"), in: "UTC") == at("2026-12-07T02:00:00Z"))
        #expect(monthly.next(after: at("2026-01-31T12:00:00Z"), in: "UTC") == at("2026-02-28T02:00:00Z"))
        #expect(monthly.next(after: at("2026-12-28T12:00:00Z"), in: "UTC") == at("2027-01-28T02:00:00Z"))
    }

    @Test func `a time the clocks skip is an hour later that day, one that comes twice is the first`() {
        let half = ExportRhythm(every: .day, minute: 90)
        // British clocks go forward over 01:30 on 29 March 2026 and back over it on 25 October.
        #expect(half.next(after: at("2026-03-28T12:00:00Z"), in: "Europe/London") == at("2026-03-29T01:30:00Z"))
        #expect(half.next(after: at("2026-10-24T12:00:00Z"), in: "Europe/London") == at("2026-10-25T00:30:00Z"))
        #expect(half.next(after: at("2026-10-25T00:30:00Z"), in: "Europe/London") == at("2026-10-26T01:30:00Z"))
    }

    @Test func `every rhythm comes later than now, at its time of day, on its day, whatever the zone`() {
        var seed = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let rhythm = ExportRhythm(
                every: ExportRhythm.Every.allCases.randomElement(using: &seed)!, weekday: .random(in: 0...6, using: &seed), day: .random(in: 1...28, using: &seed), minute: .random(in: 240...1439, using: &seed))
            let zone = ["Europe/London", "Australia/Sydney", "Australia/Lord_Howe", "UTC"].randomElement(using: &seed)!
            let now = Timestamp(milliseconds: .random(in: 1_700_000_000_000...1_900_000_000_000, using: &seed))
            let next = rhythm.next(after: now, in: zone), shown = LocalTime.reading(next, in: zone)
            #expect(next > now && shown.minute == rhythm.minute)
            switch rhythm.every {
            case .day: #expect(next.milliseconds - now.milliseconds <= 26 * 3_600_000)
            case .week: #expect(shown.weekday == rhythm.weekday && next.milliseconds - now.milliseconds <= 8 * 86_400_000)
            case .month: #expect(shown.day.day == rhythm.day && next.milliseconds - now.milliseconds <= 32 * 86_400_000)
            }
        }
    }

    @Test func `an address names a user, a host outside and a folder, and nothing that a server could read otherwise`() {
        for good in ["sftp://a@files.example.com/", "sftp://fitech@203.0.113.9:2222/exports/", "sftp://a-b_c@[2001:db8::1]/~/in/", "sftp://a@files.example.com/x/y/"] {
            #expect(UploadAddress.problem(good, inside: good.contains("203.0.113") || good.contains("db8")) == nil, "\(good)")
        }
        for bad in [
            "", "ftp://a@b.example/", "sftp://b.example/", "sftp://a:secret@b.example/", "sftp://@b.example/", "sftp://a@b@c.example/", "sftp://a@127.0.0.1/", "sftp://a@10.1.2.3/",
            "sftp://a@localhost/", "sftp://a@2130706433/", "sftp://a@b.example", "sftp://a@b.example/x", "sftp://a@b.example/../etc/", "sftp://a@b.example/x\"\nrm y/", "sftp://a@b.example/%2e%2e/",
            "sftp://a@b.example:99999/", "sftp://a@b.example/x/?y/", "sftp://a@b.example/#/", "sftp://a@b.example/x'/", "sftp://a@b.example/" + String(repeating: "x", count: 500) + "/",
        ] { #expect(UploadAddress.problem(bad, inside: false) != nil, "\(bad)") }
    }

    @Test func `a fingerprint is taken as ssh-keygen shows it, and nothing else`() {
        let digits = String(repeating: "a+/9", count: 10) + "abc"
        #expect(UploadAddress.fingerprint("SHA256:" + digits) == "SHA256:" + digits)
        #expect(UploadAddress.fingerprint(digits + "=") == "SHA256:" + digits)
        for bad in ["", "SHA256:", "MD5:00:11", digits + "ab", String(digits.dropLast()), "SHA256:" + digits.dropLast() + "!"] { #expect(UploadAddress.fingerprint(bad) == nil) }
    }

    @Test func `what could not be sent is tried five times more, ever later, then given up`() {
        let now = at("2026-11-30T12:00:00Z")
        let waits = (1...7).map { UploadRetry.next(after: $0, at: now).map { $0.milliseconds - now.milliseconds } }
        #expect(waits.prefix(5).allSatisfy { $0 != nil } && waits[5] == nil && waits[6] == nil)
        #expect(zip(waits, waits.dropFirst()).prefix(4).allSatisfy { $0! < $1! })
    }
}
