// What can be measured of a person: one measure with its units, its limits and its decimals.

/// A value that stands for a word: smoking is never, former or current.
package struct Choice: Sendable, Equatable {
    package let value: Double
    package let code: String
    package let name: String
}

/// One measure. Values are stored in `unit` and shown in any of `offered`.
package struct Measure: Sendable, Equatable {
    /// The heading a form and a report put it under.
    package enum Family: String, Sendable, CaseIterable {
        case body, circulation, blood, habits, fitness, custom

        package var name: String {
            switch self {
            case .body: "Body"
            case .circulation: "Heart and circulation"
            case .blood: "Blood"
            case .habits: "Habits"
            case .fitness: "Fitness"
            case .custom: "Custom measures"
            }
        }
    }

    /// The stable name in the database and the API, like `total_cholesterol`.
    package let code: String
    /// The name people read.
    package let name: String
    package let family: Family
    /// The unit values are stored in.
    package let unit: Unit
    /// The units a person may enter and read it in; the stored one first.
    package let offered: [Unit]
    package let substance: Substance?
    /// Outside of this no value is possible: it is refused. In `unit`.
    package let possible: ClosedRange<Double>
    /// Outside of this a value is unusual: it is kept, and pointed out. In `unit`.
    package let usual: ClosedRange<Double>
    /// Decimals shown, and to which a value is rounded before a band is looked up, so that figure and category agree. In `unit`.
    package let decimals: Int
    package let choices: [Choice]

    package init(
        _ code: String, _ name: String, _ family: Family, unit: Unit, offered: [Unit] = [], substance: Substance? = nil,
        possible: ClosedRange<Double>, usual: ClosedRange<Double>? = nil, decimals: Int = 0, choices: [Choice] = []
    ) {
        self.code = code
        self.name = name
        self.family = family
        self.unit = unit
        self.offered = [unit] + offered
        self.substance = substance
        self.possible = possible
        self.usual = usual ?? possible
        self.decimals = decimals
        self.choices = choices
    }

    package var isCustom: Bool { family == .custom }

    /// The value in the stored unit; nil when `from` does not fit this measure.
    package func stored(_ value: Double, from: Unit) -> Double? {
        Units.convert(value, from: from, to: unit, of: substance)
    }

    /// A stored value in another unit; nil when `to` does not fit this measure.
    package func value(_ stored: Double, in to: Unit) -> Double? {
        Units.convert(stored, from: unit, to: to, of: substance)
    }

    /// The text of a stored value in one of the offered units, without the unit: `86.6`, `191`, `current`.
    package func text(_ stored: Double, in shown: Unit? = nil) -> String {
        if let choice = choices.first(where: { $0.value == stored }) { return choice.name }
        guard let shown, shown != unit else { return isCustom ? Figure.shortest(stored) : Figure.fixed(stored, decimals: decimals) }
        guard let value = value(stored, in: shown) else { return Figure.fixed(stored, decimals: decimals) }
        return Figure.shortest(Figure.rounded(value, decimals: shown == .metre ? 2 : 1))
    }

    /// What speaks against storing the value: nil when nothing does. `value` in the stored unit; texts are in `shown`.
    package func problem(with value: Double, in shown: Unit? = nil) -> (reason: String, hint: String)? {
        guard value.isFinite else { return ("it is not a number", "write digits with a point, like 72.5") }
        if !choices.isEmpty {
            let words = choices.map { "\(Figure.shortest($0.value)) (\($0.name))" }.joined(separator: ", ")
            return choices.contains { $0.value == value } ? nil : ("\(Figure.shortest(value)) is none of its values", "write one of \(words)")
        }
        guard possible.contains(value) else {
            let shown = shown ?? unit
            let other = offered.filter { $0 != shown }.map(\.symbol).joined(separator: " or ")
            return ("\(text(value, in: shown)) \(shown.symbol) is not possible: \(name.lowercasedStart) lies between \(text(possible.lowerBound, in: shown)) and \(text(possible.upperBound, in: shown)) \(shown.symbol)".trimmedSpaces,
                    other.isEmpty ? "check the figure" : "check the figure and its unit; it could be in: \(other)")
        }
        return nil
    }

    package func isUnusual(_ value: Double) -> Bool { !usual.contains(value) }
}

extension String {
    /// For a name inside a sentence: "Waist" becomes "waist", but "BMI" and "LDL cholesterol" stay.
    var lowercasedStart: String {
        guard let first, let second = dropFirst().first, second.isLowercase else { return self }
        return first.lowercased() + dropFirst()
    }

    var trimmedSpaces: String {
        split(separator: " ").joined(separator: " ")
    }
}
