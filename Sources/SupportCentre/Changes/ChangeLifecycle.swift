// What may become of a change: three tables of transitions, and one judge who reads them.
import Wire

/// What stands of a change at the moment a step is asked for.
package struct ChangeFacts: Sendable, Equatable {
    package var kind: ChangeKind
    package var state: ChangeState
    /// What is filled in.
    package var filled: Set<ChangeContent>
    package var window: ChangeWindow?
    /// Nil when it costs nothing.
    package var quote: QuoteState?
    /// Nil while nobody has been asked to vote.
    package var board: BoardOutcome?

    package init(kind: ChangeKind, state: ChangeState, filled: Set<ChangeContent> = [], window: ChangeWindow? = nil, quote: QuoteState? = nil, board: BoardOutcome? = nil) {
        (self.kind, self.state, self.filled, self.window, self.quote, self.board) = (kind, state, filled, window, quote, board)
    }
}

/// What comes with a step.
package struct ChangeRequest: Sendable, Equatable {
    package var step: ChangeStep
    /// What whoever takes it says about it.
    package var note: String
    /// For `schedule` and `reschedule`.
    package var window: ChangeWindow?
    package init(_ step: ChangeStep, note: String = "", window: ChangeWindow? = nil) { (self.step, self.note, self.window) = (step, note, window) }
}

/// One line of a table.
package struct ChangeTransition: Sendable, Equatable {
    package var from: ChangeState
    package var step: ChangeStep
    package var to: ChangeState
    package var by: Set<ChangeParty>
    package var needs: [ChangeNeed]
}

