// What a search box may be given, and that none of it is ever more than text for the index.
import Testing
@testable import SupportCentre

struct SearchQueryTests {
    private typealias Term = SearchQuery.Term

    @Test(arguments: [
        ("printer toner", ["printer", "toner*"], []), ("printer toner ", ["printer", "toner"], []), ("\"paper jam\" tray", ["paper jam", "tray*"], []),
        ("printer -toner", ["printer"], ["toner"]), ("printer -\"no toner\"", ["printer"], ["no toner"]), ("-toner", [], ["toner"]), ("a", ["a"], []), ("ab", ["ab*"], []),
        ("- -- \"\" ... !", [], []), ("\"never closed", ["never closed"], []), ("\u{201C}curly quotes\u{201D}", ["curly quotes"], []), ("ana@clinic.example", ["ana@clinic.example*"], []),
        ("AND OR NOT NEAR", ["AND", "OR", "NOT", "NEAR*"], []), ("title:x (a) b^2 c*", ["title:x", "(a)", "b^2", "c*"], []), ("mid\"dle part\"end", ["mid", "dle part", "end*"], []),
        ("nul\u{0}in it", ["nul", "in", "it*"], []), ("S-1", ["S-1"], []), ("don't", ["don't"], []), ("über", ["über*"], []), ("", [], []), ("   ", [], []), ("日本", ["日本*"], []),
    ] as [(String, [String], [String])])
    func `typed text is read as words, phrases and exclusions`(typed: String, wanted: [String], unwanted: [String]) {
        let query = SearchQuery(typed)
        #expect(query.wanted.map { $0.text + ($0.isBeginning ? "*" : "") } == wanted)
        #expect(query.unwanted.map(\.text) == unwanted)
    }

    @Test(arguments: [
        ("1042", 1042, true, true), ("#1042", 1042, true, false), ("T-1042", 1042, true, false), ("ticket 1042", 1042, true, false), ("Ticket #1042", 1042, true, false),
        ("C-107", 107, false, true), ("change 107", 107, false, true), ("RFC107", 107, false, true), (" 7 ", 7, true, true),
    ] as [(String, Int, Bool, Bool)])
    func `a number is known in the ways people write it`(typed: String, value: Int, ticket: Bool, change: Bool) {
        let number = SearchQuery(typed).number
        #expect(number?.value == value && number?.mayBeTicket == ticket && number?.mayBeChange == change)
    }

    @Test(arguments: ["-1042", "x1042", "10 42", "1042.5", "1234567890123", "", "#", "T-", "\u{0661}\u{0662}", "1042a"]) func `what is no number is none`(typed: String) {
        #expect(SearchQuery(typed).number == nil)
    }

    @Test func `no more is read than is said`() {
        #expect(SearchQuery(Array(repeating: "word", count: 50).joined(separator: " ")).wanted.count == SearchQuery.most)
        #expect(SearchQuery(String(repeating: "x", count: 5000)).wanted.first?.text.count == SearchQuery.longest)
    }

    @Test func `an expression holds what was typed between quotes, and outside them only our own words`() throws {
        var random = SplitMix(seed: 4)
        let pieces = ["\"", "-", " ", "*", "(", ")", "{title}", ":", "AND", "OR", "NOT", "NEAR(", "^", "a", "ß", "é", "\u{0}", "\u{1F600}", "'", ";", "--", "1", "\u{201C}", "+", "\\", "\n"]
        for _ in 0..<3000 {
            let typed = (0..<Int(random.next() % 14)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
            let query = SearchQuery(typed)
            guard !query.isEmpty else { continue }
            for stage in SearchStage.allCases {
                let expression = query.expression(stage, scope: "p\"1", words: random.next() % 2 == 0 ? ["al\"pha", "beta"] : nil)
                // Doubled quotes inside quotes are text; what is left is ours.
                var outside = "", inside = false
                for character in expression { if character == "\"" { inside.toggle() } else if !inside { outside.append(character) } }
                #expect(!inside, "\(typed)")
                let words = outside.split { "(){}:* ".contains($0) }.map(String.init)
                #expect(words.allSatisfy { ["title", "body", "about", "scope", "AND", "OR", "NOT"].contains($0) }, "\(typed): \(expression)")
                #expect(outside.filter { $0 == "(" }.count == outside.filter { $0 == ")" }.count)
            }
        }
    }
}

/// Random numbers of a seed, the same in every run.
private struct SplitMix {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
