// Saying how a ticket was dealt with, by a mailed link: one press.
import Procedures
import Wire

package enum RatingPage {
    package static func ask(_ frame: Frame, token: String, _ about: InspectRating.Answer, chosen: TicketRating.Score?, entered: Entered = .nothing) -> HTML {
        let buttons = TicketRating.Score.allCases.map { score -> HTML in
            "<button class=\"button wide\(" primary", if: score == chosen)\" name=\"score\" value=\"\(score.rawValue)\">\(raw: word(score))</button>"
        }
        let before: HTML = about.latest.map { "<p class=\"note\">You said before: \(raw: word($0.score)). The latest counts.</p>" } ?? .empty
        return Layout.page(frame, narrow: true, """
            <div class="stack"><div><h1>How was it?</h1><p>Ticket #\(about.number), \(about.title)</p>\(before)</div>\(entered.summary)
            <form class="form" method="post" action="/rate/\(segment: token)">\(frame.token)
            \(FormField("comment", "Anything to add?", .area, hint: "Support reads it.", required: false, longest: 2000).filled(entered))
            <div class="stack tight">\(buttons)</div></form></div>
            """)
    }

    package static func thanks(_ frame: Frame) -> HTML {
        Layout.page(frame, narrow: true, """
            \(Component.empty(.check, "Thank you", "Support sees it with the ticket. Changed your mind? The link in the mail works again.", actions: [Component.link("To the portal", to: "/")], isWholePage: true))
            """)
    }

    static func word(_ score: TicketRating.Score) -> StaticString {
        switch score {
        case .good: "Good"
        case .fair: "So-so"
        case .poor: "Not good"
        }
    }

    static func mark(_ rating: TicketRating) -> HTML {
        let badge = switch rating.score {
        case .good: Component.badge("Good", .good)
        case .fair: Component.badge("So-so", .fair)
        case .poor: Component.badge("Not good", .poor)
        }
        return rating.comment.isEmpty ? badge : "\(badge)<br><span class=\"note\">\(rating.comment)</span>"
    }
}
