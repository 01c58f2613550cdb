// Maintenance windows of the watch: added by operations, made by changes, kept in management.db, heeded by incidents and the status page.
import Control
import Engine
import Nodes
import Procedures
import Storage
import SupportCentre
import Wire

extension Watch {
    /// Until when something may fail without anybody being woken; nil when it may not. A host stands for everything on it.
    func planned(_ subject: Subject, _ service: ServicePart, at now: Milliseconds) -> Milliseconds? {
        guard case .host(let name) = subject else { return plan.covers(service, at: now) }
        return plan.covers(Set(probes.compactMap(\.node).filter { ($0.host ?? Probe.thisMachine) == name }.map(ServicePart.of)), at: now)
    }

    func plannedUntil(at now: Milliseconds) -> (Incident) -> Milliseconds? {
        { self.planned($0.subject, $0.service, at: now) }
    }

    // MARK: Operations

    func maintenanceList(at now: Milliseconds = Timestamp.now.milliseconds) -> JSON {
        // What is coming or running first, then the latest of the others.
        let live = plan.live(at: now), rest = plan.windows.filter { !$0.isLive(at: now) }.suffix(50).reversed()
        return ["items": .array((live + rest).map { Self.json($0, at: now) }), "next": .null]
    }

    private static func json(_ window: MaintenanceWindow, at now: Milliseconds) -> JSON {
        let time = { (at: Milliseconds?) -> JSON in at.map { .string(Timestamp(milliseconds: $0).iso8601) } ?? .null }
        return [
            "id": .integer(Int64(window.id)), "title": .string(window.title), "state": .string(window.phase(at: now).rawValue),
            "services": .array(ServicePart.allCases.filter(window.parts.contains).map { .string($0.rawValue) }), "starts": time(window.starts), "ends": time(window.ends),
            "cancelled": time(window.cancelled), "source": window.source.map(JSON.string) ?? .null, "by": .string(window.by),
        ]
    }

