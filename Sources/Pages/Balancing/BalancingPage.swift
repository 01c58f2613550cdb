// The live page for staff: which node does how much, how quickly, and what the balancers think of it.
import Wire

package enum BalancingPage {
    /// How often the script asks again, in milliseconds.
    private static let every = 2000
    /// Steps a picture is wide.
    private static let length = 60

    package static func html(_ frame: Frame, _ model: BalancingModel) -> HTML {
        let header = Component.header(
            "Balancing", lead: "Every node as all balancers see it, the last two minutes. It moves by itself.",
            actions: [Component.link("Look again", to: "/balancing", icon: .pulse)])
        return Layout.page(frame, "\(header)<div id=\"live\" class=\"stack\" data-live=\"\(every)\">\(live(model))</div>")
    }

    /// The part that is asked for again and again.
    private static func live(_ model: BalancingModel) -> HTML {
        guard !model.nodes.isEmpty else {
            return Component.card(nil, flush: true, Component.empty(.pulse, "No balancer answers", "As soon as one does, its nodes appear here."))
        }
        let colours = model.colours
        let flows = model.nodes.enumerated().map { index, node in
            FlowChart.Series(name: node.name, values: node.rates.map { Double($0) / model.step }, colour: colours[index])
        }
        let legend = model.nodes.enumerated().map { index, node in
            "<li><span class=\"swatch f\(colours[index])\"></span>\(node.name) <span class=\"figures\">\(Show.number(model.rate(node.rates), decimals: 1))</span></li>" as HTML
        }
        let chart = FlowChart(series: flows, length: length, step: model.step).svg(title: "Requests a second by node")
        return """
            \(silent(model))\(stats(model))
            \(Component.card("Requests a second", link: "<span class=\"note\">\(.time(model.made))</span>", "\(chart)<ul class=\"legend-row\">\(legend)</ul>"))
            <div class="nodes">\(model.nodes.enumerated().map { node($1, colour: colours[$0], model) })</div>
            \(balancers(model))
            """
    }

    private static func silent(_ model: BalancingModel) -> HTML {
        let names = model.balancers.filter { $0.work == nil }.map(\.name)
        guard !names.isEmpty else { return .empty }
        let verb: StaticString = names.count == 1 ? "does" : "do"
        return Component.banner(.fair, "<p>\(names.joined(separator: ", ")) \(raw: verb) not answer; its part is missing below.</p>")
    }

    private static func stats(_ model: BalancingModel) -> HTML {
        let latency = model.latency
        func time(_ part: Double) -> String { model.percentile(part, of: latency).map { LatencyBars.time($0) } ?? "-" }
        let sessions = model.nodes.reduce(0) { $0 + $1.sessions }, inFlight = model.nodes.reduce(0) { $0 + $1.inFlight }
        let queued = model.balancers.reduce(0) { $0 + ($1.work?.queued ?? 0) }, tunnels = model.nodes.reduce(0) { $0 + $1.tunnels }
        let failures = model.nodes.reduce(0) { $0 + $1.failed.reduce(0, +) }
        return Component.stats([
            ("Requests a second", Show.number(model.rate, decimals: 1), "over ten seconds"),
            ("In flight", Show.count(inFlight), "\(Show.count(queued)) waiting, \(Show.count(tunnels, "tunnel", "tunnels"))"),
            ("People", Show.count(sessions), "seen in five minutes"),
            ("Half within", time(0.5), "99 % \(time(0.99))"),
            ("Failed at a node", Show.count(failures), "in two minutes"),
        ])
    }

    // MARK: One node

    private static func node(_ node: BalancingModel.Node, colour: Int, _ model: BalancingModel) -> HTML {
        let state = state(node, now: model.made)
        let rate = model.rate(node.rates), all = model.rate
        let part = all > 0 ? Int((100 * rate / all).rounded()) : 0
        func time(_ part: Double) -> String { model.percentile(part, of: node.latency).map { LatencyBars.time($0) } ?? "-" }
        let facts: [(String, HTML)] = [
            ("In flight", "\(Show.count(node.inFlight))\(node.queued > 0 ? ", \(Show.count(node.queued)) waiting" as HTML : .empty)\(node.tunnels > 0 ? ", \(Show.count(node.tunnels, "tunnel", "tunnels"))" as HTML : .empty)"),
            ("People", "\(Show.count(node.sessions))"),
            ("Weight", "\(node.weight)\(node.share < 1000 ? ", now \(max(1, node.share / 10)) % of it" as HTML : .empty)"),
            ("Requests", "\(Show.count(node.requests))"),
            ("Failed", "\(Show.count(node.failures))\(node.retries > 0 ? ", \(Show.count(node.retries)) served by another" as HTML : .empty)\(node.ejections > 0 ? ", ejected \(Show.count(node.ejections, "time", "times"))" as HTML : .empty)"),
        ]
        return """
            <section class="card node"><header><h2><span class="swatch f\(colour)"></span>\(node.name)</h2>\(Component.badge(state.word, state.tone))</header>
            <div class="body"><p class="rate"><b>\(Show.number(rate, decimals: 1))</b> a second, \(part) % of all\(state.more)</p>
            <svg class="chart gauge" viewBox="0 0 200 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="200" height="8" rx="4"/><rect class="flow f\(colour)" width="\(part * 2)" height="8" rx="4"/></svg>
            <figure>\(Spark.svg(node.busy, length: length, colour: colour, title: "\(node.name) in flight, now \(node.inFlight)"))<figcaption class="note">in flight, most \(Show.count(node.busy.max() ?? 0))</figcaption></figure>
            <figure>\(LatencyBars.svg(node.latency.isEmpty ? [Int](repeating: 0, count: model.bounds.count + 1) : node.latency, bounds: model.bounds, title: "Answer times of \(node.name): half within \(time(0.5)), 99 in a hundred within \(time(0.99))"))<figcaption class="note">half <b>\(time(0.5))</b> · 95 % <b>\(time(0.95))</b> · 99 % <b>\(time(0.99))</b></figcaption></figure>
            \(Component.facts(facts))</div></section>
            """
    }

    private static func state(_ node: BalancingModel.Node, now: Timestamp) -> (word: String, tone: Tone, more: HTML) {
        switch node.health {
        case "down": return ("down", .poor, .empty)
        case "joining": return ("joining", .info, .empty)
        case "suspicious": return ("suspicious", .fair, .empty)
        default: break
        }
        if node.isEjected { return ("ejected", .poor, " · fails people, left alone for a while") }
        if node.isDraining {
            guard let deadline = node.drainDeadline, deadline > 0 else { return ("draining", .fair, .empty) }
            let left = (deadline - now.milliseconds) / 1000
            guard left > 0 else { return ("draining", .fair, " · everybody moves with their next request") }
            return ("draining", .fair, " · \(left >= 120 ? "\(left / 60) minutes" : "\(left) seconds") left to stay")
        }
        if node.share < 1000 { return ("ramping up", .info, .empty) }
        return ("up", .good, .empty)
    }

    // MARK: Balancers

    private static func balancers(_ model: BalancingModel) -> HTML {
        let rows = model.balancers.map { balancer -> [HTML] in
            guard let work = balancer.work else { return [HTML(balancer.name), Component.badge("no answer", .fair), "-", "-", "-", "-"] }
            let handshakes = work.fullHandshakes + work.resumedHandshakes
            let resumed: HTML = handshakes > 0 ? "\(Show.count(handshakes)), \(100 * work.resumedHandshakes / handshakes) % resumed" : "0"
            return [
                HTML(balancer.name), Component.badge("answers", .good), HTML(Show.number(model.rate(work.requests), decimals: 1)), HTML(Show.count(work.connections)),
                HTML(Show.count(work.queued)), resumed,
            ]
        }
        return Component.card("Balancers", flush: true, Component.table(
            caption: "Balancers", columns: [
                .init("Balancer"), .init("State"), .init("Requests a second", numeric: true), .init("Connections", numeric: true), .init("Waiting", numeric: true),
                .init("TLS handshakes", numeric: true),
            ], rows: rows))
    }
}
