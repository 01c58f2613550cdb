// The procedures of a reporting node, on one loop: who asks, of which customer, by which dates.
import Control
import Engine
import Logging
import Nodes
import Procedures
import ProcedureClient
import Storage
import Wire

/// Answers `POST /procedures/reports.corporate`, in the compact codec, as JSON or as CSV, as the caller accepts.
final class ReportingHandler: HTTPHandler {
    private let node: Node
    private let procedures: ProcedureClient
    private let mounts: Mounts
    private let threads: BlockingThreads
    private let router = HTTPRouter()
    /// The newest answers; a restore point does not change.
    private var made: [(key: Key, report: CorporateReport)] = []

    private struct Key: Equatable {
        let mount: Mount
        let from: CalendarDate?
        let to: CalendarDate?
    }

    init(node: Node, loop: isolated EventLoop, threads: BlockingThreads) {
        self.node = node
        self.threads = threads
        procedures = ProcedureClient(node: node, loop: loop)
        mounts = Mounts(node: node, loop: loop, threads: threads)
        router.answer(.post, "/procedures/{name}") { [unowned self] exchange throws(Failure) in try await answer(exchange) }
    }

    func handle(_ exchange: HTTPExchange) async { await router.handle(exchange) }

    private func answer(_ exchange: HTTPExchange) async throws(Failure) -> HTTPResponse {
        guard exchange.parameters["name"] == MakeCorporateReport.name else {
            throw .notFound("procedure", hint: "A reporting node answers \(MakeCorporateReport.name); every other procedure is the primary data node's.")
        }
        guard let identity = node.identity(of: exchange), let role = Access.Certificate(rawValue: identity.role),
            MakeCorporateReport.access.certificates.contains(role)
        else { throw .forbidden("Only web nodes and operations may ask for reports.", hint: "Ask through the portal.") }
        let body = try await exchange.body(limit: 64 << 10)
        let isJSON = exchange.head.fields["content-type"]?.hasPrefix("application/json") == true
        let question: MakeCorporateReport = isJSON ? try JSONCodec.decode(from: body) : try CompactCodec.decode(from: body)
        let report = try await report(question, session: exchange.head.fields[ProcedureField.session], requestID: exchange.head.fields["x-request-id"])
        let accepted = exchange.head.fields["accept"] ?? CompactCodec.mediaType
        if accepted.contains("text/csv") { return HTTPResponse(status: .ok, fields: ["Content-Type": "text/csv; charset=utf-8"], body: report.csv) }
        if accepted.contains("application/json") { return HTTPResponse(status: .ok, fields: ["Content-Type": "application/json"], body: JSONCodec.encode(report)) }
        return HTTPResponse(status: .ok, fields: ["Content-Type": CompactCodec.mediaType], body: CompactCodec.encode(report))
    }

    // MARK: the report

    private func report(_ question: MakeCorporateReport, session: String?, requestID: String?) async throws(Failure) -> CorporateReport {
        guard let session, !session.isEmpty else { throw .signedOut() }
        let person = try await procedures.call(WhoAmI(), session: session, requestID: requestID)
        guard let customer = person.customer else {
            throw .forbidden("A corporate report is of one customer; staff belong to none.", hint: "Sign in as a person of the customer.")
        }
        if case .roles(let roles) = MakeCorporateReport.access.who, !roles.contains(person.role) {
            throw .forbidden("A person with the role \(person.role.rawValue) may not see reports.", hint: "Ask an administrator or an operator of your organisation.")
        }
        let dates = try ReportDates(question)
        let mount = try await mounts.newest(of: customer)
        let key = Key(mount: mount, from: dates.from, to: dates.to)
        var report: CorporateReport
        if let known = made.first(where: { $0.key == key }) {
            report = known.report
        } else {
            report = try await make(mount, dates)
            made.insert((key, report), at: 0)
            if made.count > 64 { made.removeLast() }
        }
        report.customer = customer
        report.customerDisplayName = person.customerDisplayName ?? customer
        report.person = person
        return report
    }

    private func make(_ mount: Mount, _ dates: ReportDates) async throws(Failure) -> CorporateReport {
        do {
            return try await threads.run {
                let facts = try ReportFacts(Database(path: mount.path, mode: .immutable), from: dates.from, to: dates.to)
                let figures = CorporateFigures(facts).reports()
                var report = CorporateReport()
                report.overall = figures.overall
                report.groups = figures.groups
                report.asOf = mount.taken
                report.restorePoint = mount.id
                report.from = dates.from
                report.to = dates.to
                return report
            }
        } catch let overloaded as BlockingThreads.Overloaded {
            throw .unavailable("\(overloaded.waiting) reports are waiting already.", after: 5, whose: .ours)
        } catch {
            node.log.error("a report could not be made", metadata: ["restore_point": .string(mount.id), "error": .string("\(error)")])
            await mounts.discard(mount)
            throw .fault("The report could not be made from restore point \(mount.id).", hint: "Try again: the restore point is fetched anew. If it stays, make another with fitech-ctl backup now.")
        }
    }
}

/// The days of a report, widened to whole months: with two reports a day apart one could else subtract a single person.
struct ReportDates: Equatable, Sendable {
    let from: CalendarDate?
    let to: CalendarDate?

    init(_ question: MakeCorporateReport) throws(Failure) {
        if let from = question.from, let to = question.to, from > to {
            throw .unacceptable([.init(field: "from", reason: "\(from.iso8601) is after \(to.iso8601).", hint: "Exchange the two dates.")])
        }
        from = question.from.flatMap { CalendarDate(year: $0.year, month: $0.month, day: 1) }
        to = question.to.flatMap { CalendarDate(year: $0.year, month: $0.month, day: CalendarDate.days(in: $0.month, of: $0.year)) }
    }
}
