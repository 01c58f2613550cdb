// Placeholders in canned replies: what is one, what takes its place, and what stays text.
import Testing
import Wire
@testable import SupportCentre

struct CannedTextTests {
    private func fill(_ text: String, _ values: [ReplyPlaceholder: String] = [:]) -> String {
        CannedText.fill(text) { values[$0] ?? $0.rawValue.uppercased() }
    }

    @Test(arguments: [
        ("Hello {{name}}, about #{{number}}", "Hello NAME, about #NUMBER"), ("{{ Customer }}{{ME}}{{title}}", "CUSTOMERMETITLE"), ("", ""), ("no braces", "no braces"),
        ("{{name}", "{{name}"), ("name}}", "name}}"), ("}}{{", "}}{{"), ("{name}", "{name}"), ("{{ {{name}}", "{{ NAME"), ("a }} b {{name}} c", "a }} b NAME c"),
        ("{{\nname}}", "{{\nname}}"), ("{{who}}", "{{who}}"), ("{{}}", "{{}}"),
    ]) func `a placeholder is a known word between two pairs of braces on one line`(text: String, filled: String) {
        #expect(fill(text) == filled)
    }

    @Test func `what a value says is never taken for a placeholder`() {
        #expect(fill("{{name}} {{title}}", [.name: "{{number}}", .title: "}} {{me}} {{"]) == "{{number}} }} {{me}} {{")
    }

    @Test func `what is unknown is named as it was written, each once`() {
        #expect(CannedText.unknown(in: "{{who}} {{ name }} {{Who}} {{who}} {{}} {{x") == ["{{who}}", "{{Who}}", "{{}}"])
        #expect(CannedText.unknown(in: ReplyPlaceholder.allCases.map(\.text).joined()) == [])
    }

    @Test func `any text is the pieces it was cut into, and filling never fails`() {
        var random = Seeded(20_261_130)
        let parts = ["{{", "}}", "{", "}", "name", " ", "\n", "é", "👩‍⚕️", "{{name}}", "who", "\r\n"]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
            let again = CannedText.pieces(text).map { piece in
                switch piece {
                case .text(let text): String(text)
                case .placeholder(let word): "{{\(word)}}"
                }
            }.joined()
            #expect(again == text)
            // A text that is filled with its own placeholders is the same text again.
            #expect(CannedText.fill(text) { "{{\($0.rawValue)}}" } == CannedText.fill(CannedText.fill(text) { "{{\($0.rawValue)}}" }) { "{{\($0.rawValue)}}" })
        }
    }

    @Test func `the text comes behind what was typed, apart by an empty line, and alone where nothing was`() {
        #expect(CannedText.append("Bye", to: "Hello\n \n") == "Hello\n\nBye" && CannedText.append("Bye", to: " \n") == "Bye" && CannedText.append("Bye", to: "") == "Bye")
    }
}
