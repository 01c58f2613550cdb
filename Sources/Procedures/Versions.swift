// Things that carry a version, and procedures that change them only as they were read: nobody's change is overwritten unseen.

import Wire

/// Grows with every change of the thing.
package protocol Versioned: Record {
    var version: Int { get }
}

extension Ticket: Versioned {}
extension Change: Versioned {}
extension Announcement: Versioned {}
extension Post: Versioned {}
extension Webhook: Versioned {}

/// With a version given, the call fails with `changed-meanwhile` when the thing has another by then.
package protocol VersionChecked: Procedure {
    var version: Int? { get set }
}

extension ChangeTicket: VersionChecked {}
extension EditChange: VersionChecked {}
extension MoveChange: VersionChecked {}
extension EditAnnouncement: VersionChecked {}
extension MoveAnnouncement: VersionChecked {}
extension SavePost: VersionChecked {}
extension ChangeWebhook: VersionChecked {}
