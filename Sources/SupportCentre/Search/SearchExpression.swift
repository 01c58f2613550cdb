// A search in the language of the full-text index (SQLite FTS5): columns `title`, `body`, `about`, and `scope` for whose it is.

/// Results come in stages: of the newest things first those whose title has every word, then the others, then all older ones; each newest
/// first. So the best of what people still work on comes first, without weighing every match there ever was: that would cost more with
/// every row.
package enum SearchStage: Int, Sendable, CaseIterable { case title = 1, recent = 2, older = 3 }

extension SearchQuery {
    /// - Parameters:
    ///   - scope: only rows of this scope; nil for all.
    ///   - words: what the last word may go on to, instead of its beginning.
    package func expression(_ stage: SearchStage, scope: String?, words: [String]?) -> String {
        let all = all(words)
        var found = switch stage {
        // The second half finds nothing more: by it the words are marked in the text too.
        case .title: "(({title} : (\(all))) AND ({title body about} : (\(all))))"
        case .recent: "(({title body about} : (\(all))) NOT ({title} : (\(all))))"
        case .older: "({title body about} : (\(all)))"
        }
        if let without = exclusion { found = "(\(found) NOT \(without))" }
        return scope.map { "({scope} : \(Self.quoted($0))) AND \(found)" } ?? found
    }

    /// What is asked of an index that has nothing but titles, in place of the stage of titles; nil where that would not be cheaper. Each title it
    /// finds is read by a question of its own: of one word most titles would be shown anyway, with words not wanted many would be read for
    /// nothing, and a long beginning that is not told in words costs the same for each of them.
    package func expressionOfTitles(words: [String]?) -> String? {
        guard !isOneWord, unwanted.isEmpty else { return nil }
        if let last = wanted.last, last.isBeginning, words == nil, Self.lastWord(last.text).count > 4 { return nil }
        return all(words)
    }

    private func all(_ words: [String]?) -> String {
        wanted.map { term in
            if term.isBeginning, let words { return words.isEmpty ? Self.quoted(term.text) : "(" + words.map(Self.quoted).joined(separator: " OR ") + ")" }
            return Self.quoted(term.text) + (term.isBeginning ? " *" : "")
        }.joined(separator: " AND ")
    }

    /// What matches when a row is not wanted; nil when nothing is excluded.
    package var exclusion: String? {
        unwanted.isEmpty ? nil : "({title body about} : (" + unwanted.map { Self.quoted($0.text) }.joined(separator: " OR ") + "))"
    }

    /// A text between quotes is only ever text there.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" { quoted.unicodeScalars.append("\"") }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}
