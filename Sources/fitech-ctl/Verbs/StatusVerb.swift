// `status`: the fleet at a glance.
import ArgumentParser
import Control
import Wire

struct StatusVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Show every node: what it does, how it is, what it has to do.")
    @OptionGroup var common: CommonOptions

    func run() async { await common.run(.get, "status") { Self.show($0, $1) } }

    static func show(_ status: JSON, _ terminal: Terminal) {
        let nodes = status["nodes"]?.array ?? []
        let ready = nodes.count { $0["state"]?.string == "ready" }
        let whole = ready == nodes.count
        let summary = "\(status["url"]?.string ?? "no public listener")   \(ready) of \(nodes.count) nodes ready   release \(status["release"]?.string ?? "?")"
        terminal.line(terminal.paint(summary, whole ? .green : .yellow))
        terminal.line("")
        var table = Table("", "NODE", "TIER", "ROLE", "STATE", ">PID", ">SESSIONS", ">IN FLIGHT", ">REQUESTS", ">WEIGHT", "RELEASE")
        for node in nodes {
            let state = node["state"]?.string ?? "?"
            let (sign, colour) = sign(of: state)
            let isServing = ["web", "balancer"].contains(node["tier"]?.string ?? "")
            func figure(_ name: String) -> Table.Cell { Table.Cell(isServing ? "\(node[name]?.integer ?? 0)" : "-", isServing ? nil : .grey) }
            let deadline = state == "draining" ? node["drain_deadline"]?.string.flatMap { Timestamp(iso8601: $0) } : nil
            let note = deadline.map { ", " + DurationText.text(.seconds(max(0, ($0.milliseconds - Timestamp.now.milliseconds) / 1000))) + " left" } ?? ""
            table.add(
                .init(sign, colour), .init(node["name"]?.string ?? "", .bold), .init(node["tier"]?.string ?? ""), .init(node["role"]?.string ?? "-", node["role"]?.string == nil ? .grey : nil),
                .init(state + note, colour), .init(node["pid"]?.integer.map { "\($0)" } ?? "-"), figure("sessions"), figure("in_flight"), figure("requests"),
                .init("\(node["weight"]?.integer ?? 0)"), .init(node["origin"]?.bool == true ? node["address"]?.string ?? "origin" : node["release"]?.string ?? ""))
        }
        table.show(terminal)
    }

    /// A sign that is told apart without colour.
    static func sign(of state: String) -> (String, Terminal.Colour) {
        switch state {
        case "ready": ("●", .green)
        case "starting": ("◌", .yellow)
        case "draining": ("◑", .yellow)
        case "drained": ("○", .yellow)
        case "stopped": ("■", .grey)
        default: ("✗", .red)
        }
    }
}
