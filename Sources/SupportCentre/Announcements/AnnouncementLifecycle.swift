// What may become of an announcement: one table, and one judge who reads it. What was published is never written again: it is
// moved or cancelled, and everybody it is for is told once more.
import Wire

/// What stands of an announcement at the moment a step is asked for.
package struct AnnouncementFacts: Sendable, Equatable {
    package var kind: AnnouncementKind
    package var state: AnnouncementState
    package var times: AnnouncementTimes
    /// Why an upgrade cannot wait as long as was promised; empty when it is none.
    package var emergency: String
    package init(kind: AnnouncementKind, state: AnnouncementState, times: AnnouncementTimes = AnnouncementTimes(), emergency: String = "") {
        (self.kind, self.state, self.times, self.emergency) = (kind, state, times, emergency)
    }
}

/// What comes with a step.
package struct AnnouncementRequest: Sendable, Equatable {
    package var step: AnnouncementStep
    /// Everybody it is for reads it.
    package var note: String
    /// For `reschedule`.
    package var window: ChangeWindow?
    package var emergency: String
    package init(_ step: AnnouncementStep, note: String = "", window: ChangeWindow? = nil, emergency: String = "") {
        (self.step, self.note, self.window, self.emergency) = (step, note, window, emergency)
    }
}

package enum AnnouncementNeed: Sendable, Equatable {
    /// A beginning and an end that can still be kept.
    case window
    /// As many days ahead as customers were promised, or an emergency with its reason.
    case notice
    /// A banner that somebody can still see.
    case banner
    case note
    case notOver
}

/// One line of the table.
package struct AnnouncementTransition: Sendable, Equatable {
    package var from: AnnouncementState
    package var step: AnnouncementStep
    package var to: AnnouncementState
    package var kinds: Set<AnnouncementKind>
    package var needs: [AnnouncementNeed]
    /// Whether its audience hears of it.
    package var tells: Bool
}

package enum AnnouncementLifecycle {
    private typealias Line = (from: AnnouncementState, step: AnnouncementStep, to: AnnouncementState, kinds: Set<AnnouncementKind>, needs: [AnnouncementNeed], tells: Bool)

    private static let all = Set(AnnouncementKind.allCases)

    package static let transitions: [AnnouncementTransition] = ([
        (.draft, .publish, .published, [.upgrade], [.window, .notice, .banner], true),
        (.draft, .publish, .published, [.maintenance], [.window, .banner], true),
        (.draft, .publish, .published, [.incident, .news], [.banner], true),
        (.draft, .cancel, .cancelled, all, [], false),
        (.published, .reschedule, .rescheduled, [.upgrade], [.notOver, .note, .window, .notice], true),
        (.published, .reschedule, .rescheduled, [.maintenance], [.notOver, .note, .window], true),
        (.rescheduled, .reschedule, .rescheduled, [.upgrade], [.notOver, .note, .window, .notice], true),
        (.rescheduled, .reschedule, .rescheduled, [.maintenance], [.notOver, .note, .window], true),
        (.published, .cancel, .cancelled, all, [.notOver, .note], true),
        (.rescheduled, .cancel, .cancelled, all, [.notOver, .note], true),
    ] as [Line]).map { AnnouncementTransition(from: $0.from, step: $0.step, to: $0.to, kinds: $0.kinds, needs: $0.needs, tells: $0.tells) }

    /// The steps that may be asked for now, whether or not everything they need is there yet.
    package static func steps(from facts: AnnouncementFacts, at now: Timestamp) -> [AnnouncementStep] {
        let isOver = facts.state != .draft && facts.times.phase(at: now) == .over
        return transitions.filter { $0.from == facts.state && $0.kinds.contains(facts.kind) && !(isOver && $0.needs.contains(.notOver)) }.map(\.step)
    }

    /// Where a step leads.
    /// - Throws: 409 when it does not start from here, 422 with every field that is missing.
    package static func judge(_ request: AnnouncementRequest, of facts: AnnouncementFacts, _ policy: AnnouncementPolicy, at now: Timestamp) throws(Failure) -> AnnouncementTransition {
        guard let line = transitions.first(where: { $0.from == facts.state && $0.step == request.step && $0.kinds.contains(facts.kind) }) else {
            let words = steps(from: facts, at: now).map(\.rawValue)
            throw .conflict(
                "An announcement of \(facts.kind.rawValue) that is \(facts.state.rawValue) does not take the step \(request.step.rawValue).",
                hint: words.isEmpty ? "Nothing can be done with it any more; write a new one." : "Possible now: \(words.joined(separator: ", ")).", code: "announcement-state")
        }
        let problems = line.needs.compactMap { $0.problem(of: facts, request, policy, at: now) }
        guard problems.isEmpty else { throw .unacceptable(problems) }
        return line
    }
}

extension AnnouncementNeed {
    /// The time the work would have after the step.
    private func window(_ facts: AnnouncementFacts, _ request: AnnouncementRequest) -> (starts: Timestamp?, ends: Timestamp?) {
        request.step == .reschedule ? (request.window?.starts, request.window?.ends) : (facts.times.starts, facts.times.ends)
    }

    /// Nil when it is there.
    func problem(of facts: AnnouncementFacts, _ request: AnnouncementRequest, _ policy: AnnouncementPolicy, at now: Timestamp) -> Failure.FieldProblem? {
        let (starts, ends) = window(facts, request)
        // Work that has begun may be given another end, not another beginning.
        let isExtended = request.step == .reschedule && starts != nil && starts == facts.times.starts
        switch self {
        case .window:
            guard let starts, let ends else { return .init(field: "starts", reason: "When the work begins and ends is missing.", hint: "Give both: people plan around them.") }
            if ends <= starts { return .init(field: "ends", reason: "The work ends before it begins.", hint: "Give an end after the beginning.") }
            if isExtended { return ends <= now ? .init(field: "ends", reason: "The work would have ended already.", hint: "Give an end to come.") : nil }
            if starts.milliseconds < now.milliseconds - ChangeWindow.slack { return .init(field: "starts", reason: "The work begins in the past.", hint: "Give a time to come.") }
            return nil
        case .notice:
            guard let starts, !isExtended, request.emergency.isEmpty, facts.emergency.isEmpty || request.step == .reschedule else { return nil }
            let earliest = now.adding(.seconds(policy.upgradeNoticeDays * 86_400))
            guard starts.milliseconds < earliest.milliseconds - ChangeWindow.slack else { return nil }
            return .init(
                field: "starts", reason: "Upgrades are announced \(policy.upgradeNoticeDays) days ahead; this one would begin sooner.",
                hint: "Let it begin on \(earliest.iso8601) or later, or say under emergency why it cannot wait.")
        case .banner:
            let banner = facts.times.banner(published: now, policy)
            guard banner.upperBound <= now || banner.isEmpty else { return nil }
            return .init(field: "banner_ends", reason: "The banner would end before anybody sees it.", hint: "Leave it empty, or give a time to come after its beginning.")
        case .note:
            guard request.note.isEmpty else { return nil }
            return .init(field: "note", reason: "A word on why is missing.", hint: "Everybody it was announced to reads it.")
        case .notOver:
            guard facts.times.phase(at: now) == .over else { return nil }
            return .init(field: "step", reason: "The work is over.", hint: "What was, stays announced as it was; write a new announcement.")
        }
    }
}
