// When comments are seen, changed and too many; and names nobody is misled by.
import Testing
import Wire
@testable import SupportCentre

struct CommunityPolicyTests {
    private let now = Timestamp(milliseconds: 1_795_000_000_000)

    @Test func `before: everybody's comment waits but staff's; after: a first one and one with many links`() {
        var policy = CommunityPolicy()
        #expect(policy.state(of: "hello", byStaff: false, isKnown: true) == .waiting && policy.state(of: "hello", byStaff: true, isKnown: false) == .shown)
        policy.moderation = .after
        #expect(policy.state(of: "hello", byStaff: false, isKnown: true) == .shown && policy.state(of: "hello", byStaff: false, isKnown: false) == .waiting)
        #expect(policy.state(of: "http://a www.b https://c", byStaff: false, isKnown: true) == .waiting)
        #expect(policy.state(of: "http://a www.b", byStaff: false, isKnown: true) == .shown)
    }

    @Test func `flags hide what nobody has looked at, and not what staff let through`() {
        let policy = CommunityPolicy()
        #expect(policy.state(after: 2, now: .shown, wasChecked: false) == .shown && policy.state(after: 3, now: .shown, wasChecked: false) == .waiting)
        #expect(policy.state(after: 30, now: .shown, wasChecked: true) == .shown && policy.state(after: 30, now: .hidden, wasChecked: false) == .hidden)
    }

    @Test func `the edit window ends to the millisecond`() {
        let policy = CommunityPolicy()
        #expect(policy.mayEdit(written: now, state: .shown, now: now.adding(.milliseconds(15 * 60_000 - 1))))
        #expect(!policy.mayEdit(written: now, state: .shown, now: now.adding(.milliseconds(15 * 60_000))))
        #expect(!policy.mayEdit(written: now, state: .hidden, now: now) && !policy.mayEdit(written: now, state: .withdrawn, now: now))
    }

    @Test func `one more than an hour takes waits until the first of them is an hour old`() {
        let policy = CommunityPolicy()
        let earlier = (0..<6).map { now.adding(.seconds(-600 * $0)) }
        #expect(policy.wait(after: Array(earlier.dropLast()), now: now) == nil)
        #expect(policy.wait(after: earlier, now: now) == 600)
        #expect(policy.wait(after: earlier, now: now.adding(.seconds(600))) == nil)
    }

    @Test(arguments: ["ana@clinic.example", "www.spam.example", "http://x", "F1tech", "Fitech Support", "S u p p o r t", "a", "..", "<b>x</b>", "Moderator1", String(repeating: "a", count: 41)])
    func `a name that is an address, markup or one of ours is refused`(name: String) {
        #expect((CommunityName.problem(name) != nil) == (name != "F1tech"))
    }

    @Test(arguments: ["Ana", "Ana M.", "Jean-Luc O’Neill", "Ünal", "日本"]) func `a name is a name`(name: String) { #expect(CommunityName.problem(name) == nil) }

    @Test func `names that look alike are the same`() { #expect(CommunityName.key("Ana M.") == CommunityName.key("ANA-m")) }
}
