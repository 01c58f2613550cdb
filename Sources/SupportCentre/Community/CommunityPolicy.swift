// When a comment is seen, how long it may be changed, and how much one person may write: rules without a clock of their own.
import Wire

/// The community's options; every limit by name.
package struct CommunityPolicy: Sendable, Equatable {
    package enum Moderation: String, Sendable, CaseIterable {
        /// Staff look at every comment before others see it.
        case before
        /// Comments are seen at once, but a person's first and those with many links; staff look afterwards.
        case after
    }
    package var moderation = Moderation.before
    /// How long people may change what they wrote.
    package var editMinutes = 15
    /// So many people flagging a comment hide it until staff have looked.
    package var flagsToHide = 3
    /// Comments of one person in an hour.
    package var commentsPerHour = 6
    /// Links in a comment; with more it waits for staff whatever the moderation.
    package var linksPerComment = 2
    package init() {}
}

package enum CommentState: String, Sendable, CaseIterable {
    /// For staff to look at; its writer sees it.
    case waiting
    case shown
    /// Taken away by staff.
    case hidden
    /// Taken back by its writer.
    case withdrawn
}

extension CommunityPolicy {
    /// What becomes of a comment that was just written or changed.
    ///
    /// - Parameter isKnown: staff let a comment of this person through before.
    package func state(of text: String, byStaff: Bool, isKnown: Bool) -> CommentState {
        if byStaff { return .shown }
        return moderation == .before || !isKnown || Self.links(in: text) > linksPerComment ? .waiting : .shown
    }

    /// Whether its writer may still change it.
    package func mayEdit(written: Timestamp, state: CommentState, now: Timestamp) -> Bool {
        (state == .waiting || state == .shown) && now.milliseconds - written.milliseconds < Int64(editMinutes) * 60_000
    }

    /// What flags make of a comment; one that staff looked at stays.
    package func state(after flags: Int, now state: CommentState, wasChecked: Bool) -> CommentState {
        state == .shown && !wasChecked && flags >= flagsToHide ? .waiting : state
    }

    /// Whether one more is too many, and in how many seconds it is not; `earlier` are the times of the last hour's.
    package func wait(after earlier: [Timestamp], now: Timestamp) -> Int? {
        let recent = earlier.filter { now.milliseconds - $0.milliseconds < 3_600_000 }.sorted { $0 < $1 }
        guard recent.count >= commentsPerHour else { return nil }
        let free = recent[recent.count - commentsPerHour].milliseconds + 3_600_000
        return max(1, Int((free - now.milliseconds + 999) / 1000))
    }

    /// What looks like a link to another place.
    static func links(in text: String) -> Int {
        let lower = text.lowercased()
        return lower.ranges(of: "://").count + lower.ranges(of: "www.").count
    }
}

/// The name somebody is shown by in the community. It is theirs to choose, so nothing else of them needs to be shown.
package enum CommunityName {
    package static let longest = 40
    /// Words that would make somebody look like the house.
    static let reserved = ["fitech", "support", "staff", "admin", "administrator", "moderator", "operations"]

    /// The name as it is compared: people must not look like each other by case or blanks.
    package static func key(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    /// What is wrong with a name, nil when nothing is.
    package static func problem(_ name: String) -> String? {
        if !(2...longest).contains(name.count) { return "A name has 2 to \(longest) characters." }
        if name.contains("@") || name.contains("://") || name.contains("www.") { return "An address is no name: others would see it." }
        if !name.allSatisfy({ $0.isLetter || $0.isNumber || " .-'’".contains($0) }) || key(name).count < 2 { return "A name is made of letters, digits, blanks, dots and hyphens." }
        if reserved.contains(where: { key(name).contains($0) }) { return "This name would look like one of Fitech's own people." }
        return nil
    }
}
