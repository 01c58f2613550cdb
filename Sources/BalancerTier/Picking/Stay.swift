// What becomes of somebody who sticks to a node.

package enum Stay: Sendable, Equatable {
    /// Serve them there.
    case stay
    /// Serve this request elsewhere; they keep their node.
    case borrow
    /// They get another node for good.
    case move
}

extension NodeTable {
    /// `wall` is UTC in milliseconds since 1970. At the deadline of a drain people move with their next safe request: what
    /// they send off then (`isSafe` false) still reaches the node that gave them the form, until it is declared drained.
    package func stay(_ slot: Slot, wall: Int64, isSafe: Bool = true, now: ContinuousClock.Instant) -> Stay {
        if entries[slot].hasLeft { return .move }
        if entries[slot].isDraining, entries[slot].member.isDraining, let deadline = entries[slot].member.drainDeadline, wall >= deadline,
            isSafe || deadline == 0 || entries[slot].health.standing != .up
        {
            return .move
        }
        switch entries[slot].health.standing {
        case .up:
            guard entries[slot].ramp.start == nil, !entries[slot].passive.isEjected else {
                // People who come back to a node that ramps are no less a flood than new ones.
                let mayStay = !entries[slot].passive.isEjected && admits(slot, now: now)
                return mayStay || !entries.indices.contains(where: { $0 != slot && entries[$0].isUsual }) ? .stay : .borrow
            }
            return .stay
        case .suspicious: return .borrow
        case .joining, .down: return .move
        }
    }
}
