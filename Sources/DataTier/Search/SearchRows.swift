// Rows of the full-text indexes as answers. Each index is walked from its newest row down, so that the time a search takes follows from
// what it shows and not from how much there is.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

/// What one stage of a search asks an index for.
struct SearchAsk {
    var expression: String
    var exclusion: String?
    /// Rows of the index from this one up, and below that one.
    var from: Int64
    var before: Int64
    /// At most so many things.
    var limit: Int
}

enum SearchRows {
    typealias Found = (hit: SearchHit, row: Int64)

    /// Tickets of a customer. `owner`: only this person's, as in lists.
    static func tickets(_ ask: SearchAsk, owner: String?, in database: Database) throws -> [Found] {
        try gather(ask, places: TicketWords.places, excludedIn: database) { row in
            try database.each("""
                SELECT ticket_words.rowid, highlight(ticket_words, 0, char(2), char(3)), snippet(ticket_words, 1, char(2), char(3), '…', 24), highlight(ticket_words, 2, char(2), char(3)),
                    t.number, t.state, t.updated, NULL
                FROM ticket_words CROSS JOIN ticket t ON t.number = (ticket_words.rowid >> 16)
                WHERE ticket_words MATCH ?1 AND ticket_words.rowid >= ?2 AND ticket_words.rowid < ?3 AND (?4 IS NULL OR t.person = ?4) ORDER BY ticket_words.rowid DESC
                """, [ask.expression, ask.from, ask.before, owner], row)
        }
    }

    /// Tickets of everybody, or of one customer, from the directory.
    static func staffTickets(_ ask: SearchAsk, customer: String?, in directory: Database) throws -> [Found] {
        try gather(ask, places: TicketWords.places, excludedIn: directory) { row in
            try directory.each("""
                SELECT ticket_words.rowid, highlight(ticket_words, 0, char(2), char(3)), snippet(ticket_words, 1, char(2), char(3), '…', 24), highlight(ticket_words, 2, char(2), char(3)),
                    t.number, t.state, t.updated, t.customer
                FROM ticket_words CROSS JOIN ticket t ON t.number = (ticket_words.rowid >> 16)
                WHERE ticket_words MATCH ?1 AND ticket_words.rowid >= ?2 AND ticket_words.rowid < ?3 AND (?4 IS NULL OR t.customer = ?4) ORDER BY ticket_words.rowid DESC
                """, [ask.expression, ask.from, ask.before, customer], row)
        }
    }

    /// The numbers of tickets whose titles match, from the newest.
    /// - Parameter whose: only this person's, in the directory only this customer's.
    static func eachTitle(_ titles: String, _ ask: SearchAsk, whose: String?, isDirectory: Bool, in database: Database, _ number: (Int) throws -> Bool) throws {
        let places = Int64(TicketWords.places)
        let row: (Row) throws -> Bool = { try number($0.int(0)) }
        if isDirectory {
            try database.each("""
                SELECT ticket_titles.rowid FROM ticket_titles CROSS JOIN ticket t ON t.number = ticket_titles.rowid
                WHERE ticket_titles MATCH ?1 AND ticket_titles.rowid >= ?2 AND ticket_titles.rowid < ?3 AND (?4 IS NULL OR t.customer = ?4) ORDER BY ticket_titles.rowid DESC
                """, [titles, ask.from / places, ask.before / places, whose], row)
        } else {
            try database.each("""
                SELECT ticket_titles.rowid FROM ticket_titles CROSS JOIN ticket t ON t.number = ticket_titles.rowid
                WHERE ticket_titles MATCH ?1 AND ticket_titles.rowid >= ?2 AND ticket_titles.rowid < ?3 AND (?4 IS NULL OR t.person = ?4) ORDER BY ticket_titles.rowid DESC
                """, [titles, ask.from / places, ask.before / places, whose], row)
        }
    }

    static func changes(_ ask: SearchAsk, in database: Database) throws -> [Found] {
        try gather(ask, kind: .change) { row in
            try database.each("""
                SELECT change_words.rowid, highlight(change_words, 0, char(2), char(3)), snippet(change_words, 1, char(2), char(3), '…', 24), highlight(change_words, 2, char(2), char(3)),
                    c.number, c.state, c.updated, NULL
                FROM change_words CROSS JOIN change c ON c.number = change_words.rowid
                WHERE change_words MATCH ?1 AND change_words.rowid >= ?2 AND change_words.rowid < ?3 ORDER BY change_words.rowid DESC
                """, [ask.expression, ask.from, ask.before], row)
        }
    }

