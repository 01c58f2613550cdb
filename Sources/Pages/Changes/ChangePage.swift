// One change at a glance: how far it has come, what it is, what may be done now.
import Control
import Procedures
import SupportCentre
import Wire

package enum ChangePage {
    package static func html(_ frame: Frame, _ view: ChangeView, entered: Entered = .nothing) -> HTML {
        let change = view.change, staff = view.person.role.isStaff
        let actions = view.editable.isEmpty ? [] : [Component.link("Write", to: "/changes/\(change.number)/edit")]
        return Layout.page(frame, """
            \(Component.crumbs([("Changes", "/changes")], here: "\(change.number)"))\(Component.header(change.title, lead: "\(change.kind.word) change \(change.number)\(change.customer == nil ? ", for everybody" : staff ? ", for \(change.customerDisplayName)" : "")", actions: actions))
            \(ChangeMarks.stepper(change, events: view.events))\(entered.summary)\(clashes(view))
            <div class="split"><div class="stack">\(text("Reason", change.reason))\(text("Plan", change.plan))\(text("Way back", change.backOut))\(text("Evidence of its test", change.evidence))\(history(view))</div>
            <div class="stack">\(quote(frame, view))\(board(frame, view))\(next(frame, view, entered))\(facts(view))</div></div>
            """)
    }

    private static func text(_ title: String, _ text: String) -> HTML {
        Component.card(title, text.isEmpty ? "<p class=\"note\">Not written yet.</p>" : "<div class=\"prose\">\(text)</div>")
    }

    private static func facts(_ view: ChangeView) -> HTML {
        let change = view.change
        var facts: [(String, HTML)] = [("State", ChangeMarks.state(change.state)), ("Risk", ChangeMarks.risk(change.risk))]
        if let starts = change.starts, let ends = change.ends { facts += [("Begins", .time(starts)), ("Ends", .time(ends))] }
        let parts = change.parts.compactMap { ServicePart(rawValue: $0)?.title }
        facts += [("Parts", parts.isEmpty ? "<span class=\"note\">None named</span>" : HTML(parts.joined(separator: ", "))), ("Raised", "\(.time(change.raised)) by \(change.raisedBy)"), ("Last change", .time(change.updated))]
        return Component.card("Change", "\(Component.facts(facts))\(ChangeMarks.matrix(change))")
    }

    private static func clashes(_ view: ChangeView) -> HTML {
        guard !view.clashes.isEmpty else { return .empty }
        let items = view.clashes.map { work -> HTML in
            let named: HTML = work.number.map { "<a href=\"/changes/\($0)\">\($0) \(work.title)</a>" } ?? HTML(work.title)
            return "<li>\(named), \(.time(work.starts)) to \(.time(work.ends))</li>"
        }
        return Component.banner(.fair, "<h2>In the way of other planned work</h2><ul>\(items)</ul>")
    }

    // MARK: Quote and votes

    private static func quote(_ frame: Frame, _ view: ChangeView) -> HTML {
        let change = view.change
        let told: HTML = change.quote.map { quote in
            let state: HTML = switch quote.state {
            case .offered: Component.badge("Waits for an answer", .info)
            case .accepted: Component.badge("Accepted", .good)
            case .declined: Component.badge("Declined", .poor)
            }
            return "<p class=\"quote\"><b class=\"figures\">\(ChangeMarks.money(quote))</b> \(state)</p>"
        } ?? .empty
        if view.mayAnswerQuote {
            return Component.card("Quote", """
                \(told)<form class="form" method="post" action="/changes/\(change.number)/quote/answer">\(frame.token)
                <div class="actions"><button class="button primary" name="accept" value="yes">Accept</button><button class="button" name="accept" value="no">Decline</button></div></form>
                """)
        }
        guard view.person.role.isStaff, change.customer != nil, [.submitted, .assessed, .approved].contains(change.state) else {
            return told.isEmpty ? .empty : Component.card("Quote", told)
        }
        return Component.card("Quote", """
            \(told)<form class="form" method="post" action="/changes/\(change.number)/quote">\(frame.token)
            \(FormField("amount", "Price", hint: "In pounds or dollars, such as 1250.00; empty withdraws the offer.", required: false, longest: 12).html)
            \(FormField("currency", "Currency", .choice(Currency.allCases.map { ($0.rawValue, $0.rawValue) }), value: change.quote?.currency.rawValue ?? "GBP").html)
            <div class="actions">\(Component.button("Offer", style: ""))</div></form>
            """)
    }

    private static func board(_ frame: Frame, _ view: ChangeView) -> HTML {
        guard let board = view.board else { return .empty }
        let outcome: HTML = switch board.outcome {
        case .open: Component.badge(board.missing == 0 ? "A tie so far" : "\(Show.count(board.missing, "vote is", "votes are")) missing", .info)
        case .approved: Component.badge("Approved", .good)
        case .rejected: Component.badge("Rejected", .poor)
        case .lapsed: Component.badge("Ended without a result", .fair)
        }
        let votes = board.votes.map { vote -> HTML in
            let tone: Tone = vote.choice == .approve ? .good : vote.choice == .reject ? .poor : .plain
            return "<li><span class=\"grow\"><b>\(vote.who)</b>\(vote.comment.isEmpty ? .empty : "<br>\(vote.comment)")<br><span class=\"note\">\(.time(vote.at))</span></span>\(Component.badge(vote.choice.rawValue, tone))</li>"
        }
        let form: HTML = board.mayVote ? """
            <form class="form" method="post" action="/changes/\(view.change.number)/votes">\(frame.token)
            \(FormField("comment", "Your reasons", .area, hint: "A rejection needs them.", required: false, longest: 5000).html)
            <div class="actions"><button class="button primary" name="choice" value="approve">Approve</button><button class="button danger" name="choice" value="reject">Reject</button><button class="button" name="choice" value="abstain">Abstain</button></div></form>
            """ : .empty
        return Component.card("Advisory board", """
            <p>\(outcome)</p><p class="note">\(board.rule == .all ? "Nobody may be against it" : "A majority decides") once \(Show.count(board.quorum, "has voted", "have voted")), until \(.time(board.ends)). The customer does not see votes.</p>
            \(votes.isEmpty ? .empty : "<ul class=\"list votes\">\(votes)</ul>")\(form)
            """)
    }

    // MARK: What may be done

    private static func next(_ frame: Frame, _ view: ChangeView, _ entered: Entered) -> HTML {
        let steps = view.steps.compactMap(ChangeStep.init)
        guard !steps.isEmpty else { return .empty }
        let asksTime = steps.contains(.schedule) || steps.contains(.reschedule)
        let zone = view.person.zone
        let time: HTML = asksTime ? """
            <div class="pair">\(FormField("starts", "Begins", .moment, value: view.change.starts.map { LocalTime.text($0, in: zone) } ?? "", hint: "On your clock, \(zone).", required: false).filled(entered))\(FormField("ends", "Ends", .moment, value: view.change.ends.map { LocalTime.text($0, in: zone) } ?? "", required: false).filled(entered))</div>
            """ : .empty
        let buttons = steps.enumerated().map { index, step -> HTML in
            let style: StaticString = step == .cancel || step == .backOut ? "button danger" : index == 0 ? "button primary" : "button"
            return "<button class=\"\(raw: style)\" name=\"step\" value=\"\(step.rawValue)\">\(step.word)</button>"
        }
        return Component.card("What next?", """
            <form class="form" method="post" action="/changes/\(view.change.number)/steps">\(frame.token)<input type="hidden" name="version" value="\(view.change.version)">
            \(time)\(FormField("note", "A word on it", .area, hint: "Everybody who sees the change reads it.", required: false, longest: 5000).filled(entered))
            <div class="actions">\(buttons)</div></form>
            """)
    }

    private static func history(_ view: ChangeView) -> HTML {
        let items = view.events.reversed().map { event -> HTML in
            let note: HTML = event.note.isEmpty ? .empty : "<div class=\"prose\">\(event.note)</div>"
            return "<li class=\"message\"><header><b>\(event.who)</b><span>\(words(event))</span>\(.time(event.at))</header>\(note)</li>"
        }
        return "<section class=\"stack tight\"><h2>History</h2><ol class=\"thread history\">\(items)</ol></section>"
    }

    private static func words(_ event: ChangeEvent) -> String {
        switch event.what {
        case "raise": "raised it"
        case "edit": "wrote on it"
        case "quote": "offered a quote"
        case "withdraw-quote": "withdrew the quote"
        case "accept-quote": "accepted the quote"
        case "decline-quote": "declined the quote"
        case "extend": "extended the vote"
        case "reschedule": "moved it"
        case "revise": "sent it back"
        default: event.state.word.lowercased()
        }
    }
}
