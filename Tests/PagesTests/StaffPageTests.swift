// Pages of the staff console: canned replies, saved views, the queue with both.
import Control
import Procedures
import SupportCentre
import Testing
import Wire

@testable import Pages

extension Nasty {
    static var view: TicketView {
        var view = TicketView()
        (view.id, view.name, view.by, view.filter) = (text, text, text, ticketFilter)
        return view
    }
    static var ticketFilter: TicketFilter {
        var filter = TicketFilter()
        (filter.category, filter.tag, filter.customer, filter.assignee, filter.search) = (text, text, text, text, text)
        return filter
    }
    static var cannedThread: TicketThread {
        var thread = TicketThread(), one = CannedChoice(), two = CannedChoice()
        (one.id, one.title, two.id, two.title, two.category) = (text, text, text, text, text)
        (thread.ticket, thread.person, thread.canned) = (ticket, staff, [one, two])
        var watcher = Assignee()
        (watcher.email, watcher.name) = ("x@fitech.example", text)
        thread.watchers = [watcher]
        return thread
    }
    static func queue(_ query: ListTickets) -> HTML {
        var answer = ListTickets.Answer(), helper = Assignee(), desk = SupportDesk()
        (helper.email, helper.name, desk.zone) = (text, text, text)
        (answer.items, answer.next, answer.person, answer.views, answer.staff) = ([ticket], text, staff, [view], [helper])
        return TicketListPage.html(frame(staff), answer, query, desk: desk, now: .now)
    }
    static var bulk: ChangeTickets.Answer {
        var answer = ChangeTickets.Answer()
        answer.person = staff
        answer.items = TicketOutcome.Kind.allCases.map { kind in
            var outcome = TicketOutcome()
            (outcome.number, outcome.kind, outcome.title, outcome.changes, outcome.reason, outcome.hint) = (7, kind, text, [text], text, text)
            return outcome
        }
        return answer
    }
    static var customersQuery: ListDeskCustomers {
        var query = ListDeskCustomers()
        (query.search, query.page.after) = (text, text)
        return query
    }
    static var customers: ListDeskCustomers.Answer {
        var answer = ListDeskCustomers.Answer(), one = DeskCustomer()
        (one.name, one.displayName, one.active, one.late) = (text, text, 100, 3)
        (answer.items, answer.next, answer.person) = ([one, DeskCustomer()], text, staff)
        return answer
    }
    static var deskCustomer: ShowDeskCustomer.Answer {
        var answer = ShowDeskCustomer.Answer(), role = RoleCount(), export = DeskExport(), change = Change()
        (role.role, role.count) = (.subject, 1000)
        (export.askedBy, export.state, export.bytes, export.finished) = (text, .done, 12, Timestamp())
        (change.number, change.title) = (101, text)
        (answer.customer, answer.person, answer.people, answer.suspended, answer.tickets, answer.moreTickets) = (customers.items[0], staff, [role], 2, [ticket], true)
        (answer.changes, answer.exports, answer.restorePoint, answer.bytes) = ([change], [export], Timestamp(), 1_234_567)
        (answer.plan.plan, answer.plan.hours, answer.plan.targets, answer.hours.telephone) = (text, text, text, text)
        return answer
    }
    static var staffPages: [(String, HTML)] {
        var reply = CannedReply(), replies = ListCannedReplies.Answer(), views = ListTicketViews.Answer(), shared = view, query = ListTickets()
        (reply.id, reply.title, reply.body, reply.category, reply.by) = (text, text, text + "{{name}}{{me}}", text, text)
        (replies.items, replies.next, replies.person) = ([reply], text, staff)
        shared.shared = true
        var item = BinItem(), bin = ListBin.Answer(), schedule = ExportSchedule(), exports = ListExports.Answer(), export = Export(), operations = staff
        operations.role = .operations
        (item.id, item.key, item.title, item.customer, item.customerDisplayName, item.reason, item.by) = (text, text, text, text, text, text, text)
        (bin.items, bin.next, bin.days, bin.person) = ([item], text, 30, operations)
        (schedule.at, schedule.zone, schedule.by, schedule.address, schedule.hostKey, schedule.publicKey, schedule.weekday) = (text, text, text, text, text, text, 99)
        (export.id, export.askedBy, export.state, export.upload, export.uploadProblem, export.scheduled) = (text, text, .done, .failed, text, true)
        (exports.items, exports.schedule, exports.customerDisplayName, exports.person) = ([export], schedule, text, operations)
        let again = Entered(Form(fields: ["every", "at", "address", "host_key"].map { .init(name: $0, value: text) }), entered.failure)
        var measured = frame(operations)
        measured.work = Frame.Work(questions: 2, time: .microseconds(12_345))
        let work = BackgroundWork.Kind.allCases.map { BackgroundWork($0, waiting: 3, oldest: Timestamp(), failed: 1) }
        (views.items, views.person) = ([view, shared], staff)
        (query.view, query.category, query.tag, query.assignee, query.customer, query.search) = (text, text, text, text, text, text)
        return [
            ("canned replies", CannedReplyPages.list(frame(staff), replies, after: text)), ("no canned replies", CannedReplyPages.list(frame(staff), ListCannedReplies.Answer(), after: nil)),
            ("canned reply", CannedReplyPages.form(frame(staff), reply, entered: entered)), ("new canned reply", CannedReplyPages.form(frame(staff), nil, entered: entered)),
            ("views", TicketViewPages.list(frame(staff), views)), ("no views", TicketViewPages.list(frame(staff), ListTicketViews.Answer())),
            ("view", TicketViewPages.form(frame(staff), view, ticketFilter, staff: [], entered: entered)), ("new view", TicketViewPages.form(frame(staff), nil, TicketFilter(), staff: [])),
            ("tickets changed together", TicketBulkPages.result(frame(staff), bulk, back: text)), ("tickets to change together", TicketBulkPages.again(frame(staff), [], entered: Entered(Form(fields: [.init(name: "ticket", value: text), .init(name: "to_reason", value: text), .init(name: "back", value: text)]), entered.failure))),
            ("customers", CustomerPages.list(frame(staff), customers, customersQuery)), ("customer", CustomerPages.show(frame(staff), deskCustomer, now: .now)), ("empty customer", CustomerPages.show(frame(staff), ShowDeskCustomer.Answer(), now: .now)),
            ("bin", BinPage.html(frame(operations), bin, only: .ticket, after: text, now: .now)), ("empty bin", BinPage.html(frame(staff), ListBin.Answer(), only: nil, after: nil, now: .now)),
            ("exports with a schedule", ExportsPage.html(frame(operations), exports, customer: text, entered: again)),
            ("background work", OutboxPage.html(measured, [], work: work, retries: true, now: .now)),
            ("queue", queue(query)), ("ticket with canned replies", TicketPages.show(frame(staff), cannedThread, now: .now, entered: entered)),
        ]
    }
}

