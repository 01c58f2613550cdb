// The words of the texts: short, in one part, most important first.
import Wire

package enum PageText {
    /// The text for one telling.
    ///
    /// - Parameters:
    ///   - link: the whole signed link.
    ///   - note: what else is worth knowing, such as `1 of 2 web nodes left`.
    ///   - zone: the reader's, for the time of day.
    package static func page(
        _ telling: IncidentMachine.Telling, link: String, note: String, zone: String, at now: Milliseconds
    ) -> String {
        let incident = telling.incident
        let since = "since " + OnCall.localTime(zone: zone, at: incident.firstBad)
        let facts = [incident.reason, since, note].filter { !$0.isEmpty }.joined(separator: ", ")
        let (verb, detail) =
            switch telling.kind {
            case .down: ("DOWN", facts)
            case .again: ("DOWN AGAIN", facts)
            case .flapping: ("UNSTABLE", "down \(incident.episodes) times, next text when stable; " + facts)
            case .reminder: ("STILL DOWN", "nobody has it yet; " + facts)
            case .up: ("UP", "after \(duration(now - incident.firstBad)), was: \(incident.reason)")
            case .withdrawn: ("OUT", "taken out of service on purpose, no longer watched")
            case .acknowledged: ("DOWN", "\(incident.acknowledgedBy ?? "somebody") has it; " + facts)
            }
        return TextFitter.page(code: incident.code, node: "\(incident.subject) \(verb)", link: link, detail: detail)
    }

    /// One text for several tellings.
    package static func bundle(_ tellings: [IncidentMachine.Telling], link: String) -> String {
        let over: [IncidentMachine.Telling.Kind] = [.up, .withdrawn]
        let down = tellings.filter { !over.contains($0.kind) }, up = tellings.filter { over.contains($0.kind) }
        let names = { (list: [IncidentMachine.Telling]) in list.map { $0.incident.subject.description }.joined(separator: ", ") }
        let head = [down.isEmpty ? nil : "\(down.count) DOWN", up.isEmpty ? nil : "\(up.count) UP"].compactMap { $0 }
        let detail = [down.isEmpty ? nil : "down: " + names(down), up.isEmpty ? nil : "up: " + names(up)].compactMap { $0 }
        return TextFitter.page(
            code: "Fitech", node: head.joined(separator: ", "), link: link, detail: detail.joined(separator: "; "))
    }

    /// `45 s`, `3 min 10 s`, `2 h 5 min`, `3 d 4 h`.
    package static func duration(_ milliseconds: Milliseconds) -> String {
        let seconds = max(0, milliseconds / 1000)
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds / 60) min \(seconds % 60) s"
        case ..<86_400: return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        default: return "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
        }
    }
}
