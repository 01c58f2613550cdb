// Makes exports on the node that keeps restore points, so that the primary does not notice: asks what there is, makes it, tells how far.
import Control
import Engine
import Glibc
import Nodes
import Procedures
import Storage
import Wire

extension DataNode {
    var exportsPath: String { node.files + "/exports" }
    func exportPath(_ file: String) -> String { "\(exportsPath)/\(file).tar" }
}

/// One worker; there are as many as may work at once. Belongs to its loop.
final class ExportMaker {
    private let data: DataNode
    /// The first one also removes what is out of use.
    private let number: Int
    private let loop: EventLoop
    private let client: HTTPClient
    private let room: DataRoom
    private var swept: Int64 = 0
    /// The restore point the primary was told of last.
    private var toldPoint = ""

    init(data: DataNode, number: Int, loop: isolated EventLoop) {
        (self.data, self.number, self.loop) = (data, number, loop)
        client = HTTPClient(loop: loop)
        room = DataRoom(store: data.store)
    }

    func run() async {
        if number == 0 { await clearAway() }
        while !data.node.isStopping {
            await loop.sleep(.seconds(1))
            guard data.keepsRestorePoints || number == 0 else { continue }
            do {
                if let job = try await next() {
                    defer { data.claims.release(job.id) }
                    await make(job)
                }
            } catch {
                // The primary is away or changing: it is asked again in a moment.
            }
        }
    }

    /// What an interrupted run left half-made.
    private func clearAway() async {
        let path = data.exportsPath
        try? await data.store.exporting.run {
            for name in DurableFiles.names(in: path) where !name.hasSuffix(".tar") { try? DiskPace.remove("\(path)/\(name)") }
        }
    }

    /// A job nobody works at, if this node is the one that makes exports now. Once a minute what may not be downloaded any more is removed;
    /// that also a node does which only has files of its time as a keeper of restore points.
    private func next() async throws -> ExportJob? {
        var asked = FindExportWork()
        let now = Timestamp.now.milliseconds
        let sweeps = number == 0 && now - swept >= 60_000
        if sweeps { asked.files = DurableFiles.names(in: data.exportsPath).filter { $0.hasSuffix(".tar") }.map { String($0.dropLast(4)) } }
        var telling: String?
        // Told when it is new, and again now and then: the primary keeps it in memory only.
        if number == 0, data.keepsRestorePoints, let id = data.shelf.latestID, sweeps || id != toldPoint, let point = data.shelf.read(id) {
            (asked.restorePoint, telling) = (point.taken, id)
            if !point.problems.isEmpty { asked.holds = point.databases.map(\.name) }
        }
        guard data.keepsRestorePoints || !asked.files.isEmpty else { return nil }
        let found = try await ask(asked)
        if sweeps { swept = now }
        if let telling { toldPoint = telling }
        for file in found.drop where ExportName.isOne(file) && !data.claims.holds(file: file) {
            let path = data.exportPath(file)
            try? await data.store.exporting.run { try DiskPace.remove(path) }
            data.store.log.info("removed an export", ("customer", Token.place(of: file) ?? ""))
        }
        guard data.keepsRestorePoints else { return nil }
        return found.jobs.first { ExportName.isOne($0.file) && CustomerName.problem($0.customer) == nil && data.claims.take($0.id, file: $0.file) }
    }

    // MARK: One export

    private func make(_ job: ExportJob) async {
        var export = Export()
        (export.id, export.customer, export.state, export.fresh) = (job.id, job.customer, .running, job.fresh)
        let progress = ExportProgress()
        do {
            guard try await tell(export, progress) else { return }
            let source = try await source(job, progress)
            let target = data.exportPath(job.file)
            let work = Task { [threads = data.store.exporting] in
                try await threads.run {
                    defer {
                        try? DiskPace.remove(source.database)
                        progress.end()
                    }
                    return try ExportArchive.make(source, to: target, progress)
                }
            }
            while !progress.isOver {
                await loop.sleep(.milliseconds(300))
                // A primary that does not answer for a moment does not end the work.
                if (try? await tell(export, progress)) == false || data.node.isStopping { progress.stop() }
            }
            let outcome = try await work.value
            (export.state, export.asOf, export.fileName) = (.done, source.asOf, ExportArchive.name(job.customer, source.asOf) + ".tar")
            (export.bytes, export.sha256, export.rows, export.attachments) = (outcome.bytes, outcome.sha256, outcome.rows, outcome.attachments)
            data.store.log.info("made an export", ("customer", job.customer), ("bytes", "\(outcome.bytes)"))
        } catch is DatabaseExcerpt.Stopped {
            return
        } catch {
            data.store.log.error("an export could not be made", ("customer", job.customer), ("error", "\(error)"))
            let failure = error as? Failure ?? (error as? StorageError)?.failure ?? .fault("The export could not be made.")
            (export.state, export.problem, export.hint) = (.failed, failure.reason, failure.hint)
        }
        await tellEnd(export, progress)
    }