struct StaffPageTests {
    @Test func `support brings back from the bin, only operations remove for good, and what ends soon is marked`() {
        var answer = ListBin.Answer(), soon = BinItem(), later = BinItem()
        let now = Timestamp(milliseconds: 1_795_000_000_000)
        (soon.id, soon.title, soon.expires, later.id, later.title, later.expires) = ("a", "Soon", now.adding(.seconds(86_400)), "b", "Later", now.adding(.seconds(20 * 86_400)))
        (answer.items, answer.person) = ([soon, later], Nasty.staff)
        answer.person.role = .support
        let support = BinPage.html(Nasty.frame(answer.person), answer, only: nil, after: nil, now: now).text
        #expect(support.contains("/bin/a/restore") && !support.contains("/remove") && support.contains("1 more day<") && support.contains("20 more days"))
        answer.person.role = .operations
        #expect(BinPage.html(Nasty.frame(answer.person), answer, only: nil, after: nil, now: now).text.contains("/bin/b/remove"))
    }

    @Test func `staff read at the foot of a page how often data were asked and how long it took, others do not`() {
        var frame = Nasty.frame(Nasty.staff)
        #expect(!Layout.page(frame, .empty).text.contains("to the data tier"))
        frame.work = Frame.Work(questions: 2, time: .microseconds(12_345))
        #expect(Layout.page(frame, .empty).text.contains("2 questions to the data tier, 12.3 ms"))
    }

    @Test func `work that waits too long stands out, and failed mails are offered to operations alone`() {
        let now = Timestamp(milliseconds: 1_795_000_000_000)
        func card(_ minutes: Int, retries: Bool = false) -> String {
            OutboxPage.html(Nasty.frame(Nasty.staff), [], work: [BackgroundWork(.mails, waiting: 1, oldest: now.adding(.seconds(-60 * minutes)), failed: 2)], retries: retries, now: now).text
        }
        #expect(card(3).contains("3 min") && card(30).contains("fair") && card(300).contains("5 h"))
        #expect(!card(3).contains("/outbox/retry") && card(3, retries: true).contains("/outbox/retry"))
    }


    @Test func `the form of an answer offers canned replies to staff alone, and inserts by an ordinary button`() {
        let staff = TicketPages.show(Nasty.frame(Nasty.staff), Nasty.cannedThread, now: .now).text
        #expect(staff.contains("<select id=\"f-canned\" name=\"canned\"") && staff.contains("formaction=\"/tickets/7/replies#f-body\"") && staff.contains("<optgroup label="))
        var thread = Nasty.cannedThread
        thread.person = Nasty.person
        #expect(!TicketPages.show(Nasty.frame(), thread, now: .now).text.contains("canned"))
    }

