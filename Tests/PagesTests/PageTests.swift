// Every page with the worst a person can type: nothing of it becomes markup, and every page keeps its promises.
import Control
import Procedures
import Testing
import Wire

@testable import Pages

/// Values as hostile as the data tier would ever hand them up.
enum Nasty {
    static let text = "<img src=x onerror=alert(1)>\"'&</textarea></script>"

    static var person: Person {
        var person = Person()
        (person.name, person.email, person.role, person.customer, person.customerDisplayName, person.zone) = (text, text, .administrator, text, text, text)
        return person
    }
    static var staff: Person {
        var staff = person
        (staff.role, staff.customer) = (.support, nil)
        return staff
    }
    static func frame(_ person: Person? = Nasty.person) -> Frame {
        var frame = Frame(title: text, section: .home, viewer: person.map { Viewer($0, formToken: text) })
        (frame.here, frame.requestID, frame.notice, frame.formToken) = (text, text, Notice(.poor, text), text)
        return frame
    }
    static var entered: Entered {
        let names = ["email", "reference", "name", "title", "body", "value.weight", "taken", "note", "group", "born"]
        let failure = Failure.unacceptable(names.map { .init(field: $0, reason: text, hint: text) } + [.init(field: text, reason: text, hint: text)])
        return Entered(Form(fields: names.map { .init(name: $0, value: text) }), failure)
    }
    static var subject: Subject {
        var subject = Subject()
        (subject.id, subject.reference, subject.name, subject.group, subject.born) = (text, text, text, text, CalendarDate(iso8601: "1980-02-03"))
        return subject
    }
    static var assessment: Assessment {
        var value = MeasureValue()
        (value.code, value.name, value.value, value.unit, value.category, value.colour, value.source, value.derivation) = ("custom.x", text, 1.5, text, text, text, text, text)
        var assessment = Assessment()
        (assessment.id, assessment.note, assessment.assessor, assessment.measures) = (text, text, text, [value])
        return assessment
    }
    static var shown: ShowSubject.Answer {
        var trend = Trend(), point = TrendPoint()
        (point.value, point.category) = (1.5, text)
        (trend.code, trend.name, trend.unit, trend.points) = (text, text, text, [point, point])
        var answer = ShowSubject.Answer()
        (answer.subject, answer.assessments, answer.trends, answer.person) = (subject, [assessment], [trend], person)
        return answer
    }
    static var ticket: Ticket {
        var ticket = Ticket()
        (ticket.number, ticket.title, ticket.body, ticket.customer, ticket.customerDisplayName, ticket.openedBy) = (7, text, text, text, text, text)
        (ticket.category, ticket.assignee, ticket.assigneeName, ticket.tags, ticket.reason) = (text, text, text, [text], text)
        return ticket
    }
    static var event: TicketEventEntry {
        var event = TicketEventEntry()
        (event.kind, event.value, event.detail, event.who) = (.category, text, text, text)
        return event
    }
    static var report: CorporateReport {
        var category = CategoryCount(), measure = MeasureSummary(), group = GroupReport(), report = CorporateReport()
        (category.category, category.colour, category.count) = (text, text, 12)
        (measure.code, measure.name, measure.unit, measure.subjects, measure.categories) = (text, text, text, 12, [category])
        (group.group, group.subjects, group.measures) = (text, 12, [measure])
        (report.customerDisplayName, report.overall, report.groups) = (text, group, [group])
        return report
    }
}

