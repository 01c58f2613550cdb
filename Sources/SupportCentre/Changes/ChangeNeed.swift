// What a transition needs, and what is said when it is not there.
import Wire

/// When a change is carried out, end not included.
package struct ChangeWindow: Sendable, Equatable, Hashable {
    package var starts: Timestamp
    package var ends: Timestamp
    package init(starts: Timestamp, ends: Timestamp) { (self.starts, self.ends) = (starts, ends) }

    /// The longest one may be: whoever needs more has several changes.
    package static let longest: Int64 = 7 * 86_400_000
    /// A window may begin so long before it is asked for: forms are filled in by people.
    package static let slack: Int64 = 10 * 60_000
}

package enum ChangeNeed: Sendable, Equatable {
    case content(ChangeContent)
    /// A word on why, or how it went.
    case note
    /// A window that can still be kept.
    case window
    /// If it costs something, the customer has said yes.
    case quote
    case board(BoardOutcome)
    /// Its window has begun, or has not.
    case begun, notBegun

    /// Nil when it is there.
    func problem(of facts: ChangeFacts, _ request: ChangeRequest, at now: Timestamp) -> Failure.FieldProblem? {
        switch self {
        case .content(let content):
            guard !facts.filled.contains(content) else { return nil }
            return .init(field: content.field, reason: "\(content.name) is missing.", hint: "Fill it in first.")
        case .note:
            guard request.note.isEmpty else { return nil }
            return .init(field: "note", reason: "A word on it is missing.", hint: "Say why, or how it went: everybody concerned reads it.")
        case .window: return Self.problem(of: request.window, at: now)
        case .quote:
            switch facts.quote {
            case nil, .accepted: return nil
            case .offered: return .init(field: "quote", reason: "The customer has not accepted the quote yet.", hint: "Wait for their answer, or withdraw the quote.")
            case .declined: return .init(field: "quote", reason: "The customer declined the quote.", hint: "Offer another, withdraw it, or cancel the change.")
            }
        case .board(let outcome):
            guard facts.board != outcome else { return nil }
            return .init(field: "votes", reason: "The vote has not come to that.", hint: facts.board == .lapsed ? "It ended without a result: extend it, or revise the change." : "Wait for the advisory board.")
        case .begun:
            guard let window = facts.window, now < window.starts else { return nil }
            return .init(field: "starts", reason: "Its window begins on \(window.starts.iso8601).", hint: "Wait for it, or reschedule the change.")
        case .notBegun:
            guard let window = facts.window, now >= window.starts else { return nil }
            return .init(field: "starts", reason: "Its window has begun.", hint: "Ask support: what has begun is backed out, not cancelled.")
        }
    }

    private static func problem(of window: ChangeWindow?, at now: Timestamp) -> Failure.FieldProblem? {
        guard let window else { return .init(field: "starts", reason: "When it begins and ends is missing.", hint: "Give both, such as 2026-11-22T02:00:00Z.") }
        if window.ends <= window.starts { return .init(field: "ends", reason: "The window ends before it begins.", hint: "Give an end after the beginning.") }
        if window.ends.milliseconds - window.starts.milliseconds > ChangeWindow.longest {
            return .init(field: "ends", reason: "The window is longer than 7 days.", hint: "Split the change.")
        }
        if window.starts.milliseconds < now.milliseconds - ChangeWindow.slack {
            return .init(field: "starts", reason: "The window begins in the past.", hint: "Give a time to come.")
        }
        return nil
    }
}