package enum ChangeLifecycle {
    private typealias Line = (from: ChangeState, step: ChangeStep, to: ChangeState, by: Set<ChangeParty>, needs: [ChangeNeed])

    private static let anyone: Set<ChangeParty> = [.owner, .staff]

    /// From submitted to scheduled: agreed beforehand, therefore with its plan from the start, and closed without a review unless it went wrong.
    private static let standard: [Line] = [
        (.draft, .submit, .submitted, anyone, [.content(.reason), .content(.plan), .content(.backOut)]),
        (.submitted, .schedule, .scheduled, [.staff], [.content(.evidence), .quote, .window]),
        (.implemented, .close, .closed, [.staff], []),
    ]

    private static let normal: [Line] = [
        (.draft, .submit, .submitted, anyone, [.content(.reason)]),
        (.submitted, .assess, .assessed, [.staff], [.content(.risk), .content(.plan), .content(.backOut)]),
        (.assessed, .approve, .approved, [.board], [.board(.approved)]),
        (.assessed, .reject, .rejected, [.board], [.board(.rejected)]),
        (.assessed, .extend, .assessed, [.staff], [.board(.lapsed)]),
        (.assessed, .revise, .draft, anyone, [.note]),
        (.assessed, .cancel, .cancelled, anyone, [.note]),
        (.approved, .schedule, .scheduled, [.staff], [.content(.evidence), .quote, .window]),
    ]

    /// The assessment is left out and the evidence may follow, but not the vote: it needs what it decides on.
    private static let emergency: [Line] = [
        (.draft, .submit, .submitted, anyone, [.content(.reason)]),
        (.submitted, .approve, .approved, [.board], [.content(.risk), .content(.plan), .content(.backOut), .board(.approved)]),
        (.submitted, .reject, .rejected, [.board], [.board(.rejected)]),
        (.submitted, .extend, .submitted, [.staff], [.board(.lapsed)]),
        (.approved, .schedule, .scheduled, [.staff], [.quote, .window]),
    ]

    /// What the three have alike.
    private static let shared: [Line] = [
        (.draft, .cancel, .cancelled, anyone, []),
        (.submitted, .revise, .draft, anyone, [.note]),
        (.submitted, .cancel, .cancelled, anyone, [.note]),
        (.rejected, .revise, .draft, anyone, [.note]),
        (.rejected, .cancel, .cancelled, anyone, []),
        (.approved, .cancel, .cancelled, anyone, [.note]),
        (.scheduled, .reschedule, .scheduled, [.staff], [.note, .window]),
        (.scheduled, .implement, .implemented, [.staff], [.begun]),
        (.scheduled, .backOut, .backedOut, [.staff], [.begun, .note]),
        // An owner calls it off before it begins; afterwards staff have their hands in it.
        (.scheduled, .cancel, .cancelled, [.owner], [.notBegun, .note]),
        (.scheduled, .cancel, .cancelled, [.staff], [.note]),
        (.implemented, .backOut, .backedOut, [.staff], [.note]),
        (.implemented, .review, .reviewed, [.staff], [.content(.evidence), .note]),
        (.backedOut, .review, .reviewed, [.staff], [.note]),
        (.reviewed, .close, .closed, [.staff], []),
    ]

    private static let tables: [ChangeKind: [ChangeTransition]] = {
        let own: [(ChangeKind, [Line])] = [(.standard, standard), (.normal, normal), (.emergency, emergency)]
        return Dictionary(uniqueKeysWithValues: own.map { kind, lines in
            (kind, (lines + shared).map { ChangeTransition(from: $0.from, step: $0.step, to: $0.to, by: $0.by, needs: $0.needs) })
        })
    }()

    /// The whole table of a kind.
    package static func transitions(of kind: ChangeKind) -> [ChangeTransition] { tables[kind] ?? [] }

    /// The states a change of this kind passes on the straight way, for its picture.
    package static func path(of kind: ChangeKind) -> [ChangeState] {
        switch kind {
        case .standard: [.draft, .submitted, .scheduled, .implemented, .closed]
        case .normal: [.draft, .submitted, .assessed, .approved, .scheduled, .implemented, .reviewed, .closed]
        case .emergency: [.draft, .submitted, .approved, .scheduled, .implemented, .reviewed, .closed]
        }
    }

    // MARK: Judging

    /// Where a step leads.
    /// - Throws: 409 when it does not start from this state, 403 when it is not for these parties, 422 with every field that is missing.
    package static func judge(_ request: ChangeRequest, of facts: ChangeFacts, by parties: Set<ChangeParty>, at now: Timestamp) throws(Failure) -> ChangeTransition {
        let lines = transitions(of: facts.kind).filter { $0.from == facts.state && $0.step == request.step }
        guard !lines.isEmpty else {
            let words = steps(from: facts, by: parties).map(\.rawValue)
            throw .conflict(
                "A \(facts.kind.rawValue) change that is \(facts.state.rawValue) does not take the step \(request.step.rawValue).",
                hint: words.isEmpty ? "Nothing is left for you to do here." : "Possible for you now: \(words.joined(separator: ", ")).", code: "change-state")
        }
        guard let line = lines.first(where: { !$0.by.isDisjoint(with: parties) }) else {
            let who = lines[0].by.contains(.staff) ? "staff" : lines[0].by.contains(.board) ? "the vote of the advisory board" : "whoever raised it"
            throw .forbidden("The step \(request.step.rawValue) is not yours to take.", hint: "It takes \(who).")
        }
        let problems = line.needs.compactMap { $0.problem(of: facts, request, at: now) }
        guard problems.isEmpty else { throw .unacceptable(problems) }
        return line
    }

    /// The steps somebody may ask for now, whether or not everything they need is there yet.
    package static func steps(from facts: ChangeFacts, by parties: Set<ChangeParty>) -> [ChangeStep] {
        let possible = transitions(of: facts.kind).filter { $0.from == facts.state && !$0.by.isDisjoint(with: parties) && !$0.by.contains(.board) }
        return ChangeStep.allCases.filter { step in
            possible.contains { $0.step == step } && (step != .extend || facts.board == .lapsed)
        }
    }

    /// What may still be written. What was voted on stays as it was: to change it is to revise it.
    package static func editable(in state: ChangeState, hasVotes: Bool) -> Set<ChangeContent> {
        switch state {
        case .draft: Set(ChangeContent.allCases)
        case .submitted: hasVotes ? [.evidence] : Set(ChangeContent.allCases)
        case .assessed, .approved, .scheduled, .implemented, .backedOut: [.evidence]
        case .rejected, .reviewed, .closed, .cancelled: []
        }
    }

    /// Whether the board may vote now: where its approval starts from, with all there that it decides on.
    package static func checkVote(of facts: ChangeFacts, at now: Timestamp) throws(Failure) {
        guard let line = transitions(of: facts.kind).first(where: { $0.from == facts.state && $0.step == .approve }) else {
            throw .conflict("A \(facts.kind.rawValue) change that is \(facts.state.rawValue) is not voted on.", hint: "Normal changes are voted on when they are assessed, emergencies when they are submitted.", code: "change-state")
        }
        let problems = line.needs.compactMap { need in
            if case .board = need { return nil as Failure.FieldProblem? }
            return need.problem(of: facts, ChangeRequest(.approve), at: now)
        }
        guard problems.isEmpty else { throw .unacceptable(problems) }
    }
}