@Suite struct EveryPageTests {
    static var pages: [(String, HTML)] {
        let frame = Nasty.frame(), entered = Nasty.entered
        var home = ShowHome.Answer(), recent = RecentAssessment(), staffHome = ShowHome.Answer()
        (recent.subject, recent.reference, recent.name) = (Nasty.text, Nasty.text, Nasty.text)
        (home.person, home.subjects, home.recentAssessments, home.recentTickets) = (Nasty.person, 3, [recent], [Nasty.ticket])
        (staffHome.person, staffHome.recentTickets) = (Nasty.staff, [Nasty.ticket])
        var subjects = ListSubjects.Answer()
        (subjects.items, subjects.next, subjects.groups, subjects.person) = ([Nasty.subject], Nasty.text, [Nasty.text], Nasty.person)
        var tickets = ListTickets.Answer(), query = ListTickets()
        (tickets.items, tickets.next, tickets.person) = ([Nasty.ticket], Nasty.text, Nasty.staff)
        (query.search, query.customer, query.page.after) = (Nasty.text, Nasty.text, Nasty.text)
        var thread = TicketThread(), reply = Reply()
        (reply.id, reply.author, reply.body) = (Nasty.text, Nasty.text, Nasty.text)
        var note = reply, helper = Assignee()
        note.internal = true
        (helper.email, helper.name) = (Nasty.text, Nasty.text)
        var rating = TicketRating()
        rating.comment = Nasty.text
        var beside = TicketLink(), file = Procedures.Attachment()
        (file.id, file.reply, file.name, file.type, file.author) = (Nasty.text, Nasty.text, Nasty.text, "image/png", Nasty.text)
        (beside.number, beside.title, beside.kind) = (3, Nasty.text, .merged)
        (thread.ticket, thread.replies, thread.person, thread.events, thread.staff, thread.links, thread.draft, thread.writing, thread.attachments, thread.ratings) = (Nasty.ticket, [reply, note], Nasty.staff, [Nasty.event], [helper], [beside], Nasty.text, [Nasty.text], [file], [rating])
        var about = InspectRating.Answer()
        (about.title, about.latest) = (Nasty.text, rating)
        var desk = SupportDesk()
        (desk.telephone, desk.zone, desk.hours, desk.holiday) = (Nasty.text, Nasty.text, [Nasty.text], Nasty.text)
        var line = ImportLine(), report = ImportReport()
        (line.line, line.field, line.reason, line.hint) = (2, Nasty.text, Nasty.text, Nasty.text)
        (report.id, report.fileName, report.lines, report.notes) = (Nasty.text, Nasty.text, [line], [Nasty.text])
        var link = InspectLink.Answer()
        (link.email, link.name) = (Nasty.text, Nasty.text)
        let shown = Nasty.shown
        var change = AuditChange(), entry = AuditEntry(), audit = ListAudit.Answer(), auditQuery = ListAudit()
        (change.field, change.before, change.after) = (Nasty.text, Nasty.text, Nasty.text)
        (entry.actor, entry.who, entry.what, entry.object, entry.detail, entry.changes) = (Nasty.text, Nasty.text, Nasty.text, Nasty.text, Nasty.text, [change])
        (audit.items, audit.next, audit.kinds, audit.customerDisplayName, audit.person) = ([entry], Nasty.text, [Nasty.text], Nasty.text, Nasty.staff)
        (auditQuery.customer, auditQuery.who, auditQuery.what, auditQuery.object, auditQuery.search, auditQuery.page.after) = (Nasty.text, Nasty.text, Nasty.text, Nasty.text, Nasty.text, Nasty.text)
        return [
            ("audit", AuditPage.html(frame, audit, auditQuery)),
            ("sign-in", SignInPage.html(Nasty.frame(nil), entered: entered, next: Nasty.text, passkeys: true)), ("signed-out", SignInPage.signedOut(Nasty.frame(nil))),
            ("forgotten", PasswordPages.forgotten(Nasty.frame(nil), entered: entered)), ("sent", PasswordPages.sent(Nasty.frame(nil))),
            ("choose", PasswordPages.choose(Nasty.frame(nil), token: Nasty.text, link: link, entered: entered)), ("expired", PasswordPages.expired(Nasty.frame(nil), invitation: true)),
            ("home", HomePage.html(frame, home)), ("staff home", HomePage.html(Nasty.frame(Nasty.staff), staffHome)),
            ("subjects", SubjectListPage.html(frame, subjects, search: Nasty.text, group: Nasty.text, after: Nasty.text)),
            ("add subject", SubjectFormPage.add(frame, entered: entered)), ("edit subject", SubjectFormPage.edit(frame, Nasty.subject, entered: entered)),
            ("subject", SubjectPage.html(frame, shown)), ("trend", TrendPage.html(frame, shown, shown.trends[0])),
            ("assessment form", AssessmentFormPage.html(frame, shown, entered: entered)),
            ("assessment", AssessmentPage.html(frame, subject: Nasty.subject, Nasty.assessment, previous: Nasty.assessment)),
            ("import", ImportPages.form(frame, recent: [report], entered: entered)), ("import report", ImportPages.report(frame, report)),
            ("tickets", TicketListPage.html(frame, tickets, query, desk: desk, now: .now)), ("new ticket", TicketPages.new(frame, desk: desk, now: .now, entered: entered)), ("rate", RatingPage.ask(Nasty.frame(nil), token: Nasty.text, about, chosen: .good, entered: entered)), ("thanks", RatingPage.thanks(Nasty.frame(nil))), ("split", TicketSplitPage.html(frame, thread, entered: entered)), ("ticket", TicketPages.show(frame, thread, now: .now, entered: entered)),
            ("report", CorporateReportPage.html(frame, Nasty.report, from: Nasty.text, to: Nasty.text)),
            ("no report", CorporateReportPage.unavailable(frame, Nasty.text, hint: Nasty.text)),
            ("outbox", OutboxPage.html(frame, [OutboxText(to: Nasty.text, name: Nasty.text, body: Nasty.text, state: Nasty.text, provider: Nasty.text, created: Timestamp())],
                mails: [OutboxMail(to: Nasty.text, subject: Nasty.text, state: Nasty.text, tries: 1, reason: Nasty.text, created: Timestamp(), nextTry: Timestamp())], problems: [Nasty.text])),
            ("balancing", BalancingPage.html(frame, Nasty.balancing)),
            ("error", ErrorPage.html(frame, entered.failure ?? .fault("x"))),
        ] + Nasty.changePages + Nasty.peoplePages + Nasty.announcementPages + Nasty.searchPages + Nasty.communityPages + Nasty.staffPages
    }

