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
        let store = room.store, yesterday = call.now.milliseconds - 86_400_000
        var found: [BackgroundWork.Kind: BackgroundWork] = [:]
        func add(_ one: BackgroundWork) {
            var sum = found[one.kind] ?? BackgroundWork(one.kind, waiting: 0, oldest: nil)
            (sum.waiting, sum.failed) = (sum.waiting + one.waiting, sum.failed + one.failed)
            sum.oldest = [sum.oldest, one.oldest].compactMap(\.self).min()
            found[one.kind] = sum
        }
        for kind in [BackgroundWork.Kind.unsent, .calls, .exports, .uploads] { add(BackgroundWork(kind, waiting: 0, oldest: nil)) }
        let places = Set(store.effects.all).union(store.exports.places).sorted().prefix(mostPlaces)
        for place in places {
            guard let file = place == "staff" ? store.directory : store.customer(place)?.file else { continue }
            do {
                let items = try await room.read(file) { try rows(ofCustomer: place != "staff", since: yesterday, in: $0) }
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

    private static func rows(ofCustomer: Bool, since: Int64, in database: Database) throws -> [BackgroundWork] {
        func one(_ kind: BackgroundWork.Kind) -> (Row) -> BackgroundWork {
            { row in BackgroundWork(kind, waiting: row.int(0), oldest: row.optionalInt64(1).map(Timestamp.init(milliseconds:)), failed: row.int(2)) }
        }
        var items = [try database.first("SELECT count(*), min(created), 0 FROM (SELECT created FROM effect ORDER BY row LIMIT 1000)", row: one(.unsent))]
        guard ofCustomer else { return items.compactMap(\.self) }
        items.append(try database.first("""
            SELECT count(*) FILTER (WHERE state = 'waiting'), min(created) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'failed' AND at > ?)
            FROM (SELECT state, created, at FROM webhook_delivery ORDER BY row DESC LIMIT 1000)
            """, since, row: one(.calls)))
        items.append(try database.first("""
            SELECT count(*) FILTER (WHERE state IN ('waiting', 'running')), min(asked) FILTER (WHERE state IN ('waiting', 'running')), count(*) FILTER (WHERE state = 'failed' AND finished > ?)
            FROM (SELECT state, asked, finished FROM export ORDER BY row DESC LIMIT 100)
            """, since, row: one(.exports)))
        items.append(try database.first("""
            SELECT count(*) FILTER (WHERE upload = 'waiting'), min(finished) FILTER (WHERE upload = 'waiting'), count(*) FILTER (WHERE upload = 'failed' AND upload_at > ?)
            FROM (SELECT upload, finished, upload_at FROM export ORDER BY row DESC LIMIT 100)
            """, since, row: one(.uploads)))
        return items.compactMap(\.self)
    }
}