    static func staffChanges(_ ask: SearchAsk, customer: String?, in directory: Database) throws -> [Found] {
        try gather(ask, kind: .change) { row in
            try directory.each("""
                SELECT change_words.rowid, highlight(change_words, 0, char(2), char(3)), snippet(change_words, 1, char(2), char(3), '…', 24), highlight(change_words, 2, char(2), char(3)),
                    c.number, c.state, c.updated, c.customer
                FROM change_words CROSS JOIN change_index c ON c.number = change_words.rowid
                WHERE change_words MATCH ?1 AND change_words.rowid >= ?2 AND change_words.rowid < ?3 AND (?4 IS NULL OR c.customer = ?4) ORDER BY change_words.rowid DESC
                """, [ask.expression, ask.from, ask.before, customer], row)
        }
    }

    static func subjects(_ ask: SearchAsk, in database: Database) throws -> [Found] {
        try gather(ask, kind: .subject) { row in
            try database.each("""
                SELECT subject_words.rowid, highlight(subject_words, 0, char(2), char(3)), highlight(subject_words, 1, char(2), char(3)), highlight(subject_words, 2, char(2), char(3)),
                    s.id, '', coalesce(s.last_assessed, s.created), NULL
                FROM subject_words CROSS JOIN subject s ON s.row = subject_words.rowid
                WHERE subject_words MATCH ?1 AND subject_words.rowid >= ?2 AND subject_words.rowid < ?3 ORDER BY subject_words.rowid DESC
                """, [ask.expression, ask.from, ask.before], row)
        }
    }

    /// Posts this person's lists show: all for staff, to others what is published for them.
    static func posts(_ ask: SearchAsk, _ reader: SearchFamily.Reader, in directory: Database) throws -> [Found] {
        try gather(ask, kind: .post) { row in
            try directory.each("""
                SELECT post_words.rowid, highlight(post_words, 0, char(2), char(3)), snippet(post_words, 1, char(2), char(3), '…', 24), highlight(post_words, 2, char(2), char(3)),
                    p.number, '', coalesce(p.published, p.updated), CASE WHEN ?4 THEN p.audience END
                FROM post_words CROSS JOIN post p ON p.number = post_words.rowid
                WHERE post_words MATCH ?1 AND post_words.rowid >= ?2 AND post_words.rowid < ?3 AND (?4 OR (p.published <= ?5 AND (p.audience IS NULL OR p.audience = ?6))) ORDER BY post_words.rowid DESC
                """, [ask.expression, ask.from, ask.before, reader.isStaff, reader.now.milliseconds, reader.customer], row)
        }
    }

    /// Announcements: all for support, to others what was published for them.
    static func announcements(_ ask: SearchAsk, _ reader: SearchFamily.Reader, in directory: Database) throws -> [Found] {
        try gather(ask, kind: .announcement) { row in
            try directory.each("""
                SELECT announcement_words.rowid, highlight(announcement_words, 0, char(2), char(3)), snippet(announcement_words, 1, char(2), char(3), '…', 24), highlight(announcement_words, 2, char(2), char(3)),
                    a.id, a.kind, coalesce(a.published, a.updated), CASE WHEN ?4 THEN a.customer END
                FROM announcement_words CROSS JOIN announcement a ON a.row = announcement_words.rowid
                WHERE announcement_words MATCH ?1 AND announcement_words.rowid >= ?2 AND announcement_words.rowid < ?3
                    AND (?4 OR (a.published IS NOT NULL AND (a.customer IS NULL OR a.customer = ?5) AND (a.role IS NULL OR a.role = ?6))) ORDER BY announcement_words.rowid DESC
                """, [ask.expression, ask.from, ask.before, reader.writesAnnouncements, reader.customer, reader.role.rawValue], row)
        }
    }

    /// Takes rows until there are enough things. Several pieces of one ticket are one thing; a word that is not wanted in any piece of it
    /// takes the whole ticket out.
    private static func gather(
        _ ask: SearchAsk, kind: SearchKind = .ticket, places: Int = 1, excludedIn database: Database? = nil, _ walk: ((Row) throws -> Bool) throws -> Void
    ) throws -> [Found] {
        var found: [Found] = [], last: Int64?
        guard ask.limit > 0, ask.from < ask.before else { return [] }
        try walk { row in
            let index = row.int64(0), thing = index / Int64(places)
            if thing == last { return true }
            last = thing
            if let database, try excluded(thing, ask, in: database) { return true }
            var hit = SearchHit()
            (hit.kind, hit.id, hit.state, hit.customer) = (kind, row.text(4), row.text(5), row.optionalText(7))
            (hit.title, hit.snippet, hit.about) = (SearchPart.parts(row.text(1)), SearchPart.parts(row.text(2)), SearchPart.parts(row.text(3)))
            hit.updated = Timestamp(milliseconds: row.int64(6))
            // The next page begins below all pieces of this one.
            found.append((hit, thing * Int64(places)))
            return found.count < ask.limit
        }
        return found
    }