    @Test func `views stand above the queue, the chosen one is current, and searching or turning a page keeps it`() {
        var query = ListTickets(), view = TicketView(), answer = ListTickets.Answer(), other = TicketView()
        (view.id, view.name, view.filter.tag, other.id, other.name) = ("v1", "Important", "vip", "v2", "Other")
        query.view = "v1"
        (answer.items, answer.next, answer.person, answer.views, answer.order) = ([Nasty.ticket], "n1", Nasty.staff, [view, other], .due)
        let page = TicketListPage.html(Nasty.frame(Nasty.staff), answer, query, desk: SupportDesk(), now: .now).text
        #expect(page.contains("<a href=\"/tickets?view=v1\" aria-current=\"page\">Important</a>") && page.contains("<a href=\"/tickets?view=v2\">Other</a>"))
        #expect(page.contains("/tickets?view=v1&amp;order=due&amp;after=n1") && page.contains("<input type=\"hidden\" name=\"view\" value=\"v1\">"))
        // The filter begins with what the view says.
        #expect(page.contains("name=\"tag\" value=\"vip\"") || page.contains("value=\"vip\" id=\"f-tag\""))
        answer.person = Nasty.person
        #expect(!TicketListPage.html(Nasty.frame(), answer, query, desk: SupportDesk(), now: .now).text.contains("/ticket-views"))
    }

    @Test func `every ticket of the queue can be chosen without the script, and each chosen one has its word afterwards`() {
        let page = Nasty.queue(ListTickets()).text
        #expect(page.contains("<input type=\"checkbox\" form=\"bulk\" name=\"ticket\" value=\"7\" aria-label=\"Choose #7\">") && page.contains("id=\"bulk\" method=\"post\" action=\"/tickets/changes\""))
        var answer = ChangeTickets.Answer()
        for (number, kind) in [(1, TicketOutcome.Kind.changed), (2, .changed), (3, .refused), (4, .unchanged)] {
            var outcome = TicketOutcome()
            (outcome.number, outcome.kind, outcome.title, outcome.reason, outcome.changes) = (number, kind, "T\(number)", kind == .refused ? "a closed ticket cannot" : "", kind == .changed ? ["state resolved"] : [])
            answer.items.append(outcome)
        }
        let result = TicketBulkPages.result(Nasty.frame(Nasty.staff), answer, back: "/tickets?view=v1").text
        #expect(result.contains("2 tickets are changed, 1 was so already, 1 stays as before.") && result.contains("A closed ticket cannot.") && result.contains("State resolved.") && result.contains("href=\"/tickets?view=v1\""))
        for number in 1...4 { #expect(result.contains("#\(number) T\(number)")) }
        // A customer's people have nothing to choose.
        var mine = ListTickets.Answer()
        (mine.items, mine.person) = ([Nasty.ticket], Nasty.person)
        #expect(!TicketListPage.html(Nasty.frame(), mine, ListTickets(), desk: SupportDesk(), now: .now).text.contains("bulk"))
    }

    @Test func `staff see who watches a ticket and are offered what they do not do yet; customers see nothing of it`() {
        var thread = Nasty.cannedThread
        let before = TicketPages.show(Nasty.frame(Nasty.staff), thread, now: .now).text
        #expect(before.contains("Watch this ticket") && before.contains("name=\"watch\" value=\"yes\""))
        var me = Assignee()
        (me.email, me.name) = (Nasty.staff.email, "Kim")
        thread.watchers = [me]
        let after = TicketPages.show(Nasty.frame(Nasty.staff), thread, now: .now).text
        #expect(after.contains("Watched by you.") && after.contains("name=\"watch\" value=\"no\""))
        thread.person = Nasty.person
        #expect(!TicketPages.show(Nasty.frame(), thread, now: .now).text.contains("/watch"))
    }

    @Test func `a customer's page says what is capped, links to what goes on from it, and to exports only for whoever may have them`() {
        let page = CustomerPages.show(Nasty.frame(Nasty.staff), Nasty.deskCustomer, now: .now).text
        #expect(page.contains("1,000 or more") && page.contains("1.2 MB") && page.contains("href=\"/changes/101\"") && page.contains("href=\"/tickets/7\"") && !page.contains("/exports?customer="))
        var answer = Nasty.deskCustomer
        answer.person.role = .operations
        #expect(CustomerPages.show(Nasty.frame(Nasty.staff), answer, now: .now).text.contains("/exports?customer="))
        #expect(!page.contains("method=\"post\" action=\"/customers"))
    }

    @Test func `what keys do, ordinary controls do too`() {
        var thread = Nasty.cannedThread
        thread.ticket.assignee = nil
        let page = TicketPages.show(Nasty.frame(Nasty.staff), thread, now: .now).text
        for control in ["data-answer", "action=\"/tickets/7/mine\" data-mine", "value=\"note\"", "id=\"f-body\""] { #expect(page.contains(control), "\(control)") }
        // Who has it already is not offered it.
        thread.ticket.assignee = thread.person.email
        #expect(!TicketPages.show(Nasty.frame(Nasty.staff), thread, now: .now).text.contains("/mine"))
        thread.person = Nasty.person
        let customer = TicketPages.show(Nasty.frame(), thread, now: .now).text
        #expect(!customer.contains("data-answer") && !customer.contains("/mine"))
    }

    @Test func `a filter is said in words`() {
        var filter = TicketFilter()
        #expect(TicketFilters.words(filter) == "Every ticket that is active")
        (filter.priority, filter.assignee, filter.order) = (.low, "none", .newest)
        #expect(TicketFilters.words(filter) == "Low: when there is time, with nobody, newest first")
    }
}
