// The work that goes on by itself, at a glance: what waits, how long, and what was given up.
import Procedures
import Wire

enum WorkCard {
    /// - Parameter retries: whether the reader may have failed mails sent again.
    static func html(_ frame: Frame, _ work: [BackgroundWork], retries: Bool, now: Timestamp) -> HTML {
        guard !work.isEmpty else { return .empty }
        let rows = work.map { one -> [HTML] in
            let again: HTML = one.kind == .mails && one.failed > 0 && retries
                ? "<form method=\"post\" action=\"/outbox/retry\">\(frame.token)<button class=\"button small\">Send again</button></form>" : .empty
            return [
                name(one.kind), "\(one.waiting)", one.oldest.map { age($0, now) } ?? "<span class=\"note\">Nothing waits</span>",
                givenUp(one), again,
            ]
        }
        return Component.card("Work in the background", flush: true, Component.table(
            caption: "Work in the background", columns: [.init("What"), .init("Waiting", numeric: true), .init("Waits longest"), .init("Given up today"), .init("Actions")], rows: rows))
    }

    private static func givenUp(_ one: BackgroundWork) -> HTML {
        switch one.kind {
        case .calls, .exports, .uploads: "<span class=\"note\">Each customer sees theirs</span>"
        case .traces: "<span class=\"note\">Tried until it is done</span>"
        case .texts, .mails, .unsent: one.failed == 0 ? "<span class=\"note\">None</span>" : Component.badge("\(one.failed)", .poor)
        }
    }

    /// Nothing here should wait for a quarter of an hour, but what is tried again by a plan of its own.
    private static func age(_ since: Timestamp, _ now: Timestamp) -> HTML {
        let minutes = max(0, (now.milliseconds - since.milliseconds) / 60_000)
        let words = minutes < 1 ? "Less than a minute" : minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h"
        return Component.badge(words, minutes < 15 ? .good : minutes < 120 ? .fair : .poor)
    }

    private static func name(_ kind: BackgroundWork.Kind) -> HTML {
        switch kind {
        case .texts: "Texts to technicians"
        case .mails: "Mails on their way"
        case .unsent: "Mails not asked for yet"
        case .calls: "Calls to customers' programs"
        case .exports: "Exports being made"
        case .uploads: "Exports on their way to customers' servers"
        case .traces: "Erasures with traces in free space of a database"
        }
    }
}
