// What a data node says of its restore points: the list as it comes over its private listener.
import Wire

/// One database in a restore point.
struct RestoredDatabase: Sendable, Equatable {
    /// As the data node names it in `/restore-points/ID/NAME`.
    let name: String
    let bytes: Int
    /// Lower-case hexadecimal.
    let sha256: String
}

/// One restore point: every database as it was at one time.
struct RestorePoint: Sendable, Equatable {
    let id: String
    let taken: Timestamp
    let databases: [RestoredDatabase]

    /// The database of a customer.
    func database(of customer: String) -> RestoredDatabase? {
        databases.first { [customer, "\(customer).db", "customers/\(customer)", "customers/\(customer).db"].contains($0.name) }
    }
}

extension RestorePoint {
    /// Reads the answer of `GET /restore-points`; complete points only, newest first.
    static func list(_ body: [UInt8]) throws(Failure) -> [RestorePoint] {
        let json: JSON
        do { json = try JSON.parse(body) } catch { throw unreadable }
        guard let items = (json["items"] ?? json["restore_points"])?.array else { throw unreadable }
        var points: [RestorePoint] = []
        for item in items where item["complete"]?.bool != false {
            guard let id = item["id"]?.string, let text = item["taken"]?.string, let taken = Timestamp(iso8601: text),
                let databases = item["databases"]?.array
            else { throw unreadable }
            points.append(RestorePoint(id: id, taken: taken, databases: databases.compactMap { entry in
                guard let name = entry["name"]?.string, let digest = entry["sha256"]?.string else { return nil }
                return RestoredDatabase(name: name, bytes: Int(entry["bytes"]?.integer ?? 0), sha256: digest.lowercased())
            }))
        }
        return points.sorted { $0.taken > $1.taken }
    }

    private static let unreadable = Failure(
        whose: .upstream, retry: .never, status: 502, code: "bad-answer", reason: "The list of restore points cannot be read.",
        hint: "Both nodes must run the same release.")
}
