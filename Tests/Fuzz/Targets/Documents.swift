// JSON, CSV, the compact codec, the fleet's state and its configuration.
import Control
import Procedures
import Wire

extension FuzzTarget {
    static let json = FuzzTarget("json") { bytes in
        guard let value = try? JSON.parse(bytes) else { return nil }
        guard let again = try? JSON.parse(value.bytes) else { return "written again it is refused" }
        if again != value { return "written again it is another value" }
        return again.bytes == value.bytes ? nil : "written twice it is other text"
    }

    static let csv = FuzzTarget("csv") { bytes in
        var limits = CSVLimits()
        (limits.recordBytes, limits.fields) = (300, 10)
        let whole = CSVReader.events(of: bytes, limits: limits)
        for piece in [1, 3] {
            var reader = CSVReader(limits: limits), events: [CSVEvent] = []
            for start in stride(from: 0, to: bytes.count, by: piece) { events += reader.read(bytes[start..<min(bytes.count, start + piece)]) }
            if events + reader.finish() != whole { return "in pieces of \(piece) there are other records" }
        }
        var writer = CSVWriter(), rows: [[String]] = []
        for case .record(let record) in whole {
            if record.fields.count > limits.fields || record.fields.reduce(0, { $0 + $1.utf8.count }) > limits.recordBytes { return "beyond its limits" }
            rows.append(record.fields)
            writer.row(record.fields)
        }
        var again: [[String]] = []
        for event in CSVReader.events(of: writer.bytes) {
            guard case .record(let record) = event else { return "what we write is not read: \(event)" }
            again.append(record.fields.map(CSVWriter.unguarded))
        }
        return again == rows ? nil : "written again there are other records"
    }

    private static func roundTrip<R: Record>(_ type: R.Type, _ bytes: [UInt8]) -> String? {
        guard let record = try? CompactCodec.decode(R.self, from: bytes) else { return nil }
        let out = CompactCodec.encode(record)
        guard let again = try? CompactCodec.decode(R.self, from: out) else { return "\(type): written again it is refused" }
        return CompactCodec.encode(again) == out ? nil : "\(type): written again it is another record"
    }

    static let compact = FuzzTarget("compact") { bytes in
        roundTrip(Assessment.self, bytes) ?? roundTrip(Person.self, bytes) ?? roundTrip(TicketThread.self, bytes) ?? roundTrip(ImportReport.self, bytes)
            ?? roundTrip(CorporateReport.self, bytes) ?? roundTrip(SignedIn.self, bytes)
    }

    static let fleetState = FuzzTarget("fleet-state") { bytes in
        guard let value = try? JSON.parse(bytes), let state = try? FleetState(json: value) else { return nil }
        guard let again = try? FleetState(json: state.json) else { return "written again it is refused" }
        if again != state { return "written again it is another fleet" }
        var changed = FleetState()
        for command in changed.diff(to: state) { do throws(Failure) { try changed.apply(command) } catch { return "its own difference cannot be applied: \(error.reason)" } }
        return Set(changed.nodes.map(\.name)) == Set(state.nodes.map(\.name)) ? nil : "its difference leads elsewhere"
    }

    static let configuration = FuzzTarget("configuration") { bytes in
        guard let words = String(validating: bytes, as: UTF8.self) else { return nil }
        do throws(ConfigurationError) {
            let read = try Configuration.parse(words, file: "f.yaml", absolute: "/etc/fitech/f.yaml")
            let again = try Configuration.parse(words, file: "f.yaml", absolute: "/etc/fitech/f.yaml")
            return read == again ? nil : "read twice it is another configuration"
        } catch {
            return error.problems.isEmpty ? "refused without a reason" : nil
        }
    }
}
