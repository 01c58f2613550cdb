// Impact and likelihood make the risk of a change; the risk decides how many must agree to it.

/// How far trouble would reach.
package enum ChangeImpact: String, Sendable, CaseIterable {
    /// One person is held up.
    case minor
    /// A part of one customer's work.
    case moderate
    /// A whole customer.
    case major
    /// Everybody.
    case severe
}

/// How likely the change is to cause trouble.
package enum ChangeLikelihood: String, Sendable, CaseIterable {
    case unlikely, possible, likely
    case expected
}

package enum ChangeRisk: String, Sendable, CaseIterable {
    case low, medium, high
    case veryHigh = "very-high"

    /// The matrix, a row for each impact, a column for each likelihood; never less when either grows.
    package static let matrix: [[ChangeRisk]] = [
        // unlikely  possible   likely     expected
        [.low, .low, .medium, .medium],  // minor
        [.low, .medium, .medium, .high],  // moderate
        [.medium, .medium, .high, .veryHigh],  // major
        [.medium, .high, .veryHigh, .veryHigh],  // severe
    ]

    package init(_ impact: ChangeImpact, _ likelihood: ChangeLikelihood) {
        self = Self.matrix[ChangeImpact.allCases.firstIndex(of: impact) ?? 3][ChangeLikelihood.allCases.firstIndex(of: likelihood) ?? 3]
    }
}
