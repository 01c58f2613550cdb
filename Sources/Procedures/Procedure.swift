// What a procedure is: a named question with its answer, and who may ask it.

import Control
import Wire

/// What the web tier (and operations) may ask of the data tier. The fields of the value are its arguments.
package protocol Procedure: Record {
    associatedtype Answer: Record
    /// The path component of `POST /procedures/NAME`.
    static var name: String { get }
    static var access: Access { get }
    static var kind: ProcedureKind { get }
}

package enum ProcedureKind: Sendable {
    /// Changes nothing; may be asked again at will.
    case read
    /// Changes something; a replay id makes a repeat answer what the first did.
    case write
}

/// Which node may call a procedure, and for whom.
package struct Access: Sendable {
    /// What a node's certificate says it is. `operations` is the supervisor (and the owner's own curl).
    package enum Certificate: String, Sendable, CaseIterable { case web, management, reporting, data, operations }

    /// Which signed-in person the call must come with.
    package enum Who: Sendable, Equatable {
        /// No session is needed.
        case anyone
        /// Any signed-in person.
        case person
        /// A signed-in person with one of these roles.
        case roles(Set<PersonRole>)
    }

    package let certificates: Set<Certificate>
    package let who: Who
    /// Only soon after the person has proved who they are (signing in counts); API tokens, which cannot, may where `tokens` says so.
    package let fresh: Fresh?
    /// Also for somebody who has not finished signing in, at these steps.
    package let during: Set<SignInStep>

    /// What an API token may do where a session must be fresh.
    package enum Fresh: Sendable { case tokensToo, peopleOnly }

    package init(_ certificates: Set<Certificate>, _ who: Who, fresh: Fresh? = nil, during: Set<SignInStep> = []) {
        (self.certificates, self.who, self.fresh, self.during) = (certificates, who, fresh, during)
    }

    /// From the portal, before or without signing in.
    package static let anyone = Access([.web, .operations], .anyone)
    /// From the portal, by anybody signed in.
    package static let person = Access([.web, .management, .reporting, .operations], .person)
    /// By the nodes' own word, without a person.
    package static let operations = Access([.operations], .anyone)
    package static let management = Access([.management, .operations], .anyone)
    /// Those of a customer who work with subjects.
    package static let assessors = Access([.web, .reporting, .operations], .roles([.administrator, .superOperator, .operator]))
    package static let administrators = Access([.web, .operations], .roles([.administrator]))
    /// What an administrator is asked again for: other people's way in.
    package static let freshAdministrators = Access([.web, .operations], .roles([.administrator]), fresh: .peopleOnly)
    /// What everybody is asked again for: their own way in.
    package static let freshPerson = Access([.web, .operations], .person, fresh: .peopleOnly)
    /// Who may write and read tickets: a customer's people (subjects too) and support staff.
    package static let ticketPeople = Access(
        [.web, .operations], .roles([.administrator, .superOperator, .operator, .subject, .support, .operations]))
    package static let support = Access([.web, .operations], .roles([.support, .operations]))

    /// Whether a person of this role is let through.
    package func admits(_ role: PersonRole) -> Bool {
        switch who {
        case .anyone, .person: true
        case .roles(let roles): roles.contains(role)
        }
    }
}

/// The headers a procedure call carries besides its body.
package enum ProcedureField {
    /// The token of the person's session, or an API token.
    package static let session = "fitech-session"
    /// The balancer's id of an unsafe request: the same id has effect once.
    package static let replay = "fitech-replay-id"
    /// `true` on an answer that was given before.
    package static let replayed = "fitech-replayed"
    /// `api`: the call counts as a request of the API.
    package static let counts = "fitech-counts"
    /// On the answer to such a call: how many are left, and in how many seconds they are as many as ever again.
    package static let allowance = "fitech-allowance"
    /// `list`: all pages of a list are wanted, of one moment, as `ItemFrames`.
    package static let whole = "fitech-whole"
}

/// Where to go on in a list: opaque text made of `[A-Za-z0-9_~.-]`; nil from the start.
package struct Page: Record {
    package var after: String?
    /// 1 to 200; larger is clamped.
    package var limit = 20
    package init(after: String? = nil, limit: Int = 20) { (self.after, self.limit) = (after, limit) }
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("after", &after)
        try visit.field("limit", &limit)
    }
}