    /// The customer's database in the newest restore point, under a name of its own: the point may be pruned meanwhile.
    private func source(_ job: ExportJob, _ progress: ExportProgress) async throws -> ExportSource {
        let (shelf, customer) = (data.shelf, job.customer)
        var newest = try await data.store.copies.run { shelf.all().last { $0.database(customer) != nil } }
        if job.fresh || newest == nil {
            progress.step("making a restore point", from: 0.02, span: 0)
            let point = try await data.makeRestorePoint(client)
            guard point.database(customer) != nil else {
                throw Failure.fault("The database of \(customer) could not be copied.", hint: "Operations look at fitech-ctl backup list; an older restore point still holds it.")
            }
            newest = point
        }
        guard let point = newest else { throw Failure.notFound("restore point of \(customer)") }
        let path = data.exportPath(job.file) + ".source"
        let (from, directory, digest) = (shelf.file(customer, of: point), data.exportsPath, point.database(customer)?.sha256)
        progress.step("checking the restore point", from: 0.03, span: 0)
        try await data.store.exporting.run {
            try DurableFiles.makeDirectory(directory)
            try DurableFiles.remove(path)
            try DurableFiles.link(from, to: path)
            guard try FileDigest.sha256(path, unhurried: true).sha256 == digest else {
                try? DurableFiles.remove(path)
                throw Failure.fault("Restore point \(point.id) of \(customer) is damaged.", hint: "Ask again for everything up to now; operations look at the disk.")
            }
        }
        return ExportSource(customer: customer, displayName: job.displayName, database: path, asOf: point.taken, made: .now, release: Release.text)
    }

    // MARK: The primary

    /// Tells how far it has come; false when nobody wants it any more.
    private func tell(_ export: Export, _ progress: ExportProgress) async throws -> Bool {
        var report = ReportExport()
        report.export = export
        (report.export.progress, report.export.step) = progress.now
        report.node = data.node.name
        return try await ask(report).isWanted
    }

    /// The end must arrive; should this node stop before, its successor begins anew. A file nobody wants is removed.
    private func tellEnd(_ export: Export, _ progress: ExportProgress) async {
        while !data.node.isStopping {
            if let wanted = try? await tell(export, progress) {
                if !wanted { swept = 0 }
                return
            }
            await loop.sleep(.seconds(1))
        }
    }

    private func ask<P: Procedure>(_ procedure: P) async throws -> P.Answer {
        let body = CompactCodec.encode(procedure)
        if data.store.role.mayWrite {
            return try CompactCodec.decode(from: try await room.answer(CallRequest(procedure: P.name, certificate: .data, body: body)).bytes)
        }
        guard let primary = data.node.fleet.primary, primary.name != data.node.name else { throw Failure.unavailable("There is no primary data node.", after: 5) }
        let response = try await client.send(
            method: .post, target: "/procedures/\(P.name)", fields: ["Content-Type": CompactCodec.mediaType, "Accept": CompactCodec.mediaType], body: body,
            to: try data.node.endpoint(of: primary), timeout: .seconds(30), limit: 16 << 20)
        guard response.status.code == 200 else {
            throw (try? JSON.parse(response.body)).flatMap { Failure(json: $0) } ?? .fault("\(primary.name) answered \(response.status.code) to \(P.name).")
        }
        return try CompactCodec.decode(from: response.body)
    }
}