    /// `{"title", "starts"?, "ends", "services"?: ["pages"], "by"?}`; without services all of them, without a beginning at once.
    func addMaintenance(_ body: JSON) async throws(Failure) -> JSON {
        let now = Timestamp.now.milliseconds
        var problems: [Failure.FieldProblem] = []
        let title = body["title"]?.string ?? ""
        if title.isEmpty || title.utf8.count > 200 || title.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            problems.append(.init(field: "title", reason: "The title is missing or longer than 200 bytes.", hint: "Say in a few words what is done: everybody reads it on the status page."))
        }
        func moment(_ name: String) -> Milliseconds? {
            guard let text = body[name]?.string else { return nil }
            if let moment = Timestamp(iso8601: text) { return moment.milliseconds }
            problems.append(.init(field: name, reason: "`\(text)` is no time.", hint: "Use ISO 8601 with a zone, such as 2026-11-22T02:00:00Z."))
            return nil
        }
        let starts = moment("starts") ?? now, ends = moment("ends")
        if let ends {
            if ends <= max(starts, now) { problems.append(.init(field: "ends", reason: "The window is over before it begins.", hint: "Give an end to come, after the beginning.")) }
            if ends - starts > ChangeWindow.longest { problems.append(.init(field: "ends", reason: "The window is longer than 7 days.", hint: "While it lasts nobody is woken: make it as short as the work.")) }
        } else if body["ends"]?.string == nil {
            problems.append(.init(field: "ends", reason: "The end is missing.", hint: "Give one: afterwards whoever is on duty is woken again."))
        }
        var parts = Set(ServicePart.allCases)
        if let words = body["services"]?.array, !words.isEmpty {
            parts = []
            for word in words.map({ $0.string ?? "" }) {
                guard let part = ServicePart(rawValue: word) else {
                    problems.append(.init(field: "services", reason: "`\(word.prefix(40))` is no part of the service.", hint: "Use some of: \(ServicePart.allCases.map(\.rawValue).joined(separator: ", "))."))
                    continue
                }
                parts.insert(part)
            }
        }
        guard problems.isEmpty, let ends else { throw .unacceptable(problems) }
        await enterPlan()
        defer { isPlanning = false }
        var wanted = plan
        let by = String((body["by"]?.string ?? "operations").prefix(80))
        guard let made = wanted.take(MaintenanceWindow(id: 0, title: title, parts: parts, starts: starts, ends: ends, by: by), at: now) else {
            throw .conflict("Nothing is left of the window.", hint: "Give an end to come.")
        }
        try await keep([made])
        plan = wanted
        heldStatus = nil
        return Self.json(made, at: now)
    }

    func cancelMaintenance(_ text: String) async throws(Failure) -> JSON {
        await enterPlan()
        defer { isPlanning = false }
        let now = Timestamp.now.milliseconds
        var wanted = plan
        guard let id = Int(text), wanted.windows.contains(where: { $0.id == id }) else {
            throw .notFound("maintenance window", hint: "See fitech-ctl maintenance list.")
        }
        guard let cancelled = wanted.cancel(id, at: now) else {
            throw .conflict("Window \(id) is over.", hint: "Only what is coming or running can be called off.", code: "over")
        }
        try await keep([cancelled])
        plan = wanted
        heldStatus = nil
        return Self.json(cancelled, at: now)
    }

    /// One change of the plan at a time: each is on disk before the next looks at what there is.
    private func enterPlan() async {
        while isPlanning { await loop.sleep(.milliseconds(2)) }
        isPlanning = true
    }

    /// On disk before anybody relies on it: a watch that forgets a window at its restart would wake people for planned work, one that
    /// forgets that it was called off would let them sleep.
    private func keep(_ windows: [MaintenanceWindow]) async throws(Failure) {
        do {
            try await queue.file.write { database in for window in windows { try window.save(database) } }
        } catch let error as StorageError { throw error.failure } catch { throw .fault("\(error)") }
    }

    // MARK: Changes

    /// What the data tier says of the windows of changes; kept before it is told that they are.
    func take(_ effects: [WindowEffect]) async throws(Failure) -> [String] {
        guard !effects.isEmpty else { return [] }
        await enterPlan()
        defer { isPlanning = false }
        let now = Timestamp.now.milliseconds
        var wanted = plan
        let taken = effects.compactMap { effect -> MaintenanceWindow? in
            let parts = Set(effect.parts.compactMap(ServicePart.init(rawValue:)))
            return wanted.take(
                MaintenanceWindow(
                    id: 0, source: "change-\(effect.change)", version: Int64(effect.version), title: effect.title, parts: parts, starts: effect.starts.milliseconds,
                    ends: effect.ends.milliseconds, cancelled: effect.cancelled ? now : nil, by: "change \(effect.change)"), at: now)
        }
        try await keep(taken)
        plan = wanted
        heldStatus = nil
        return effects.map(\.id)
    }
}

extension MaintenanceWindow {
    static let rows: StaticString = "SELECT id, source, version, title, parts, starts, ends, cancelled, by_name FROM maintenance ORDER BY id"

    init(_ row: Row) {
        self.init(
            id: row.int(0), source: row.optionalText(1), version: row.int64(2), title: row.text(3),
            parts: Set(row.text(4).split(separator: " ").compactMap { ServicePart(rawValue: String($0)) }), starts: row.int64(5), ends: row.int64(6),
            cancelled: row.optionalInt64(7), by: row.text(8))
    }

    func save(_ database: Database) throws {
        let words = ServicePart.allCases.filter(parts.contains).map(\.rawValue).joined(separator: " ")
        try database.execute(
            """
            INSERT INTO maintenance(id, source, version, title, parts, starts, ends, cancelled, by_name) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT(id) DO UPDATE SET version = ?3, title = ?4, parts = ?5, starts = ?6, ends = ?7, cancelled = ?8
            """, id, source, version, title, words, starts, ends, cancelled, by)
    }
}
