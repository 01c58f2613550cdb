// Random edits by random people, and every search compared with a reference that looks through all texts word by word.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct SearchReferenceTests {
    /// A thing as the reference knows it.
    private struct Thing {
        var id: String
        var kind: SearchKind
        var customer: String
        var owner: String
        var title: String
        /// In their order; notes are among staff.
        var messages: [(text: String, isNote: Bool)]
        var about: [String]
        var isDraft = false
        /// What comes first is newest.
        var order: Int
    }

    private static func words(_ text: String) -> [String] { text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init) }

    private static func has(_ words: [String], _ term: [String], beginning: Bool) -> Bool {
        guard words.count >= term.count else { return false }
        return (0...(words.count - term.count)).contains { start in
            term.indices.allSatisfy { place in
                beginning && place == term.count - 1 ? words[start + place].hasPrefix(term[place]) : words[start + place] == term[place]
            }
        }
    }

    /// Looks through everything: kinds in their order, first those with all words in the title, each newest first.
    private static func reference(_ query: SearchQuery, _ things: [Thing], customer: String?, owner: String?, kinds: [SearchKind]) -> [String] {
        func matches(_ thing: Thing, _ texts: [String], _ terms: [SearchQuery.Term], all: Bool) -> Bool {
            let columns = texts.map(words)
            let test = { (term: SearchQuery.Term) in columns.contains { has($0, words(term.text), beginning: term.isBeginning) } }
            return all ? terms.allSatisfy(test) : terms.contains(where: test)
        }
        var found: [String] = []
        for kind in kinds {
            let visible = things.filter { thing in
                thing.kind == kind && (customer == nil ? !thing.isDraft && kind != .subject : thing.customer == customer) && (owner == nil || thing.owner == owner)
            }.sorted { $0.order > $1.order }
            let matching = visible.filter { thing in
                let body = thing.messages.filter { !$0.isNote || customer == nil }.map(\.text).joined(separator: " | ")
                let texts = [thing.title, body] + thing.about.prefix(customer == nil ? 2 : 1)
                return matches(thing, texts, query.wanted, all: true) && !matches(thing, texts, query.unwanted, all: false)
            }
            let inTitle = matching.filter { matches($0, [$0.title], query.wanted, all: true) }
            let rest = matching.filter { thing in !inTitle.contains { $0.id == thing.id } }
            found += (inTitle + rest).map { "\(kind) \($0.id)" }
        }
        return found
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func `after random edits every search finds what looking through everything finds`(seed: UInt64) async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        var dice = Dice(seed)
        let vocabulary = ["alpha", "alphabet", "beta", "bet", "gamma", "delta", "omega", "omegas", "printer", "scale", "Ünal", "é", "x1", "x12", "tray"]
        func text(_ most: Int) -> String { (0...dice.below(most)).map { _ in vocabulary[dice.below(vocabulary.count)] }.joined(separator: [" ", ", ", "-", "\n"][dice.below(4)]) }
        var things: [Thing] = []
        let people = ["clinic/administrator", "clinic/operator", "clinic/subject", "club/administrator", "club/subject"]
        for step in 0..<90 {
            if step % 40 == 39 { try await house.mergeIndexes() }
            let who = people[dice.below(people.count)]
            let (customer, role) = (String(who.split(separator: "/")[0]), String(who.split(separator: "/")[1]))
            let display = customer.prefix(1).uppercased() + customer.dropFirst()
            let token = tokens[who]!
            let tickets = things.indices.filter { things[$0].kind == .ticket && things[$0].customer == customer && (role != "subject" || things[$0].owner == who) }
            switch dice.below(8) {
            case 0, 1:
                let (title, body) = (text(3), text(8))
                let number = try await house.open(title, body, as: token)
                things.append(Thing(id: "\(number)", kind: .ticket, customer: customer, owner: who, title: title, messages: [(body, false)], about: [role, display], order: number))
            case 2, 3:
                guard let at = tickets.isEmpty ? nil : tickets[dice.below(tickets.count)] else { continue }
                let body = text(10)
                try await house.reply(Int(things[at].id)!, body, as: dice.below(2) == 0 ? token : tokens["staff/support"]!)
                things[at].messages.append((body, false))
            case 4:
                guard let at = tickets.isEmpty ? nil : tickets[dice.below(tickets.count)] else { continue }
                let body = text(6)
                try await house.reply(Int(things[at].id)!, body, as: tokens["staff/operations"]!, note: true)
                things[at].messages.append((body, true))
            case 5:
                guard role != "subject" else { continue }
                let (title, submit) = (text(3), dice.below(2) == 0)
                let change = try await house.change(title, as: token, submit: submit)
                things.append(Thing(id: "\(change.number)", kind: .change, customer: customer, owner: who, title: title, messages: [("It is wanted.", false), ("", false)], about: [role, display], isDraft: !submit, order: change.number))
            case 6:
                let changes = things.indices.filter { things[$0].kind == .change && things[$0].customer == customer && things[$0].isDraft }
                guard role == "administrator", let at = changes.first else { continue }
                var edit = EditChange()
                (edit.number, edit.title, edit.plan) = (Int(things[at].id)!, text(3), text(5))
                _ = try await house.call(edit, as: token)
                (things[at].title, things[at].messages[1].text) = (edit.title!, edit.plan!)
            default:
                guard role != "subject" else { continue }
                let subjects = things.indices.filter { things[$0].kind == .subject && things[$0].customer == customer }
                if let at = subjects.first, dice.below(2) == 0 {
                    var update = UpdateSubject()
                    (update.id, update.reference, update.name) = (things[at].id, "\(text(0)) \(step)", text(2))
                    _ = try await house.call(update, as: token)
                    (things[at].title, things[at].messages) = (update.reference, [(update.name!, false)])
                } else {
                    var add = AddSubject()
                    (add.reference, add.name, add.group) = ("\(text(0)) \(step)", text(2), text(1))
                    let subject = try await house.call(add, as: token)
                    things.append(Thing(id: subject.id, kind: .subject, customer: customer, owner: "", title: add.reference, messages: [(add.name!, false)], about: [add.group!], order: step))
                }
            }
        }
        try await house.checkIndexes()
        var hits = 0
        for _ in 0..<80 {
            var pieces: [String] = []
            for _ in 0...dice.below(3) {
                let word = vocabulary[dice.below(vocabulary.count)]
                switch dice.below(6) {
                case 0: pieces.append("-" + word)
                case 1: pieces.append("\"\(word) \(vocabulary[dice.below(vocabulary.count)])\"")
                case 2: pieces.append(String(word.prefix(1 + dice.below(word.count))))
                default: pieces.append(word)
                }
            }
            let typed = pieces.joined(separator: " ") + (dice.below(3) == 0 ? " " : "")
            let query = SearchQuery(typed)
            for (who, token) in tokens where query.number == nil {
                let (place, role) = (String(who.split(separator: "/")[0]), String(who.split(separator: "/")[1]))
                let kinds: [SearchKind] = role == "technician" ? [] : role == "subject" ? [.ticket] : SearchKind.allCases
                let expected = query.isEmpty ? [] : Self.reference(query, things, customer: place == "staff" ? nil : place, owner: role == "subject" ? who : nil, kinds: kinds)
                let found = try await house.found(typed, as: token)
                hits += found.count
                #expect(found == expected, "\(typed.debugDescription) by \(who)")
            }
        }
        #expect(hits > 300)
        await house.close()
    }
}
