// The rota: nearest to 13:00 local time, across both hemispheres' daylight saving.
import Foundation
import Testing
@testable import ManagementTier

struct OnCallTests {
    static let ana = Technician(id: 1, name: "Ana", number: "+447700900001", zone: "Europe/London")
    static let bo = Technician(id: 2, name: "Bo", number: "+61491570006", zone: "Australia/Sydney")
    let both = [ana, bo]

    func at(_ text: String) -> Milliseconds {
        let formatter = ISO8601DateFormatter()
        return Milliseconds((formatter.date(from: text)?.timeIntervalSince1970 ?? 0) * 1000)
    }

    @Test(arguments: [
        // London is UTC, Sydney UTC+11: the middles of their days are 13:00 and 02:00 UTC, so duty changes at 07:30 and 19:30.
        ("2026-11-22T07:29:59Z", "Bo"), ("2026-11-22T07:30:00Z", "Ana"), ("2026-11-22T12:00:00Z", "Ana"),
        ("2026-11-22T19:30:00Z", "Ana"), ("2026-11-22T19:30:01Z", "Bo"), ("2026-11-22T02:00:00Z", "Bo"),
        // July: London UTC+1, Sydney UTC+10: middles 12:00 and 03:00, changes at 07:30 and 19:30.
        ("2026-07-01T07:31:00Z", "Ana"), ("2026-07-01T07:29:00Z", "Bo"), ("2026-07-01T19:29:00Z", "Ana"), ("2026-07-01T19:31:00Z", "Bo"),
        // Between the two changes of October both are in summer time or one is: UTC+1 and UTC+11, changes at 07:00 and 19:00.
        ("2026-10-10T06:59:00Z", "Bo"), ("2026-10-10T07:01:00Z", "Ana"), ("2026-10-10T18:59:00Z", "Ana"), ("2026-10-10T19:01:00Z", "Bo"),
    ])
    func `duty follows the sun`(time: String, name: String) {
        #expect(OnCall.onDuty(both, at: at(time))?.name == name)
    }

    @Test func `a tie goes to the first in the file`() {
        let midpoint = at("2026-11-22T07:30:00Z")
        #expect(OnCall.onDuty(both, at: midpoint)?.name == "Ana")
        #expect(OnCall.onDuty(both.reversed(), at: midpoint)?.name == "Bo")
        let twins = [Self.ana, Technician(id: 3, name: "Cy", number: "+447700900002", zone: "Europe/London")]
        #expect(OnCall.onDuty(twins, at: midpoint)?.name == "Ana")
    }

    @Test func `someone away is asked last, but is asked when there is nobody else`() {
        var away = Self.ana
        away.awayUntil = at("2026-11-23T00:00:00Z")
        #expect(OnCall.onDuty([away, Self.bo], at: at("2026-11-22T12:00:00Z"))?.name == "Bo")
        #expect(OnCall.onDuty([away], at: at("2026-11-22T12:00:00Z"))?.name == "Ana")
        #expect(OnCall.onDuty([away, Self.bo], at: at("2026-11-23T12:00:00Z"))?.name == "Ana")
    }

    /// The rule worked out again by whole local clocks of Foundation's calendar, every minute of two years (with the five
    /// hours, 9 to 11 apart, that London and Sydney go through), plus zones with half hours and a thirty-minute change.
    @Test func `every minute of two years has exactly one on duty, and the rule agrees with the calendar`() {
        let zones = ["Europe/London", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata"]
        let people = zones.enumerated().map {
            Technician(id: $0 + 1, name: $1, number: "+44770090000\($0)", zone: $1)
        }
        let calendars = zones.map { zone -> Calendar in
            var calendar = Calendar(identifier: .gregorian)
            if let zone = TimeZone(identifier: zone) { calendar.timeZone = zone }
            return calendar
        }
        let start = at("2026-09-01T00:00:00Z")
        var minute = 0, wrong = 0, nobody = 0, checked = 0
        while minute < 2 * 365 * 1440 {
            let now = start + Milliseconds(minute) * 60_000
            let chosen = OnCall.onDuty(people, at: now)
            if chosen == nil { nobody += 1 }
            // The calendar is slow: compare every 97th minute, which meets every minute of the day.
            if minute % 97 == 0 {
                let date = Date(timeIntervalSince1970: Double(now) / 1000)
                let distances = calendars.map { calendar -> Int in
                    let parts = calendar.dateComponents([.hour, .minute], from: date)
                    let gap = abs((parts.hour ?? 0) * 60 + (parts.minute ?? 0) - OnCall.noon)
                    return min(gap, 1440 - gap)
                }
                let nearest = distances.min() ?? 0
                if OnCall.order(people, at: now).first != chosen { wrong += 1 }
                if chosen?.name != zones[distances.firstIndex(of: nearest) ?? 0] { wrong += 1 }
                checked += 1
            }
            minute += 1
        }
        #expect(nobody == 0)
        #expect(wrong == 0)
        #expect(checked > 10_000)
    }

    @Test func `between London and Sydney duty changes twice a day on every day of two years`() {
        var day = at("2026-09-01T12:00:00Z")
        for _ in 0..<730 {
            let first = OnCall.nextChange(both, after: day)
            #expect(first != nil)
            let second = OnCall.nextChange(both, after: first ?? day)
            #expect(second != nil)
            let length = (second ?? 0) - (first ?? 0)
            #expect(length > 11 * 3_600_000 && length < 13 * 3_600_000)
            day += 86_400_000
        }
    }

    @Test func `local time is right on the days the clocks change`() {
        #expect(OnCall.localTime(zone: "Europe/London", at: at("2027-03-28T00:59:00Z")) == "00:59")
        #expect(OnCall.localTime(zone: "Europe/London", at: at("2027-03-28T01:00:00Z")) == "02:00")
        #expect(OnCall.localTime(zone: "Australia/Sydney", at: at("2027-04-03T15:59:00Z")) == "02:59")
        #expect(OnCall.localTime(zone: "Australia/Sydney", at: at("2027-04-03T16:00:00Z")) == "02:00")
        #expect(OnCall.isKnown(zone: "Australia/Sydney"))
        #expect(!OnCall.isKnown(zone: "Australia/Sidney"))
    }
}