    private static func excluded(_ ticket: Int64, _ ask: SearchAsk, in database: Database) throws -> Bool {
        guard let exclusion = ask.exclusion else { return false }
        let first = ticket * Int64(TicketWords.places)
        return try database.int("SELECT 1 FROM ticket_words WHERE ticket_words MATCH ? AND rowid BETWEEN ? AND ? LIMIT 1", exclusion, first, first + Int64(TicketWords.places) - 1) != nil
    }

    /// Whether anything of a kind matches, whoever may see it. From the newest, as the stages go: what they would find at once is found at once.
    static func hasAny(_ kind: SearchKind, _ expression: String, in database: Database) throws -> Bool {
        let found = switch kind {
        case .ticket: try database.int("SELECT 1 FROM ticket_words WHERE ticket_words MATCH ? ORDER BY rowid DESC LIMIT 1", expression)
        case .change: try database.int("SELECT 1 FROM change_words WHERE change_words MATCH ? ORDER BY rowid DESC LIMIT 1", expression)
        case .subject: try database.int("SELECT 1 FROM subject_words WHERE subject_words MATCH ? ORDER BY rowid DESC LIMIT 1", expression)
        case .post: try database.int("SELECT 1 FROM post_words WHERE post_words MATCH ? ORDER BY rowid DESC LIMIT 1", expression)
        case .announcement: try database.int("SELECT 1 FROM announcement_words WHERE announcement_words MATCH ? ORDER BY rowid DESC LIMIT 1", expression)
        }
        return found != nil
    }

    // MARK: Words that go on

    /// Where the newest things of a kind begin in its index.
    static func recent(_ kind: SearchKind, in database: Database) throws -> Int64 {
        switch kind {
        case .ticket: Int64(max(0, (try database.int("SELECT max(number) FROM ticket") ?? 0) - newest) * TicketWords.places)
        case .change: Int64(max(0, (try database.int("SELECT max(row) FROM change_text") ?? 0) - newest))
        case .subject: Int64(max(0, (try database.int("SELECT max(row) FROM subject") ?? 0) - newest))
        case .post: Int64(max(0, (try database.int("SELECT max(number) FROM post") ?? 0) - newest))
        case .announcement: Int64(max(0, (try database.int("SELECT max(row) FROM announcement") ?? 0) - newest))
        }
    }

    /// Numbers of the things whose titles come first.
    static let newest = 2000

    /// The words of an index that begin like this; nil when there are more than it is worth to ask for one by one.
    static func words(_ kind: SearchKind, beginning: String, in database: Database) throws -> [String]? {
        var words: [String] = [], next = beginning
        while true {
            let word = switch kind {
            case .ticket: try database.first("SELECT term FROM ticket_vocabulary WHERE term >= ? LIMIT 1", next) { $0.text(0) }
            case .change: try database.first("SELECT term FROM change_vocabulary WHERE term >= ? LIMIT 1", next) { $0.text(0) }
            case .subject: try database.first("SELECT term FROM subject_vocabulary WHERE term >= ? LIMIT 1", next) { $0.text(0) }
            case .post: try database.first("SELECT term FROM post_vocabulary WHERE term >= ? LIMIT 1", next) { $0.text(0) }
            case .announcement: try database.first("SELECT term FROM announcement_vocabulary WHERE term >= ? LIMIT 1", next) { $0.text(0) }
            }
            guard let word, word.hasPrefix(beginning) else { return words }
            guard words.count < 24 else { return nil }
            words.append(word)
            // Behind every occurrence of this word and before every longer one.
            next = word + "\u{1}"
        }
    }
}

extension SearchPart {
    /// A text with marks around what was found, as the index gives it.
    static func parts(_ text: String) -> [SearchPart] {
        var parts: [SearchPart] = [], marked = false
        for piece in text.utf8.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 2 || $0 == 3 }) {
            if !piece.isEmpty { parts.append(SearchPart(String(Substring(piece)), marked: marked)) }
            marked.toggle()
        }
        return parts
    }
}
