// What the votes of the change advisory board come to: quorum, rule, deadline.
import Wire

package enum VoteChoice: String, Sendable, CaseIterable { case approve, reject, abstain }

package enum BoardRule: String, Sendable, CaseIterable {
    /// More for it than against it.
    case majority
    /// Nobody against it.
    case all
}

package struct BoardVote: Sendable, Equatable {
    package var person: String
    package var choice: VoteChoice
    package var at: Timestamp
    package init(person: String, choice: VoteChoice, at: Timestamp) { (self.person, self.choice, self.at) = (person, choice, at) }
}

package enum BoardOutcome: Sendable, Equatable {
    /// So many more votes are needed for a quorum; 0 when there is one and it is a tie.
    case open(missing: Int)
    case approved
    case rejected
    /// The deadline passed without a result.
    case lapsed
}

/// The limits of votes, with the defaults of the house.
package struct BoardOptions: Sendable, Equatable {
    /// Votes that a change of medium or higher risk needs; one of low risk and an emergency need one.
    package var quorum = 2
    /// How long the board of a normal change, and of an emergency, has.
    package var period = Duration.seconds(3 * 86_400)
    package var emergencyPeriod = Duration.seconds(4 * 3600)
    package init() {}
}

/// One vote on one change. A decision stands as soon as the quorum is there and the rule is met.
package struct AdvisoryBoard: Sendable, Equatable {
    package var quorum: Int
    package var rule: BoardRule
    /// The last moment a vote counts.
    package var ends: Timestamp

    package init(quorum: Int, rule: BoardRule, ends: Timestamp) { (self.quorum, self.rule, self.ends) = (quorum, rule, ends) }

    /// The board a change gets: the higher the risk, the more have to agree. A person who is awake decides an emergency.
    package init(for kind: ChangeKind, risk: ChangeRisk, options: BoardOptions, opened now: Timestamp) {
        if kind == .emergency {
            self.init(quorum: 1, rule: .majority, ends: now.adding(options.emergencyPeriod))
            return
        }
        self.init(
            quorum: risk == .low ? 1 : max(1, options.quorum), rule: risk == .high || risk == .veryHigh ? .all : .majority, ends: now.adding(options.period))
    }

    /// - Parameter votes: in the order they were given. Of one person only the last counts; those after the end do not.
    package func outcome(of votes: [BoardVote], at now: Timestamp) -> BoardOutcome {
        var last: [String: VoteChoice] = [:]
        for vote in votes where vote.at <= ends { last[vote.person] = vote.choice }
        let approve = last.values.count { $0 == .approve }, reject = last.values.count { $0 == .reject }
        // Who abstains is present: they count for the quorum and for nothing else.
        let missing = max(0, quorum - last.count)
        switch rule {
        case .all:
            if reject > 0 { return .rejected }
            if missing == 0, approve > 0 { return .approved }
        case .majority:
            if missing == 0, approve > reject { return .approved }
            if missing == 0, reject > approve { return .rejected }
        }
        return now > ends ? .lapsed : .open(missing: missing)
    }

    /// Whether somebody may vote. Nobody votes on what they raised themselves.
    package func check(voter: String, raisedBy person: String, at now: Timestamp) throws(Failure) {
        if voter == person {
            throw .forbidden("Nobody votes on a change they raised themselves.", hint: "Ask another member of staff to vote.")
        }
        if now > ends {
            throw .conflict("The vote ended on \(ends.iso8601).", hint: "Extend it, or send the change back to be revised.", code: "vote-ended")
        }
    }
}
