// Which planned changes get in each other's way.

/// A change in the calendar, as far as others may be disturbed by it.
package struct PlannedChange: Sendable, Equatable {
    package var number: Int
    /// Whose portal it touches; nil for everybody's.
    package var customer: String?
    /// Which parts it touches; none named is any.
    package var parts: Set<ServicePart>
    package var window: ChangeWindow

    package init(number: Int, customer: String?, parts: Set<ServicePart>, window: ChangeWindow) {
        (self.number, self.customer, self.parts, self.window) = (number, customer, parts, window)
    }

    /// At the same time, for the same people, at the same part.
    package func clashes(with other: PlannedChange) -> Bool {
        guard window.starts < other.window.ends, other.window.starts < window.ends else { return false }
        guard customer == nil || other.customer == nil || customer == other.customer else { return false }
        return parts.isEmpty || other.parts.isEmpty || !parts.isDisjoint(with: other.parts)
    }
}

package enum ChangeCalendar {
    /// Of each change the numbers of those it clashes with, ascending; those without a clash are left out.
    package static func clashes(among changes: [PlannedChange]) -> [Int: [Int]] {
        var found: [Int: [Int]] = [:]
        var running: [PlannedChange] = []
        for change in changes.sorted(by: { ($0.window.starts, $0.number) < ($1.window.starts, $1.number) }) {
            // Only what has not ended by now can still be in the way.
            running.removeAll { $0.window.ends <= change.window.starts }
            for other in running where other.number != change.number && change.clashes(with: other) {
                found[change.number, default: []].append(other.number)
                found[other.number, default: []].append(change.number)
            }
            running.append(change)
        }
        return found.mapValues { $0.sorted() }
    }
}
