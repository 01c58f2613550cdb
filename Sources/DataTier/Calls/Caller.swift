// Who asks: the person behind a session or token, as found in the one database the token names.
import Control
import Digests
import Procedures
import Storage
import Wire

/// A signed-in person. Made only by `Callers.resolve`.
struct Caller: Sendable {
    /// Where a person lives: the directory for staff, else one customer's database. There is no way from a caller to
    /// another customer's.
    enum Home: Sendable {
        case staff
        case customer(CustomerEntry)
    }

    var id: String
    var email: String
    var name: String
    var role: PersonRole
    var units: UnitPreference
    var zone: String
    var lastSeen: Timestamp?
    var home: Home
    /// SHA-256 of the token.
    var hash: [UInt8]
    /// An API token, not a browser's session.
    var byToken: Bool
    /// Only procedures that change nothing.
    var readsOnly: Bool
    /// Of an API token: the areas it is good for; nil for all of them.
    var scope: TokenScope?
    /// When the person last proved who they are in this session.
    var proved: Timestamp?
    /// What is still to be done before the session is good for anything else.
    var step: SignInStep?

    /// What every page shows this person.
    var announcements: [AnnouncementBanner] = []
    var branding: Branding?

    func isFresh(_ life: Duration, _ now: Timestamp) -> Bool { proved.map { now.milliseconds - $0.milliseconds < life.milliseconds } ?? false }

    var isStaff: Bool { role.isStaff }

    /// The caller's customer, nil for staff.
    var customer: CustomerEntry? {
        if case .customer(let entry) = home { entry } else { nil }
    }

    /// The key that stands before the dot in tokens, and for audit.
    var place: String { customer?.name ?? "staff" }

    var person: Person {
        var person = Person()
        person.id = id
        person.email = email
        person.name = name
        person.role = role
        person.customer = customer?.name
        person.customerDisplayName = customer?.displayName
        person.units = units
        person.zone = zone
        person.lastSeen = lastSeen
        person.announcements = announcements
        person.branding = branding
        return person
    }
}

/// Tokens `KEY.RANDOM`: KEY names the database they live in (a customer, or `staff`).
enum Token {
    static func make(in place: String) -> (text: String, hash: [UInt8]) {
        let text = place + "." + RandomBytes.token()
        return (text, Digest.sha256(text))
    }

    /// The place a token names, nil for a text that is no token.
    static func place(of text: String) -> String? {
        guard text.utf8.count <= 128, let dot = text.utf8.firstIndex(of: UInt8(ascii: ".")), dot != text.startIndex else { return nil }
        return String(text[..<dot])
    }
}
