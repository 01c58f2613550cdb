// Pages of people and of one's own account: what is shown when, and a square code that phones read.
import Control
import Digests
import Procedures
import Testing
import Wire

@testable import Pages

extension Nasty {
    static func member(_ state: Member.State) -> Member {
        var member = Member()
        (member.person, member.state, member.twoStep, member.invitedUntil) = (person, state, true, Timestamp())
        return member
    }
    static var account: ShowAccount.Answer {
        var answer = ShowAccount.Answer(), session = SessionItem(), token = TokenItem(), passkey = PasskeyItem()
        (session.id, session.device, session.address) = (text, text, text)
        (token.id, token.name, token.scope) = (text, text, text)
        (passkey.id, passkey.name, passkey.site, answer.passkeys) = (text, text, text, [])
        answer.passkeys.append(passkey)
        (answer.person, answer.sessions, answer.tokens, answer.mustConfirm) = (person, [session], [token], true)
        (answer.twoStep.on, answer.twoStep.since) = (true, Timestamp())
        return answer
    }
    static func shown(_ member: Member, by viewer: String = "somebody else") -> ShowMember.Answer {
        var answer = ShowMember.Answer()
        (answer.member, answer.viewer) = (member, person)
        answer.viewer.id = viewer
        return answer
    }
    static var peoplePages: [(String, HTML)] {
        var people = ListPeople.Answer(), query = ListPeople(), made = MakeToken.Answer(), begun = BeginTwoStep.Answer(), plain = account
        (people.items, people.next, people.person) = (Member.State.allCases.map(member), text, person)
        (query.search, query.page.after) = (text, text)
        (made.token, made.item.name, made.item.scope) = (text, text, text)
        (begun.secret, begun.link, begun.person) = (text, text, person)
        (plain.twoStep, plain.tokens) = (TwoStepState(), [])
        return [
            ("people", PeoplePage.html(frame(), people, query, entered: entered)), ("account", AccountPage.html(frame(), account, passkeys: .offered(site: text), entered: entered)),
            ("account without two-step", AccountPage.html(frame(), plain, passkeys: .not(reason: text, hint: text))), ("new passkey", PasskeyPages.new(frame(), name: text, entered: entered)), ("passkey", PasskeyPages.one(frame(), account.passkeys[0], entered: entered)), ("new token", TokenPages.new(frame(), account, entered: entered)), ("token", TokenPages.made(frame(), made, origin: text)),
            ("code", TwoStepPages.code(frame(nil), next: text, recovery: false, passkey: true, entered: entered)), ("recovery code", TwoStepPages.code(frame(nil), next: text, recovery: true)),
            ("introduction", TwoStepPages.introduction(frame(), next: nil)), ("demand", TwoStepPages.introduction(frame(nil), next: text)),
            ("enrolment", TwoStepPages.enrolment(frame(), begun, next: nil, entered: entered)), ("enrolment at sign-in", TwoStepPages.enrolment(frame(nil), begun, next: text)),
            ("codes", TwoStepPages.codes(frame(), [text, text], next: text, new: true)), ("erasure", SubjectErasurePage.html(frame(), subject, entered: entered)), ("confirm", TwoStepPages.confirm(frame(), twoStep: true, next: text, passkey: true, entered: entered)),
        ] + Member.State.allCases.map { ("member \($0)", MemberPage.html(frame(), shown(member($0)), entered: entered)) }
    }
}

@Suite struct PeoplePageTests {
    @Test func `a person's page offers what their state allows, and nothing against oneself`() {
        func offers(_ state: Member.State, own: Bool = false) -> [String] {
            let page = MemberPage.html(Nasty.frame(), Nasty.shown(Nasty.member(state), by: own ? "" : "other")).text
            return ["suspend", "reactivate", "invitation", "withdraw", "two-step"].filter { page.contains("/\($0)\"") }
        }
        #expect(offers(.active) == ["suspend", "two-step"])
        #expect(offers(.suspended) == ["reactivate", "two-step"])
        #expect(offers(.invited) == ["invitation", "withdraw", "two-step"])
        #expect(offers(.active, own: true) == [])
    }

    @Test func `this device is marked and not offered to be signed out alone`() {
        var account = Nasty.account
        account.sessions[0].here = true
        let page = AccountPage.html(Nasty.frame(), account, passkeys: .offered(site: "localhost")).text
        #expect(page.contains("This device") && !page.contains("name=\"others\"") && !page.contains("name=\"id\" value=\"\(Nasty.account.sessions[0].id)"))
    }

    @Test func `a form that is sensitive asks for the proof this person has, or for none`() {
        var account = Nasty.account
        #expect(TokenPages.new(Nasty.frame(), account).text.contains("autocomplete=\"one-time-code\""))
        account.twoStep.on = false
        #expect(TokenPages.new(Nasty.frame(), account).text.contains("autocomplete=\"current-password\""))
        account.mustConfirm = false
        #expect(!TokenPages.new(Nasty.frame(), account).text.contains("name=\"confirm\""))
    }

    @Test func `codes and passwords that were typed are never sent back`() {
        let failure = Failure.unacceptable([.init(field: "confirm", reason: "wrong", hint: "x")])
        let entered = Entered(Form(fields: [.init(name: "confirm", value: "123456"), .init(name: "name", value: "Scales")]), failure)
        let page = TokenPages.new(Nasty.frame(), Nasty.account, entered: entered).text
        #expect(!page.contains("123456") && page.contains("Scales"))
    }

    /// Each was read back by ZXing when this was written; the digest keeps it that way.
    @Test(arguments: [
        ("a", 21, "3e58c98781eb1bfeaca25fbbb2e7faa729b8d34d3fa95052cf5663706b4961ff"),
        ("otpauth://totp/Fitech%20Clinic:ann%40clinic.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Fitech%20Clinic", 45, "2eba266ca716e3680a9f8ea8c80029646610bf4a30da3812c805f17762d0b2c8"),
        (String(repeating: "é", count: 60), 45, "b7d6c4c1495149ac4d775e0c65a70378cacd4f7206c357c2cf7e8682439085bd"),
        (String(repeating: "x", count: 300), 69, "8730b4f4e67a27baf8dd058c795e6e48f1904a8915cfda53dcbe147c16921a17"),
        (String(repeating: "z", count: 900), 113, "5a38fab172bb531f0b5bbf89c5091ca4b6234f08c15542089d966ecbd172518b"),
        (String(repeating: "q", count: 2331), 177, "c0d346508444cf665c45b3005a9e14cca3c59a29a09f16743a5ae4a2d20b0a37"),
    ]) func `a QR code is the one that phones read`(_ text: String, _ size: Int, _ digest: String) throws {
        let code = try #require(QRCode(text))
        #expect(code.size == size)
        let rows = code.modules.map { row in row.map { $0 ? "1" : "0" }.joined() }.joined(separator: ",")
        #expect(Hex.encode(Digest.sha256(rows)) == digest)
    }

    @Test func `a text too long for any QR code has none`() { #expect(QRCode(String(repeating: "q", count: 2332)) == nil) }
}
