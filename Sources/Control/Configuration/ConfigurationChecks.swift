// What no single key can tell: names used twice, two primaries, a tier the edition cannot do without.
import Yams

struct ConfigurationChecks {
    let top: ConfigurationSection

    func run(on configuration: inout Configuration) {
        checkNames(configuration)
        checkRoles(configuration)
        checkTiers(configuration)
        checkListeners(configuration)
        checkTechnicians(configuration)
        warn(&configuration)
    }

    /// The section of the node at `index` was read already; only its marks are wanted here.
    private func report(node index: Int, _ key: String, _ problem: String, _ remedy: String) {
        let item = (top.node("nodes")?.sequence).flatMap { items in items.indices.contains(index) ? items[index] : nil }
        let mark = item?.mapping?[key]?.mark ?? item?.mark
        top.reader.report(mark, "nodes[\(index)].\(key)", problem, remedy)
    }

    /// The nodes as written, also those that were not understood, so that places fit.
    private func written(_ key: String) -> [(index: Int, value: String)] {
        (top.node("nodes")?.sequence.map(Array.init) ?? []).enumerated().compactMap { index, item in
            (item.mapping?[key]?.scalar?.string).map { (index, $0) }
        }
    }

    private func checkNames(_ configuration: Configuration) {
        if configuration.nodes.isEmpty, (top.node("nodes")?.sequence?.isEmpty ?? (top.node("nodes") == nil)) {
            top.missing("nodes", "list at least one node: - {name: web-1, tier: web}")
        }
        if let count = top.node("nodes")?.sequence?.count, count > 100 {
            top.report("nodes", "there are \(count) nodes", "list at most 100")
        }
        var seen: [String: Int] = [:]
        for (index, name) in written("name") {
            if let first = seen[name] {
                report(node: index, "name", "the name `\(name)` is taken by nodes[\(first)]", "give each node a name of its own")
            } else {
                seen[name] = index
            }
        }
        var providers: Set<String> = []
        for provider in configuration.sms.providers where !providers.insert(provider.name).inserted {
            top.report("sms", "two providers are called \(provider.name)", "give each provider a name of its own")
        }
    }

    private func checkRoles(_ configuration: Configuration) {
        let data = Set(written("tier").filter { $0.value == Tier.data.rawValue }.map(\.index))
        let roles = written("role").filter { data.contains($0.index) }
        let primaries = roles.filter { $0.value == NodeRole.primary.rawValue }
        for (index, _) in primaries.dropFirst() {
            report(node: index, "role", "there is a primary already, nodes[\(primaries[0].index)]", "write role: backup")
        }
        // A data node without a role, or with a wrong one, is reported already and may be the primary.
        if primaries.isEmpty, roles.count == data.count, let backup = roles.first(where: { $0.value == NodeRole.backup.rawValue }) {
            report(node: backup.index, "role", "there is a backup but no primary", "write role: primary for one data node")
        }
    }

    private func checkTiers(_ configuration: Configuration) {
        guard !configuration.nodes.isEmpty, !configuration.isPlainLoadBalancer else { return }
        guard let edition = configuration.edition else {
            if top.node("edition") == nil { top.missing("edition", "write edition: portal, reseller or single-server") }
            return
        }
        // A node that was not understood may be the missing one; its own problem is reported.
        guard written("tier").count == configuration.nodes.count else { return }
        func has(_ tier: Tier) -> Bool { configuration.nodes.contains { $0.tier == tier } }
        for (tier, more) in [(Tier.balancer, ""), (.web, ""), (.data, ", role: primary")] where !has(tier) {
            top.report("nodes", "the \(edition.rawValue) edition needs a \(tier.rawValue) node", "add - {name: \(tier.rawValue)-1, tier: \(tier.rawValue)\(more)}")
        }
    }

    private func checkListeners(_ configuration: Configuration) {
        let listen = configuration.listen
        guard configuration.nodes.contains(where: { $0.tier == .balancer }), top.node("nodes") != nil else { return }
        if listen.https == nil, listen.http == nil, top.node("listen")?.mapping?["https"] == nil, top.node("listen")?.mapping?["http"] == nil {
            top.report("listen", "the balancers have nothing to listen on", "write listen: {https: 0.0.0.0:8443, http: 0.0.0.0:8080}")
        }
        if listen.https == nil, listen.http != nil, top.node("listen")?.mapping?["https"] == nil, !configuration.isPlainLoadBalancer {
            top.report("listen", "people would sign in over clear HTTP", "add https: 0.0.0.0:8443 (clear HTTP alone is for files of balancers and origins)")
        }
        let taken = [("https", listen.https), ("http", listen.http), ("smtp", listen.smtp)].compactMap { name, address in address.map { (name, $0) } }
        for (index, (name, address)) in taken.enumerated() where address.port != 0 {
            if let other = taken[..<index].first(where: { $0.1 == address }) {
                top.report("listen", "\(name) and \(other.0) are both \(address)", "give each listener a port of its own")
            }
        }
    }

    private func checkTechnicians(_ configuration: Configuration) {
        var numbers: Set<String> = [], names: Set<String> = []
        for technician in configuration.technicians {
            if !names.insert(technician.name).inserted { top.report("technicians", "two technicians are called \(technician.name)", "give each a name of their own") }
            if !numbers.insert(technician.number).inserted { top.report("technicians", "the number \(technician.number) is there twice", "list each telephone once") }
        }
        if configuration.technicians.count > 100 { top.report("technicians", "there are \(configuration.technicians.count) technicians", "list at most 100") }
    }

    private func warn(_ configuration: inout Configuration) {
        func warn(_ key: String, _ problem: String, _ remedy: String) {
            configuration.warnings.append(ConfigurationProblem(place: top.reader.place(of: key, top.node(key)?.mark), key: key, problem: problem, remedy: remedy))
        }
        guard let edition = configuration.edition, !configuration.isPlainLoadBalancer else { return }
        if edition == .portal, !configuration.nodes.contains(where: { $0.tier == .reporting }) {
            warn("nodes", "there is no reporting node, so pages say that reports are not available", "add - {name: reporting-1, tier: reporting}")
        }
        guard configuration.nodes.contains(where: { $0.tier == .management }) else {
            warn("nodes", "there is no management node, so nobody is told when something breaks", "add - {name: management-1, tier: management}")
            return
        }
        if configuration.technicians.isEmpty { warn("technicians", "nobody is told when something breaks", "list at least one technician, or add one with fitech-ctl technician add") }
        if configuration.sms.providers.isEmpty { warn("sms", "there is no provider, so texts go to outbox/", "add one under sms.providers") }
    }
}
