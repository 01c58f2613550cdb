// What a customer was promised: the hours support works for them, and how long a response and a resolution may take.
import Wire

/// Text form, as stored with each ticket that lives by it:
/// `Europe/London; england-and-wales; Mon-Fri 09:00-17:30 | urgent 30m 4h; high 1h 8h; normal 4h 24h; low 8h 40h`; `-` stands for no promise.
package struct SupportPlan: Sendable, Hashable {
    /// In milliseconds of working time; nil when nothing is promised.
    package struct Targets: Sendable, Hashable {
        package var response: Int64?
        package var resolution: Int64?
        package init(response: Int64?, resolution: Int64?) { (self.response, self.resolution) = (response, resolution) }
    }

    package var calendar: BusinessCalendar
    package var targets: [TicketPriority: Targets]

    package init(calendar: BusinessCalendar, targets: [TicketPriority: Targets]) { (self.calendar, self.targets) = (calendar, targets) }

    package init(text: String) throws(Failure) {
        let halves = text.split(separator: "|", maxSplits: 1)
        guard halves.count == 2 else { throw Self.wrong(text) }
        calendar = try BusinessCalendar(text: String(halves[0]))
        targets = try Self.targets(String(halves[1]))
    }

    /// Reads `urgent 30m 4h; high 1h 8h`: response, then resolution, in working time.
    package static func targets(_ text: String) throws(Failure) -> [TicketPriority: Targets] {
        var targets: [TicketPriority: Targets] = [:]
        for part in text.split(separator: ";") where part.contains(where: { $0 != " " }) {
            let words = part.split(separator: " ")
            guard words.count == 3, let priority = TicketPriority(rawValue: String(words[0])), targets[priority] == nil else { throw wrong(String(part)) }
            targets[priority] = Targets(response: try target(words[1]), resolution: try target(words[2]))
        }
        return targets
    }

    /// `-`, or hours and minutes such as `4h`, `30m`, `1h30m`: one minute to 9600 hours.
    private static func target(_ word: Substring) throws(Failure) -> Int64? {
        if word == "-" { return nil }
        var minutes: Int64 = 0, digits: Int64?, units = ["h", "m"][...]
        for character in word {
            if let digit = character.wholeNumberValue, character.isASCII {
                guard (digits ?? 0) < 100_000 else { throw wrong(String(word)) }
                digits = (digits ?? 0) * 10 + Int64(digit)
            } else {
                guard let count = digits, let place = units.firstIndex(of: String(character)) else { throw wrong(String(word)) }
                minutes += character == "h" ? count * 60 : count
                (digits, units) = (nil, units[(place + 1)...])
            }
        }
        guard digits == nil, (1...576_000).contains(minutes) else { throw wrong(String(word)) }
        return minutes * 60_000
    }

    private static func wrong(_ part: String) -> Failure {
        .unacceptable([.init(
            field: "targets", reason: "The promise \"\(part)\" is not understood.",
            hint: "Write PRIORITY RESPONSE RESOLUTION in working time, such as urgent 30m 4h; high 1h 8h; from one minute; - promises nothing.")])
    }

    /// What holds until something else is configured.
    package static let standardHours = "Europe/London; england-and-wales; Mon-Fri 09:00-17:30"
    package static let standardTargets = "urgent 30m 4h; high 1h 8h; normal 4h 24h; low 8h 40h"
    package static let standard: SupportPlan = {
        guard let plan = try? SupportPlan(text: "\(standardHours) | \(standardTargets)") else { preconditionFailure("the standard plan is wrong") }
        return plan
    }()

    package var text: String { "\(calendar.text) | \(targetsText)" }

    package var targetsText: String {
        func word(_ target: Int64?) -> String { target.map { Self.hours($0) } ?? "-" }
        return TicketPriority.allCases.reversed().compactMap { priority in
            targets[priority].map { "\(priority.rawValue) \(word($0.response)) \(word($0.resolution))" }
        }.joined(separator: "; ")
    }

    private static func hours(_ milliseconds: Int64) -> String {
        let minutes = milliseconds / 60_000
        return minutes % 60 == 0 ? "\(minutes / 60)h" : (minutes >= 60 ? "\(minutes / 60)h" : "") + "\(minutes % 60)m"
    }
}
