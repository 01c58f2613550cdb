// What the configuration says of support: its telephone, its hours, what it promises and to whom.
import SupportCentre
import Wire
import Yams

extension Configuration {
    package struct Support: Sendable, Equatable {
        /// As people read and dial it.
        package var telephone: String?
        /// Of every customer without another; its hours are those of the telephone.
        package var standard = SupportPlan.standard
        /// By name.
        package var plans: [String: SupportPlan] = [:]
        package var policy = TicketPolicy()
        package var announcements = AnnouncementPolicy()
        package init() {}

        /// The plan of a name; nil for one that is not configured.
        package func plan(_ name: String) -> SupportPlan? { name == "standard" ? standard : plans[name] }
    }

    mutating func readSupport(_ top: ConfigurationSection) {
        guard let section = top.section("support", example: "{telephone: \"+44 20 7946 0018\", hours: \"\(SupportPlan.standardHours)\"}") else { return }
        support.telephone = section.value("telephone", wanted: "a telephone number", example: "\"+44 20 7946 0018\"") { text in
            let digits = text.utf8.filter { (0x30...0x39).contains($0) }.count
            return text.hasPrefix("+") && (6...15).contains(digits) && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) || $0 == 0x20 } ? text : nil
        }
        support.standard = Self.plan(section, else: support.standard)
        if let days = section.integer("reopen-days", 0...3650, example: "30") { support.policy.reopenDays = days }
        if let days = section.integer("close-resolved-days", 1...365, example: "7") { support.policy.closeResolvedDays = days }
        if let days = section.integer("upgrade-notice-days", 0...365, example: "14") { support.announcements.upgradeNoticeDays = days }
        if let days = section.integer("banner-days", 1...365, example: "7") { support.announcements.bannerDays = days }
        for one in section.sections("plans", example: "{name: gold, targets: \"urgent 15m 2h; high 30m 4h; normal 2h 8h; low 4h 24h\"}") {
            guard let name = one.text("name", example: "gold") else {
                if one.node("name") == nil { one.missing("name", "write name: gold") }
                continue
            }
            guard (1...40).contains(name.utf8.count), name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }), name != "standard", support.plans[name] == nil else {
                one.report("name", "`\(name)` cannot name a plan", "write lower case letters, digits and -; each name once, and not standard, which is the plan of `support` itself")
                continue
            }
            support.plans[name] = Self.plan(one, else: support.standard)
        }
    }

    private static func plan(_ section: ConfigurationSection, else given: SupportPlan) -> SupportPlan {
        var plan = given
        if let text = section.text("hours", example: "\"\(SupportPlan.standardHours)\"") {
            do throws(Failure) { plan.calendar = try BusinessCalendar(text: text) } catch { section.report("hours", error.reason, error.hint) }
        }
        if let text = section.text("targets", example: "\"\(SupportPlan.standardTargets)\"") {
            do throws(Failure) { plan.targets = try SupportPlan.targets(text) } catch { section.report("targets", error.reason, error.hint) }
        }
        return plan
    }
}
