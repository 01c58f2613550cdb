// The three tables of changes: what no path through them can do, whoever takes which steps in which order.
import SupportCentre
import Testing
import Wire

private let now = Timestamp(milliseconds: 1_795_000_000_000)

@Suite struct ChangeLifecycleTests {
    /// The states that can be reached from `start` without passing `without`, by those parties.
    private func reachable(_ kind: ChangeKind, from start: ChangeState = .draft, without: Set<ChangeState> = [], by parties: Set<ChangeParty> = Set(ChangeParty.allCases)) -> Set<ChangeState> {
        var found: Set<ChangeState> = [start], open = [start]
        while let state = open.popLast() {
            for line in ChangeLifecycle.transitions(of: kind) where line.from == state && !line.by.isDisjoint(with: parties) && !without.contains(line.to) {
                if found.insert(line.to).inserted { open.append(line.to) }
            }
        }
        return found
    }

    @Test(arguments: ChangeKind.allCases) func `nothing leads out of a final state, and from every other one a final state can be reached`(kind: ChangeKind) {
        for state in ChangeState.allCases {
            let out = ChangeLifecycle.transitions(of: kind).filter { $0.from == state }
            if state.isFinal { #expect(out.isEmpty, "\(kind) \(state)") }
        }
        for state in reachable(kind) where !state.isFinal {
            #expect(reachable(kind, from: state).contains { $0.isFinal }, "\(kind) \(state) is a trap")
        }
    }

    @Test func `a normal change and an emergency are scheduled only after an approval, a normal one only after an assessment`() {
        for kind in [ChangeKind.normal, .emergency] {
            let without = reachable(kind, without: [.approved])
            #expect(!without.contains(.scheduled) && !without.contains(.implemented) && reachable(kind).contains(.implemented))
        }
        #expect(!reachable(.normal, without: [.assessed]).contains(.approved))
        #expect(!reachable(.emergency).contains(.assessed))
    }

    @Test func `approval and rejection are the board's alone, whatever the kind`() {
        for kind in ChangeKind.allCases {
            for line in ChangeLifecycle.transitions(of: kind) where line.to == .approved || line.to == .rejected {
                #expect(line.by == [.board] && line.needs.contains(.board(line.to == .approved ? .approved : .rejected)), "\(kind) \(line)")
            }
        }
        #expect(!reachable(.standard).contains(.approved))
    }

    @Test(arguments: ChangeKind.allCases) func `who raised a change cannot carry it beyond submitting by themselves`(kind: ChangeKind) {
        #expect(reachable(kind, by: [.owner]) == [.draft, .submitted, .cancelled])
    }

    @Test(arguments: ChangeKind.allCases) func `nothing is carried out without a reason, a plan, a way back and a window`(kind: ChangeKind) {
        // Along every path: what was needed on the way to each state, at the least.
        var known: [ChangeState: [ChangeNeed]] = [.draft: []]
        var open: [ChangeState] = [.draft]
        while let state = open.popLast() {
            for line in ChangeLifecycle.transitions(of: kind) where line.from == state {
                // Going back to a draft empties the hands.
                let have = line.to == .draft ? [] : (known[state] ?? []) + line.needs.filter { !(known[state] ?? []).contains($0) }
                let before = known[line.to]
                let least = before.map { $0.filter(have.contains) } ?? have
                if before.map({ $0.count != least.count }) ?? true {
                    known[line.to] = least
                    open.append(line.to)
                }
            }
        }
        for need in [ChangeNeed.content(.reason), .content(.plan), .content(.backOut), .window, .quote, .begun] {
            #expect(known[.implemented]?.contains(need) == true, "\(kind) \(need)")
        }
    }

    @Test(arguments: ChangeKind.allCases) func `each table says one thing about a state, a step and a party`(kind: ChangeKind) {
        let lines = ChangeLifecycle.transitions(of: kind)
        for (index, line) in lines.enumerated() {
            for other in lines[(index + 1)...] where other.from == line.from && other.step == line.step {
                #expect(line.by.isDisjoint(with: other.by), "\(kind) \(line.from) \(line.step)")
            }
        }
        for state in ChangeLifecycle.path(of: kind) { #expect(reachable(kind).contains(state)) }
        for (from, to) in zip(ChangeLifecycle.path(of: kind), ChangeLifecycle.path(of: kind).dropFirst()) {
            #expect(lines.contains { $0.from == from && $0.to == to }, "\(kind): the picture shows \(from) before \(to)")
        }
    }

    @Test func `two thousand random walks never break a rule, and reach every state`() {
        var seen: Set<ChangeState> = []
        for seed in 0..<2000 {
            var random = Seeded(UInt64(seed))
            let kind = ChangeKind.allCases.randomElement(using: &random)!
            var facts = ChangeFacts(kind: kind, state: .draft)
            var clock = now, everApproved = false
            for _ in 0..<40 {
                clock = clock.adding(.seconds(Int.random(in: 0...7200, using: &random)))
                for content in ChangeContent.allCases where ChangeLifecycle.editable(in: facts.state, hasVotes: facts.board != nil).contains(content) {
                    if Bool.random(using: &random) { facts.filled.insert(content) }
                }
                facts.board = [nil, .open(missing: 1), .approved, .rejected, .lapsed].randomElement(using: &random)!
                facts.quote = [nil, .offered, .accepted, .declined].randomElement(using: &random)!
                let starts = clock.adding(.seconds(Int.random(in: -7200...14_400, using: &random)))
                // Half of the time a step that the state knows, so that walks get far; cancelling ends too many of them.
                let known = ChangeLifecycle.transitions(of: kind).filter { $0.from == facts.state && $0.step != .cancel }.map(\.step)
                let step = (Bool.random(using: &random) ? known.randomElement(using: &random) : nil) ?? ChangeStep.allCases.randomElement(using: &random)!
                var request = ChangeRequest(step, note: Bool.random(using: &random) ? "because" : "")
                if Bool.random(using: &random) { request.window = ChangeWindow(starts: starts, ends: starts.adding(.seconds(Int.random(in: -600...900_000, using: &random)))) }
                let parties = Set(ChangeParty.allCases.filter { _ in Bool.random(using: &random) })
                let before = facts
                do throws(Failure) {
                    let line = try ChangeLifecycle.judge(request, of: facts, by: parties, at: clock)
                    #expect(line.from == before.state && !before.state.isFinal && !line.by.isDisjoint(with: parties))
                    facts.state = line.to
                    seen.insert(line.to)
                    if line.step == .schedule || line.step == .reschedule {
                        facts.window = request.window
                        let window = request.window!
                        #expect(window.ends > window.starts && window.starts.milliseconds >= clock.milliseconds - ChangeWindow.slack)
                        #expect(facts.filled.isSuperset(of: [.reason, .plan, .backOut]) && (line.step == .reschedule || [nil, .accepted].contains(facts.quote)))
                    }
                    if facts.state == .approved { everApproved = true }
                    if line.step == .implement {
                        #expect(clock >= before.window!.starts)
                        #expect(kind == .standard || everApproved)
                    }
                    if facts.state == .draft { everApproved = false }
                } catch {
                    #expect([403, 409, 422].contains(error.status) && !error.hint.isEmpty && facts == before)
                    if error.status == 422 { #expect(!error.fields.isEmpty) }
                }
            }
        }
        #expect(seen == Set(ChangeState.allCases))
    }

    @Test func `a refusal says what is possible, and names every missing field at once`() throws {
        let facts = ChangeFacts(kind: .normal, state: .submitted)
        let wrong = failure { () throws(Failure) in _ = try ChangeLifecycle.judge(ChangeRequest(.schedule), of: facts, by: [.staff], at: now) }
        #expect(wrong?.status == 409 && wrong?.hint.contains("assess") == true)
        let notYours = failure { () throws(Failure) in _ = try ChangeLifecycle.judge(ChangeRequest(.assess), of: facts, by: [.owner], at: now) }
        #expect(notYours?.status == 403)
        let missing = failure { () throws(Failure) in _ = try ChangeLifecycle.judge(ChangeRequest(.assess), of: facts, by: [.staff], at: now) }
        #expect(missing?.fields.map(\.field) == ["impact", "plan", "back_out"])
    }

    @Test func `what was voted on is not rewritten`() {
        #expect(ChangeLifecycle.editable(in: .submitted, hasVotes: true) == [.evidence])
        #expect(ChangeLifecycle.editable(in: .assessed, hasVotes: false) == [.evidence])
        for state in ChangeState.allCases where state.isFinal { #expect(ChangeLifecycle.editable(in: state, hasVotes: false).isEmpty) }
    }
}

@Suite struct ChangeRiskTests {
    @Test func `risk never falls when impact or likelihood grows`() {
        for (row, impact) in ChangeImpact.allCases.enumerated() {
            for (column, likelihood) in ChangeLikelihood.allCases.enumerated() {
                let place = ChangeRisk.allCases.firstIndex(of: ChangeRisk(impact, likelihood))!
                #expect(ChangeRisk(impact, likelihood) == ChangeRisk.matrix[row][column])
                for (further, other) in ChangeImpact.allCases.enumerated() where further >= row {
                    #expect(ChangeRisk.allCases.firstIndex(of: ChangeRisk(other, likelihood))! >= place)
                }
                for (further, other) in ChangeLikelihood.allCases.enumerated() where further >= column {
                    #expect(ChangeRisk.allCases.firstIndex(of: ChangeRisk(impact, other))! >= place)
                }
            }
        }
        #expect(ChangeRisk(.minor, .unlikely) == .low && ChangeRisk(.severe, .expected) == .veryHigh)
    }
}

@Suite struct AdvisoryBoardTests {
    private func vote(_ person: String, _ choice: VoteChoice, after seconds: Int = 0) -> BoardVote {
        BoardVote(person: person, choice: choice, at: now.adding(.seconds(seconds)))
    }

    @Test func `a majority decides once the quorum is there; a tie waits and lapses`() {
        let board = AdvisoryBoard(quorum: 2, rule: .majority, ends: now.adding(.seconds(100)))
        #expect(board.outcome(of: [], at: now) == .open(missing: 2))
        #expect(board.outcome(of: [vote("a", .approve)], at: now) == .open(missing: 1))
        #expect(board.outcome(of: [vote("a", .approve), vote("b", .approve)], at: now) == .approved)
        #expect(board.outcome(of: [vote("a", .approve), vote("b", .abstain)], at: now) == .approved)
        #expect(board.outcome(of: [vote("a", .reject), vote("b", .abstain)], at: now) == .rejected)
        let tie = [vote("a", .approve), vote("b", .reject)]
        #expect(board.outcome(of: tie, at: now) == .open(missing: 0))
        #expect(board.outcome(of: tie, at: now.adding(.seconds(101))) == .lapsed)
        #expect(board.outcome(of: [vote("a", .abstain), vote("b", .abstain)], at: now) == .open(missing: 0))
    }

    @Test func `where all must agree one voice against it is enough`() {
        let board = AdvisoryBoard(quorum: 3, rule: .all, ends: now.adding(.seconds(100)))
        #expect(board.outcome(of: [vote("a", .reject)], at: now) == .rejected)
        #expect(board.outcome(of: [vote("a", .approve), vote("b", .approve)], at: now) == .open(missing: 1))
        #expect(board.outcome(of: [vote("a", .approve), vote("b", .approve), vote("c", .abstain)], at: now) == .approved)
    }

    @Test func `the last vote of a person counts, and none after the end`() {
        let board = AdvisoryBoard(quorum: 1, rule: .majority, ends: now.adding(.seconds(100)))
        #expect(board.outcome(of: [vote("a", .reject), vote("a", .approve, after: 5)], at: now) == .approved)
        #expect(board.outcome(of: [vote("a", .approve, after: 101)], at: now.adding(.seconds(102))) == .lapsed)
    }

    @Test func `nobody votes on what they raised, nor after the end`() {
        let board = AdvisoryBoard(quorum: 1, rule: .majority, ends: now.adding(.seconds(100)))
        #expect(failure { () throws(Failure) in try board.check(voter: "a", raisedBy: "a", at: now) }?.status == 403)
        #expect(failure { () throws(Failure) in try board.check(voter: "a", raisedBy: "b", at: now.adding(.seconds(101))) }?.code == "vote-ended")
        #expect(failure { () throws(Failure) in try board.check(voter: "a", raisedBy: "b", at: now) } == nil)
    }

    @Test func `the higher the risk, the more must agree, and an emergency is decided by whoever is awake`() {
        let options = BoardOptions()
        let low = AdvisoryBoard(for: .normal, risk: .low, options: options, opened: now), high = AdvisoryBoard(for: .normal, risk: .veryHigh, options: options, opened: now)
        #expect(low.quorum == 1 && low.rule == .majority && high.quorum == 2 && high.rule == .all)
        let emergency = AdvisoryBoard(for: .emergency, risk: .veryHigh, options: options, opened: now)
        #expect(emergency.quorum == 1 && emergency.ends < low.ends)
    }

    @Test func `random votes come to what counting them slowly comes to, whatever their order between persons`() {
        for seed in 0..<5000 {
            var random = Seeded(UInt64(seed))
            let board = AdvisoryBoard(quorum: Int.random(in: 1...4, using: &random), rule: BoardRule.allCases.randomElement(using: &random)!, ends: now.adding(.seconds(50)))
            let votes = (0..<Int.random(in: 0...8, using: &random)).map { place in
                vote(["a", "b", "c", "d", "e"].randomElement(using: &random)!, VoteChoice.allCases.randomElement(using: &random)!, after: place * Int.random(in: 0...10, using: &random))
            }
            let at = now.adding(.seconds(Int.random(in: 0...100, using: &random)))
            let outcome = board.outcome(of: votes, at: at)
            // The slow way: everybody's last vote in time, counted by hand.
            var choices: [VoteChoice] = []
            for person in ["a", "b", "c", "d", "e"] {
                if let last = votes.last(where: { $0.person == person && $0.at <= board.ends }) { choices.append(last.choice) }
            }
            let yes = choices.filter { $0 == .approve }.count, no = choices.filter { $0 == .reject }.count
            let quorum = choices.count >= board.quorum
            let approved = quorum && (board.rule == .all ? no == 0 && yes > 0 : yes > no), rejected = board.rule == .all ? no > 0 : quorum && no > yes
            let expected: BoardOutcome = approved ? .approved : rejected ? .rejected : at > board.ends ? .lapsed : .open(missing: max(0, board.quorum - choices.count))
            #expect(outcome == expected, "seed \(seed)")
            #expect(!(approved && rejected))
            // One more voice for it never turns a yes into a no.
            if outcome == .approved { #expect(board.outcome(of: votes + [vote("f", .approve)], at: at) == .approved) }
        }
    }
}

@Suite struct ChangeCalendarTests {
    @Test func `clashes are found as by comparing each with each`() {
        for seed in 0..<500 {
            var random = Seeded(UInt64(seed))
            let changes = (1...Int.random(in: 1...30, using: &random)).map { number -> PlannedChange in
                let starts = now.adding(.seconds(Int.random(in: 0...1000, using: &random)))
                let parts = Set(ServicePart.allCases.filter { _ in Int.random(in: 0...4, using: &random) == 0 })
                return PlannedChange(
                    number: number, customer: [nil, "clinic", "club"].randomElement(using: &random)!, parts: parts,
                    window: ChangeWindow(starts: starts, ends: starts.adding(.seconds(Int.random(in: 1...200, using: &random)))))
            }
            var expected: [Int: [Int]] = [:]
            for a in changes { for b in changes where a.number != b.number && a.clashes(with: b) { expected[a.number, default: []].append(b.number) } }
            #expect(ChangeCalendar.clashes(among: changes.shuffled(using: &random)) == expected, "seed \(seed)")
        }
    }

    @Test func `windows that touch do not clash, nor do those of different customers or parts`() {
        let first = ChangeWindow(starts: now, ends: now.adding(.seconds(60))), second = ChangeWindow(starts: first.ends, ends: first.ends.adding(.seconds(60)))
        func change(_ number: Int, _ customer: String?, _ parts: Set<ServicePart>, _ window: ChangeWindow) -> PlannedChange { PlannedChange(number: number, customer: customer, parts: parts, window: window) }
        #expect(!change(1, nil, [], first).clashes(with: change(2, nil, [], second)))
        #expect(!change(1, "clinic", [], first).clashes(with: change(2, "club", [], first)))
        #expect(!change(1, nil, [.pages], first).clashes(with: change(2, nil, [.records], first)))
        #expect(change(1, nil, [.pages], first).clashes(with: change(2, "club", [], first)))
    }

    @Test(arguments: [("2026-11", 6, "2026-10-26"), ("2027-02", 4, "2027-02-01"), ("2024-02", 5, "2024-01-29"), ("1970-01", 5, "1969-12-29")])
    func `a month is whole weeks from Monday`(text: String, weeks: Int, monday: String) throws {
        let grid = try #require(MonthGrid(text))
        #expect(grid.text == text && grid.weeks.count == weeks && grid.weeks[0][0].iso8601 == monday)
        let days = grid.weeks.flatMap { $0 }
        #expect(zip(days, days.dropFirst()).allSatisfy { $0.daysSince1970 + 1 == $1.daysSince1970 })
        #expect(days.count { $0.month == grid.month && $0.year == grid.year } == CalendarDate.days(in: grid.month, of: grid.year))
    }

    @Test func `months follow one another, and nonsense is no month`() {
        #expect(MonthGrid("2026-12")?.adding(1)?.text == "2027-01" && MonthGrid("2026-01")?.adding(-1)?.text == "2025-12")
        for text in ["2026-13", "2026-00", "26-01", "2026-1", "2026-+1", "", "2026-11-01", "9999-01"] { #expect(MonthGrid(text) == nil, "\(text)") }
    }
}

private func failure(_ body: () throws(Failure) -> Void) -> Failure? {
    do {
        try body()
        return nil
    } catch { return error }
}
