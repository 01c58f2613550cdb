// Who is told when a certificate comes to its end: at 30, 14 and 3 days, once each, whatever restarts in between.
import Control
import Foundation
import Testing
import Wire

@testable import ManagementTier

@Suite struct CertificateAlarmTests {
    private static let day: Int64 = 86_400
    private let shown = CertificateAlarm.Shown(names: ["shop.example", "www.shop.example"], issuer: "An authority", expires: 100 * day)

    @Test func `each threshold is told once, when it is reached`() {
        var alarm = CertificateAlarm()
        var told: [Int: Int64] = [:]
        for hour in 0..<Int64(102 * 24) {
            let now = hour * 3600
            for notice in alarm.look(at: [shown], now: now) {
                #expect(told[notice.threshold] == nil)
                told[notice.threshold] = now
            }
        }
        #expect(told == [30: 70 * Self.day, 14: 86 * Self.day, 3: 97 * Self.day])
    }

    @Test func `what was told before a restart is not told again, what was missed is told once by its last threshold`() {
        var alarm = CertificateAlarm()
        #expect(alarm.look(at: [shown], now: 71 * Self.day).map(\.threshold) == [30])
        var again = CertificateAlarm(told: alarm.told)
        #expect(again.look(at: [shown], now: 72 * Self.day).isEmpty)
        var late = CertificateAlarm()
        let notices = late.look(at: [shown], now: 99 * Self.day + 1)
        #expect(notices.map(\.threshold) == [3] && notices.first?.daysLeft == 0)
        #expect(late.look(at: [shown], now: 98 * Self.day).isEmpty, "nor when the clock was set back")
    }

    @Test func `a renewed certificate starts anew, a removed one is forgotten`() {
        var alarm = CertificateAlarm()
        _ = alarm.look(at: [shown], now: 98 * Self.day)
        var renewed = shown
        renewed.expires = 120 * Self.day
        #expect(alarm.look(at: [renewed], now: 98 * Self.day).map(\.threshold) == [30])
        #expect(alarm.told.count == 1)
        #expect(alarm.look(at: [], now: 98 * Self.day).isEmpty && alarm.told.isEmpty)
    }

    @Test(arguments: [(29 * day, "ends in 29 days"), (day, "ends tomorrow"), (3600, "ends today"), (-3600, "has ended")] as [(Int64, String)])
    func `the words say when, for whom and what to do`(left: Int64, words: String) throws {
        var alarm = CertificateAlarm()
        let notice = try #require(alarm.look(at: [shown], now: shown.expires - left).first)
        #expect(notice.subject == "The certificate of shop.example and 1 more \(words)")
        #expect(notice.text.contains(words) && notice.text.utf8.count <= 160)
        #expect(notice.mail.contains("shop.example, www.shop.example") && notice.mail.contains("fitech-ctl certificate install") && notice.mail.contains("An authority"))
    }
}
