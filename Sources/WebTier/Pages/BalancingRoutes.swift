// The live page of the balancers, for support and operations.
import Control
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addBalancing() {
        page("/balancing") { [unowned self] request throws(Failure) in
            let viewer = try await request.viewer()
            guard [.support, .operations].contains(viewer.person.role) else {
                throw .forbidden("Only support and operations see how the nodes are balanced.", hint: "How the service does is on the service status page.")
            }
            // Management asks the balancers for us: they answer nobody of the web tier.
            let json = try await management("/management/balancers", request)
            return request.html(BalancingPage.html(request.frame("Balancing", .balancing, viewer), balancingModel(json)))
        }
    }
}

/// What the balancers tell, added up.
func balancingModel(_ json: JSON, now: Timestamp = .now) -> BalancingModel {
    var model = BalancingModel(made: now)
    for item in json["balancers"]?.array ?? [] {
        var balancer = BalancingModel.Balancer(name: item["name"]?.string ?? "")
        if let report = item["report"], report.object != nil {
            var work = BalancingModel.Balancer.Work()
            work.connections = report.count("connections")
            work.queued = report.count("queued")
            work.fullHandshakes = report.count("tls_full")
            work.resumedHandshakes = report.count("tls_resumed")
            if let step = report["step_ms"]?.integer, step > 0 { model.step = Double(step) / 1000 }
            model.bounds = report.counts("latency_bounds_us")
            for row in report["nodes"]?.array ?? [] {
                let node = BalancingModel.Node(row)
                work.requests = work.requests.isEmpty ? node.rates : zip(work.requests.suffix(node.rates.count), node.rates.suffix(work.requests.count)).map(+)
                model.add(node)
            }
            balancer.work = work
        }
        model.balancers.append(balancer)
    }
    return model
}

extension BalancingModel.Node {
    init(_ row: JSON) {
        self.init(name: row["name"]?.string ?? "")
        health = row["health"]?.string ?? "down"
        isDraining = row["draining"]?.bool ?? false
        isEjected = row["ejected"]?.bool ?? false
        drainDeadline = row["drain_deadline"]?.integer
        weight = row.count("weight")
        share = row.count("share")
        sessions = row.count("sessions")
        inFlight = row.count("in_flight")
        queued = row.count("queued")
        tunnels = row.count("tunnels")
        requests = row.count("requests")
        failures = row.count("failures")
        retries = row.count("retries")
        ejections = row.count("ejections")
        if let history = row["history"] {
            rates = history.counts("requests")
            busy = history.counts("in_flight")
            failed = history.counts("failures")
        }
        latency = row.counts("latency")
    }
}

extension JSON {
    fileprivate func count(_ name: String) -> Int { Int(self[name]?.integer ?? 0) }
    fileprivate func counts(_ name: String) -> [Int] { (self[name]?.array ?? []).map { Int($0.integer ?? 0) } }
}
