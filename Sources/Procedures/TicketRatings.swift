// Satisfaction: one press on the page a mailed link leads to, without signing in.

import Control
import Wire

package struct TicketRating: Record {
    package enum Score: String, Sendable, CaseIterable { case good, fair, poor }
    package var score = Score.good
    package var comment = ""
    package var rated = Timestamp()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("score", &score)
        try visit.field("comment", &comment)
        try visit.field("rated", &rated)
    }
}

/// What a mailed link is about. Looking changes nothing: mail programs open links by themselves.
package struct InspectRating: Procedure {
    package struct Answer: Record {
        package var number = 0
        package var title = ""
        /// What was said before.
        package var latest: TicketRating?
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("number", &number)
            try visit.field("title", &title)
            try visit.field("latest", &latest)
        }
    }
    package static let name = "ratings.inspect", access = Access.anyone, kind = ProcedureKind.read
    package var token = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("token", &token) }
}

/// Says how a ticket was dealt with, by the mailed link. Again says it anew; the latest counts, the others are kept.
package struct RateTicket: Procedure {
    package typealias Answer = Done
    package static let name = "ratings.rate", access = Access.anyone, kind = ProcedureKind.write
    package var token = ""
    package var score = TicketRating.Score.good
    package var comment = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("token", &token)
        try visit.field("score", &score)
        try visit.field("comment", &comment)
    }
}