    @Test(arguments: pages) func `what people type never becomes markup`(name: String, page: HTML) {
        let text = page.text
        for attempt in ["<img src=x", "</textarea></script>", "onerror=alert(1)>\"", " style=", "<style"] { #expect(!text.contains(attempt), "\(name): \(attempt)") }
    }

    @Test(arguments: pages) func `elements are closed in the order they were opened`(name: String, page: HTML) {
        #expect(Markup.fault(in: page.text) == nil, "\(name)")
    }

    @Test(arguments: pages) func `every form that changes something carries its token`(name: String, page: HTML) {
        for form in page.text.split(separator: "<form").dropFirst() where form.contains("method=\"post\"") {
            #expect(form.contains("name=\"form_token\""), "\(name)")
        }
    }
}

/// A strict enough reader of markup: tags nest, attributes are quoted.
enum Markup {
    static let void: Set<String> = ["meta", "link", "input", "br", "hr", "img"]

    /// The first thing that does not nest; nil when all do.
    static func fault(in text: String) -> String? {
        var open: [String] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: start)...]
            guard let end = rest.firstIndex(of: ">") else { return "a tag without an end" }
            let tag = rest[..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("!") { continue }
            if tag.hasPrefix("/") {
                guard open.popLast() == String(tag.dropFirst()) else { return "</\(tag.dropFirst())> after \(open)" }
                continue
            }
            guard tag.count(where: { $0 == "\"" }).isMultiple(of: 2) else { return "quotes of <\(tag)>" }
            let name = String(tag.prefix { !" \n/".contains($0) })
            if !void.contains(name), !tag.hasSuffix("/") { open.append(name) }
        }
        return open.isEmpty ? nil : "left open: \(open)"
    }
}

@Suite struct OutboxTests {
    @Test func `web addresses in a text can be pressed, nothing else can`() {
        let html = OutboxPage.linked("down https://h/i/A\"b javascript:x http://h <b>").text
        #expect(html == "down <a href=\"https://h/i/A&quot;b\">https://h/i/A&quot;b</a> javascript:x <a href=\"http://h\">http://h</a> &lt;b&gt;")
    }
}

@Suite struct ChartTests {
    static func chart(_ values: [Double], bands: [TrendChart.Band] = []) -> TrendChart {
        TrendChart(name: "BMI", unit: "kg/m²", points: values.enumerated().map { .init(taken: Timestamp(milliseconds: Int64($0.offset) * 86_400_000), value: $0.element, text: Show.number($0.element), tone: .plain, category: nil) }, bands: bands)
    }

    @Test(arguments: [[], [0], [25], [25, 25], [0, 0], [-3, 4], [1e12, 1.5e12], [0.001, 0.0012], [20, 30, 25, 27]] as [[Double]])
    func `any values make a chart whose marks lie inside it`(values: [Double]) {
        let svg = Self.chart(values).svg(id: "c").text
        #expect(!svg.contains("nan") && !svg.contains("inf") && !svg.contains("not a number"))
        for piece in svg.split(separator: " cy=\"").dropFirst() {
            #expect((Double(piece.prefix { $0 != "\"" }).map { (0...220).contains($0) }) ?? false)
        }
        #expect(Markup.fault(in: svg) == nil)
    }

    @Test func `the chart says in words what it draws, and draws the limits nearby`() {
        let bands = [TrendChart.Band(lower: nil, upper: 25, name: "Healthy", tone: .good), .init(lower: 25, upper: nil, name: "Overweight", tone: .fair)]
        let chart = Self.chart([22, 24], bands: bands)
        #expect(chart.description == "2 values from 22 to 24 kg/m², up 2 between 1 Jan 1970 and 2 Jan 1970.")
        #expect(chart.svg(id: "c").text.contains("Overweight"))
        #expect(chart.table.text.contains("24 kg/m²"))
    }

    @Test func `numbers that may not be shown are in neither chart nor words`() {
        let bar = ShareChart.bar([Share(name: "A", tone: .good, count: 40), Share(name: "B", tone: .poor, count: nil)], of: nil, title: "T").text
        #expect(bar.contains("A 40, B not shown") && !bar.contains("%"))
    }
}
