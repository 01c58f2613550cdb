// What waits in the databases to be done, over all customers that have something waiting.
import Procedures
import Storage
import Wire

enum BackgroundWorkFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ShowBackgroundWork.self) { try await show($0, $1, $2) }
    }

    private static let mostPlaces = 200

    private static func show(_ asked: ShowBackgroundWork, _ call: Call, _ room: DataRoom) async throws -> ShowBackgroundWork.Answer {
        let store = room.store, now = call.now.milliseconds
        var found: [BackgroundWork.Kind: BackgroundWork] = [:]
        func add(_ one: BackgroundWork) {
            var sum = found[one.kind] ?? BackgroundWork(one.kind, waiting: 0, oldest: nil)
            sum.waiting += one.waiting
            sum.oldest = [sum.oldest, one.oldest].compactMap(\.self).min()
            found[one.kind] = sum
        }
        for kind in [BackgroundWork.Kind.unsent, .calls, .exports, .uploads, .traces] { add(BackgroundWork(kind, waiting: 0, oldest: nil)) }
        let places = Set(store.effects.all).union(store.exports.places).union(store.traces.all).sorted().prefix(mostPlaces)
        for place in places {
            guard let file = place == "staff" ? store.directory : store.customer(place)?.file else { continue }
            do {
                let items = try await room.read(file) { try rows(ofCustomer: place != "staff", at: now, in: $0) }
                for one in items { add(one) }
            } catch let error as StorageError {
                store.log.warning("what waits cannot be read", ("place", place), ("error", "\(error)"))
            }
        }
        var answer = ShowBackgroundWork.Answer()
        answer.items = BackgroundWork.Kind.allCases.compactMap { found[$0] }
        answer.person = try call.signedIn().person
        return answer
    }

    private static func rows(ofCustomer: Bool, at now: Int64, in database: Database) throws -> [BackgroundWork] {
        func one(_ kind: BackgroundWork.Kind) -> (Row) -> BackgroundWork {
            { row in BackgroundWork(kind, waiting: row.int(0), oldest: row.optionalInt64(1).map(Timestamp.init(milliseconds:))) }
        }
        var items = [try database.first("SELECT count(*), min(created) FROM (SELECT created FROM effect ORDER BY row LIMIT 1000)", row: one(.unsent))]
        guard ofCustomer else { return items.compactMap(\.self) }
        items.append(try database.first("SELECT count(*), min(created) FROM (SELECT created FROM webhook_delivery WHERE state = 'waiting' LIMIT 1000)", row: one(.calls)))
        items.append(try database.first("SELECT count(*), min(asked) FROM (SELECT asked FROM export WHERE state IN ('waiting', 'running') LIMIT 1000)", row: one(.exports)))
        items.append(try database.first("""
            SELECT count(*), min(finished) FROM (SELECT finished FROM export WHERE upload = 'waiting' AND state = 'done' AND expires > ? LIMIT 1000)
            """, now, row: one(.uploads)))
        items.append(try database.first("SELECT count(*), min(a.at) FROM erasure_trace t LEFT JOIN audit a ON a.row = t.entry", row: one(.traces)))
        return items.compactMap(\.self)
    }
}
