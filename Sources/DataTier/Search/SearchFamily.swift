// One search over what the person's lists show: a customer's people in their own database, staff in the directory.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

enum SearchFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(SearchPortal.self) { try await find($0, $1, $2) }
    }

    private static func find(_ asked: SearchPortal, _ call: Call, _ room: DataRoom) async throws -> SearchPortal.Answer {
        let caller = try call.signedIn()
        let page = try PageCut(asked.page)
        let kinds = SearchKind.allCases.filter { $0.access.admits(caller.role) }
        let query = SearchQuery(asked.query)
        var answer = SearchPortal.Answer()
        (answer.kinds, answer.person) = (kinds.map(\.rawValue), caller.person)
        let place = try SearchPlace(page.after)
        answer.searched = !query.isEmpty || query.number != nil
        guard answer.searched, !kinds.isEmpty else { return answer }
        let wanted = kinds.filter { asked.kind == nil || asked.kind == $0 }
        let file = caller.customer?.file ?? room.store.directory
        let scope = Scope(customer: caller.customer, owner: TicketFamily.owner(caller), one: caller.isStaff ? asked.customer : nil, reader: Reader(caller, call.now))
        let numbered = try await room.read(file) { database in
            answer.complete = try database.int("SELECT built FROM search_state") != 0
            return try exact(query.number, wanted, scope, in: database)
        }
        if place == nil { answer.items = numbered }
        let known = Set(numbered.map { Key($0) })
        guard !query.isEmpty else { return answer }
        for kind in wanted {
            let isOverview = asked.overview == true
            if !isOverview, let place, place.kind != kind, !place.isBefore(kind) { continue }
            let left = isOverview ? page.limit : max(0, page.limit - answer.items.count)
            let (found, next) = try await room.read(kind.isShared ? room.store.directory : file) { database in
                // Its many statements see one state, and open one transaction.
                try database.snapshot { try stages(query, kind, from: !isOverview && place?.kind == kind ? place : nil, limit: left, without: known, scope, in: database) }
            }
            answer.items += found
            guard let next else { continue }
            if isOverview { answer.further.append(kind.rawValue) } else { answer.next = next.text; break }
        }
        return answer
    }

    /// Whose things are searched.
    struct Scope: Sendable {
        /// Nil for staff.
        var customer: CustomerEntry?
        /// A subject finds their own tickets only.
        var owner: String?
        /// For staff: one customer's only.
        var one: String?
        /// For what is kept for all customers together.
        var reader: Reader
    }

    /// Who reads what is for many.
    struct Reader: Sendable {
        var isStaff: Bool
        var writesAnnouncements: Bool
        var customer: String?
        var role: PersonRole
        var now: Timestamp

        init(_ caller: Caller, _ now: Timestamp) {
            (isStaff, customer, role, self.now) = (caller.isStaff, caller.customer?.name, caller.role, now)
            writesAnnouncements = AnnouncementFamily.isSupport(caller)
        }
    }

    private struct Key: Hashable {
        var kind: SearchKind
        var id: String
        init(_ hit: SearchHit) { (kind, id) = (hit.kind, hit.id) }
    }

    /// All stages of one kind, and where to go on when there is more.
    private static func stages(
        _ query: SearchQuery, _ kind: SearchKind, from place: SearchPlace?, limit: Int, without known: Set<Key>, _ scope: Scope, in database: Database
    ) throws -> (items: [SearchHit], next: SearchPlace?) {
        let words = try query.beginning.flatMap { try SearchRows.words(kind, beginning: $0, in: database) }
        // No word begins like that.
        if words?.isEmpty == true { return ([], nil) }
        let inScope = kind == .ticket ? scope.owner ?? scope.one : kind == .change ? scope.one : nil
        // Most kinds have nothing of most searches, tickets mostly have: one look tells, where the stages would each take one. The last stage's
        // question has what the others ask for in it.
        if place == nil, kind != .ticket, try !SearchRows.hasAny(kind, query.expression(.older, scope: inScope, words: words), in: database) { return ([], nil) }
        var items: [SearchHit] = []
        var last = try place ?? SearchPlace(kind: kind, stage: .title, before: .max, recent: SearchRows.recent(kind, in: database))
        for stage in SearchStage.allCases where stage.rawValue >= last.stage.rawValue {
            if stage != last.stage { (last.stage, last.before) = (stage, stage == .older ? last.recent : .max) }
            // One more tells whether there is a next page; those that are known by their number are left out.
            let ask = SearchAsk(
                expression: query.expression(stage, scope: inScope, words: words), exclusion: query.exclusion,
                from: stage == .older ? 0 : last.recent, before: last.before, limit: limit - items.count + known.count + 1)
            let titles = stage == .title && kind == .ticket ? query.expressionOfTitles(words: words) : nil
            let found = try titles.map { try ticketsByTitle($0, query.expression(.older, scope: inScope, words: words), ask, scope, in: database) } ?? rows(ask, kind, scope, in: database)
            for (hit, row) in found where !known.contains(Key(hit)) {
                if items.count == limit { return (items, last) }
                items.append(hit)
                last.before = row
            }
        }
        return (items, nil)
    }

    /// Tickets with every word in the title, by the index of titles; each read by itself from that of conversations, for the marks.
    private static func ticketsByTitle(_ titles: String, _ expression: String, _ ask: SearchAsk, _ scope: Scope, in database: Database) throws -> [SearchRows.Found] {
        var found: [SearchRows.Found] = []
        try SearchRows.eachTitle(titles, ask, whose: scope.owner ?? scope.one, isDirectory: scope.customer == nil, in: database) { number in
            let first = Int64(number * TicketWords.places)
            let one = SearchAsk(expression: expression, exclusion: ask.exclusion, from: first, before: first + Int64(TicketWords.places), limit: 1)
            found += try rows(one, .ticket, scope, in: database)
            return found.count < ask.limit
        }
        return found
    }

    private static func rows(_ ask: SearchAsk, _ kind: SearchKind, _ scope: Scope, in database: Database) throws -> [SearchRows.Found] {
        switch (kind, scope.customer) {
        case (.ticket, .some): try SearchRows.tickets(ask, owner: scope.owner, in: database)
        case (.ticket, nil): try SearchRows.staffTickets(ask, customer: scope.one, in: database)
        case (.change, .some): try SearchRows.changes(ask, in: database)
        case (.change, nil): try SearchRows.staffChanges(ask, customer: scope.one, in: database)
        case (.subject, .some): try SearchRows.subjects(ask, in: database)
        case (.subject, nil): []
        case (.post, _): try SearchRows.posts(ask, scope.reader, in: database)
        case (.announcement, _): try SearchRows.announcements(ask, scope.reader, in: database)
        }
    }

    /// The ticket and the change of this number, where this person's lists show them.
    private static func exact(_ number: ThingNumber?, _ kinds: [SearchKind], _ scope: Scope, in database: Database) throws -> [SearchHit] {
        guard let number else { return [] }
        let (value, owner, one) = (number.value, scope.owner, scope.one)
        var found: [SearchHit] = []
        func read(_ kind: SearchKind) -> (Row) -> SearchHit {
            { row in
                var hit = SearchHit()
                (hit.kind, hit.id, hit.state, hit.customer, hit.exact) = (kind, row.text(0), row.text(4), row.optionalText(6), true)
                (hit.title, hit.snippet, hit.about) = ([SearchPart(row.text(1))], [SearchPart(row.text(2))], [SearchPart(row.text(3))])
                hit.updated = Timestamp(milliseconds: row.int64(5))
                return hit
            }
        }
        if number.mayBeTicket, kinds.contains(.ticket) {
            if scope.customer != nil {
                found += try database.query("""
                    SELECT number, title, substr(body, 1, 200), opened_by, state, updated, NULL FROM ticket WHERE number = ?1 AND (?2 IS NULL OR person = ?2)
                    """, value, owner, row: read(.ticket))
            } else {
                found += try database.query("""
                    SELECT t.number, t.title, t.body, t.opened_by || ' · ' || c.display_name, t.state, t.updated, t.customer FROM ticket t JOIN customer c ON c.name = t.customer
                    WHERE t.number = ?1 AND (?2 IS NULL OR t.customer = ?2)
                    """, value, one, row: read(.ticket))
            }
        }
        if number.mayBeChange, kinds.contains(.change) {
            if scope.customer != nil {
                found += try database.query("SELECT number, title, substr(reason, 1, 200), raised_by, state, updated, NULL FROM change WHERE number = ?", value, row: read(.change))
            } else {
                found += try database.query("""
                    SELECT i.number, i.title, i.reason, i.raised_by || coalesce(' · ' || c.display_name, ''), i.state, i.updated, i.customer FROM change_index i LEFT JOIN customer c ON c.name = i.customer
                    WHERE i.number = ?1 AND (?2 IS NULL OR i.customer = ?2)
                    """, value, one, row: read(.change))
            }
        }
        return found
    }
}

/// Where a search goes on: `KIND.STAGE.ROW.RECENT`.
struct SearchPlace: Sendable, Equatable {
    var kind: SearchKind
    var stage: SearchStage
    /// Rows of the index below this one.
    var before: Int64
    /// Where the newest things began when the search did: what is written meanwhile moves nothing between pages.
    var recent: Int64

    init(kind: SearchKind, stage: SearchStage, before: Int64, recent: Int64) { (self.kind, self.stage, self.before, self.recent) = (kind, stage, before, recent) }

    init?(_ after: String?) throws(Failure) {
        guard let after else { return nil }
        let parts = after.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, let kind = SearchKind(rawValue: String(parts[0])), let stage = Int(parts[1]).flatMap(SearchStage.init), let before = Int64(parts[2]),
            let recent = Int64(parts[3])
        else { throw PageCut.wrongCursor }
        (self.kind, self.stage, self.before, self.recent) = (kind, stage, before, recent)
    }

    var text: String { "\(kind.rawValue).\(stage.rawValue).\(before).\(recent)" }

    /// Whether this kind comes behind.
    func isBefore(_ other: SearchKind) -> Bool {
        let all = SearchKind.allCases
        return all.firstIndex(of: kind)! < all.firstIndex(of: other)!
    }
}
