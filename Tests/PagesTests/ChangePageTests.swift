// Pages of changes: what each kind of person finds on them, and the month as a table of whole weeks.
import Control
import Procedures
import SupportCentre
import Testing
import Wire

@testable import Pages

extension Nasty {
    static var change: Change {
        var change = Change(), quote = ChangeQuote()
        (change.number, change.title, change.reason, change.plan, change.backOut, change.evidence) = (101, text, text, text, text, text)
        (change.customer, change.customerDisplayName, change.raisedBy, change.parts) = (text, text, text, [text, "pages"])
        (change.impact, change.likelihood, change.risk) = (.major, .likely, .high)
        (change.starts, change.ends) = (Timestamp(iso8601: "2026-11-22T02:00:00Z"), Timestamp(iso8601: "2026-11-23T03:00:00Z"))
        quote.amount = 125_005
        (change.quote, change.state) = (quote, .assessed)
        return change
    }
    static var planned: PlannedWork {
        var work = PlannedWork()
        (work.number, work.title, work.customer, work.customerDisplayName, work.clashes) = (101, text, text, text, true)
        (work.starts, work.ends) = (change.starts!, change.ends!)
        return work
    }
    static func view(_ person: Person) -> ChangeView {
        var view = ChangeView(), event = ChangeEvent(), vote = ChangeVote(), board = ChangeBoard()
        (event.who, event.what, event.note, vote.who, vote.comment) = (text, "submit", text, text, text)
        (board.votes, board.mayVote) = ([vote], true)
        (view.change, view.events, view.clashes, view.person) = (change, [event], [planned], person)
        (view.steps, view.editable) = (["schedule", "cancel"], ChangeContent.allCases.map(\.rawValue))
        if person.role.isStaff { view.board = board } else { view.mayAnswerQuote = true }
        return view
    }
    static var calendar: ShowChangeCalendar.Answer {
        var answer = ShowChangeCalendar.Answer(), hidden = planned
        hidden.number = nil
        (answer.month, answer.items, answer.person) = ("2026-11", [planned, hidden], person)
        return answer
    }
    static var changePages: [(String, HTML)] {
        var list = ListChanges.Answer(), query = ListChanges()
        (list.items, list.next, list.person) = ([change], text, staff)
        (query.search, query.customer, query.page.after) = (text, text, text)
        return [
            ("changes", ChangeListPage.html(frame(staff), list, query)), ("new change", ChangeFormPage.new(frame(staff), entered: entered)),
            ("change", ChangePage.html(frame(staff), view(staff), entered: entered)), ("own change", ChangePage.html(frame(), view(person))),
            ("write change", ChangeFormPage.edit(frame(staff), view(staff), entered: entered)), ("calendar", ChangeCalendarPage.html(frame(), calendar)),
        ]
    }
}

@Suite struct ChangePageTests {
    @Test func `staff find the votes and may vote; a customer finds the quote and never a vote`() {
        let staff = ChangePage.html(Nasty.frame(Nasty.staff), Nasty.view(Nasty.staff)).text, own = ChangePage.html(Nasty.frame(), Nasty.view(Nasty.person)).text
        #expect(staff.contains("Advisory board") && staff.contains("/changes/101/votes") && !staff.contains("quote/answer"))
        #expect(!own.contains("Advisory board") && !own.contains("/votes") && own.contains("quote/answer") && own.contains("GBP 1,250.05"))
    }

    @Test func `the stepper marks where the change is, and ends where it turned off the straight way`() {
        var view = Nasty.view(Nasty.person)
        let text = ChangePage.html(Nasty.frame(), view).text
        #expect(text.contains("<li class=\"now\" aria-current=\"step\"><span>Assessed</span>") && text.contains("<li class=\"ahead\"><span>Closed</span>"))
        view.change.state = .rejected
        let off = ChangePage.html(Nasty.frame(), view).text
        #expect(off.contains("<li class=\"off\" aria-current=\"step\"><span>Rejected</span>") && !off.contains("<span>Closed</span>"))
    }

    @Test func `a work over midnight stands on both days of the reader's calendar`() {
        var answer = Nasty.calendar
        let london = ChangeCalendarPage.html(Nasty.frame(), answer).text
        #expect(london.components("class=\"busy\"") == 2 && london.contains("02:00") && london.contains("goes on"))
        #expect(london.components("<td ") == 42 && london.contains("month=2026-10") && london.contains("month=2026-12"))
        answer.person.zone = "Australia/Sydney"
        #expect(ChangeCalendarPage.html(Nasty.frame(), answer).text.contains("13:00"))
        #expect(london.components("class=\"clash\"") == 4 && london.contains("get in each other"))
    }

    @Test func `the risk matrix marks one cell`() {
        let text = ChangePage.html(Nasty.frame(), Nasty.view(Nasty.person)).text
        let marked = text.split(separator: "<td ").filter { $0.hasPrefix("class=\"") && $0.contains(" here\">") }
        #expect(marked.count == 1 && marked[0].hasPrefix("class=\"fair here\">High"), "\(marked)")
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(_ part: String) -> Int { split(separator: part, omittingEmptySubsequences: false).count - 1 }
}
