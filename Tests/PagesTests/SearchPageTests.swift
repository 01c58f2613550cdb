// The page of a search, and the box above every page.
import Control
import Procedures
import Testing
import Wire

@testable import Pages

extension Nasty {
    static func hit(_ kind: SearchKind, exact: Bool = false) -> SearchHit {
        var hit = SearchHit()
        (hit.kind, hit.id, hit.customer, hit.exact) = (kind, kind == .subject ? text : "1042", text, exact)
        (hit.title, hit.snippet, hit.about) = ([SearchPart(text), SearchPart(text, marked: true)], [SearchPart("…" + text), SearchPart(text, marked: true)], [SearchPart(text)])
        hit.state = kind == .ticket ? "open" : kind == .change ? "draft" : text
        return hit
    }
    static func searched(_ person: Person, items: [SearchHit], kind: SearchKind? = nil) -> HTML {
        var answer = SearchPortal.Answer(), asked = SearchPortal()
        (answer.items, answer.person, answer.searched, answer.next, answer.complete) = (items, person, true, text, false)
        (answer.kinds, answer.further) = (SearchKind.allCases.map(\.rawValue), SearchKind.allCases.map(\.rawValue))
        (asked.query, asked.kind, asked.customer, asked.page.after) = (text, kind, text, text)
        var frame = frame(person)
        frame.searched = text
        return SearchPage.html(frame, answer, asked)
    }
    static var searchPages: [(String, HTML)] {
        [
            ("search", searched(person, items: SearchKind.allCases.map { hit($0) })), ("search of staff", searched(staff, items: [hit(.ticket, exact: true), hit(.change)], kind: .ticket)),
            ("search without a find", searched(person, items: [])),
        ]
    }
}

struct SearchPageTests {
    private static func viewer(_ role: PersonRole) -> Viewer {
        var person = Person()
        (person.role, person.customer) = (role, role.isStaff ? nil : "clinic")
        return Viewer(person, formToken: "t")
    }

    @Test func `what was found is marked, and everything found is text`() {
        let text = Nasty.searched(Nasty.person, items: [Nasty.hit(.ticket)]).text
        #expect(text.contains("<mark>&lt;img src=x onerror=alert(1)&gt;") && !text.contains("<img src=x"))
        #expect(text.contains("href=\"/tickets/1042\"") && text.contains("More tickets"))
    }

    @Test(arguments: [(PersonRole.administrator, "tickets, changes, subjects, posts and announcements"), (.subject, "tickets, posts and announcements"), (.support, "tickets, changes, posts and announcements"), (.technician, "posts and announcements")] as [(PersonRole, String)])
    func `the box says what this person can search`(role: PersonRole, names: String) {
        let box = SearchBox.html(Self.viewer(role), searched: nil).text
        #expect(box.contains("Search \(names)</label>") && box.contains("action=\"/search\"") && box.contains("method=\"get\""))
    }

    @Test func `the box keeps what was searched for`() {
        let box = SearchBox.html(Self.viewer(.operator), searched: "\"paper <jam>").text
        #expect(box.contains("value=\"&quot;paper &lt;jam&gt;\""))
    }

    @Test func `a search without a word to look for says how to search`() {
        var answer = SearchPortal.Answer(), asked = SearchPortal()
        (answer.kinds, answer.person) = (["ticket"], Nasty.person)
        #expect(SearchPage.html(Nasty.frame(), answer, asked).text.contains("side by side"))
        asked.query = "-word"
        #expect(SearchPage.html(Nasty.frame(), answer, asked).text.contains("at least one word"))
    }
}
