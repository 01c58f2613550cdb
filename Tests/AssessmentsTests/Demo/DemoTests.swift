// The demo: real measurements untouched, people one can sign in as, and passwords nobody else has.
import Testing
import Wire
@testable import Assessments

@Suite struct DemoTests {
    private let today = CalendarDate(iso8601: "2026-11-22")!

    @Test func `the clinic's file gains a group by age and loses nothing`() {
        let plain = SubjectImport.read(bytes: DemoMeasurements.clinic, bad: .refuse, today: today)
        let grouped = SubjectImport.read(bytes: DemoMeasurements.clinicByAge, bad: .refuse, today: today)
        #expect(grouped.refused == [] && grouped.rows.count == 442)
        for (a, b) in zip(plain.rows, grouped.rows) {
            var without = b
            without.group = ""
            #expect(without == a)
            #expect(b.group == DemoMeasurements.ageGroup(b.age ?? -1))
        }
        let sizes = Dictionary(grouping: grouped.rows, by: \.group).mapValues(\.count)
        #expect(sizes == ["Age 18 to 29": 44, "Age 30 to 39": 73, "Age 40 to 49": 97, "Age 50 to 59": 125, "Age 60 to 69": 90, "Age 70 and over": 13])
    }

    @Test func `the first person is the clinic's administrator and support is among them`() {
        let demo = Demo.make()
        #expect(demo.people.first?.customer == "clinic" && demo.people.first?.role == "administrator")
        #expect(demo.people.contains { $0.customer == nil && $0.role == "support" })
        #expect(Set(demo.people.map(\.email)).count == demo.people.count)
    }

    @Test func `passwords are made anew each time and are long enough`() {
        let passwords = Demo.make().people.map(\.password) + Demo.make().people.map(\.password)
        #expect(Set(passwords).count == passwords.count)
        #expect(passwords.allSatisfy { $0.utf8.count >= 16 })
    }

    @Test func `tickets are opened by customers' people and answered by people of the demo`() {
        let demo = Demo.make()
        let customers = Set(demo.people.filter { $0.customer != nil }.map(\.email)), all = Set(demo.people.map(\.email))
        for ticket in demo.tickets {
            #expect(customers.contains(ticket.by))
            #expect(ticket.replies.allSatisfy { all.contains($0.by) })
            #expect(["low", "normal", "high", "urgent"].contains(ticket.priority))
        }
    }
}
