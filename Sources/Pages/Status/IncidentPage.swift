// What a technician sees behind the link of a text: the incident, and one large button.
import Wire

/// One incident as its technicians see it.
package struct IncidentView: Sendable {
    package var number: Int
    package var subject: String
    package var reason: String
    package var service: String
    package var began: Timestamp
    package var ended: Timestamp?
    package var duration: String
    /// The same moment on the reader's clock: `14:05`.
    package var localTime: String
    package var acknowledgedBy: String?
    package var acknowledged: Timestamp?
    package var notes: [(at: Timestamp, text: String)]

    package init(
        number: Int, subject: String, reason: String, service: String, began: Timestamp, ended: Timestamp?, duration: String, localTime: String,
        acknowledgedBy: String?, acknowledged: Timestamp?, notes: [(at: Timestamp, text: String)]
    ) {
        (self.number, self.subject, self.reason, self.service, self.began, self.ended) = (number, subject, reason, service, began, ended)
        (self.duration, self.localTime, self.acknowledgedBy, self.acknowledged, self.notes) = (duration, localTime, acknowledgedBy, acknowledged, notes)
    }
}

package enum IncidentPage {
    /// - Parameters:
    ///   - technician: whose link it is.
    ///   - here: the path of the link, where the button posts to.
    package static func html(_ incidents: [IncidentView], technician: String, here: String, everything: Bool) -> HTML {
        var frame = Frame(title: incidents.count == 1 ? "Incident #\(incidents[0].number)" : "Incidents")
        frame.standalone = true
        let waiting = incidents.contains { $0.ended == nil && $0.acknowledgedBy == nil }
        let button: HTML = waiting ? """
            <form method="post" action="\(here)">\(Component.button(incidents.count == 1 ? "I have it" : "I have all of them", icon: .check, style: "primary wide"))</form>
            <p class="note">Stops further texts and tells the others that \(technician) is on it.</p>
            """ : .empty
        let content: HTML = incidents.isEmpty
            ? Component.empty(.check, "Nothing is open", "All incidents this text was about are over.")
            : HTML(incidents.map(one))
        return Layout.page(frame, narrow: true, "<div class=\"stack\">\(content)\(button)<p class=\"note\">This link is \(technician)'s and works for a week. <a href=\"/status\">Service status</a></p></div>")
    }

    private static func one(_ incident: IncidentView) -> HTML {
        let state: (String, Tone) = incident.ended != nil ? ("over", .good) : incident.acknowledgedBy != nil ? ("in hand", .fair) : ("down", .poor)
        var facts: [(String, HTML)] = [
            ("Seen", "\(incident.reason)"), ("Since", "\(incident.localTime) your time (\(.time(incident.began))), \(incident.duration)"),
            ("Part", "\(incident.service)"),
        ]
        if let by = incident.acknowledgedBy {
            facts.append(("In hand", "\(by)\(incident.acknowledged.map { ", \(.time($0))" as HTML } ?? .empty)"))
        }
        if let ended = incident.ended { facts.append(("Over", .time(ended))) }
        let notes = incident.notes.map { "<li class=\"message event\">\(.time($0.at)): \($0.text)</li>" as HTML }
        return """
            <section class="card"><header><h1>#\(incident.number) \(incident.subject)</h1>\(Component.badge(state.0, state.1))</header>
            <div class="body">\(Component.facts(facts))<ol class="thread">\(notes)</ol></div></section>
            """
    }
}
