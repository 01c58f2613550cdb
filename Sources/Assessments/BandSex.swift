// Sex as the published bands use it: most of them are stated for women and for men apart.

/// The sex a band is chosen by. A person of unknown sex has none, and gets no band that depends on it.
package enum BandSex: String, Sendable, CaseIterable {
    case female = "F"
    case male = "M"

    /// Reads what people write: F, f, female, woman, M, m, male, man; nil for anything else.
    package init?(text: String) {
        switch text.lowercased() {
        case "f", "female", "woman": self = .female
        case "m", "male", "man": self = .male
        default: return nil
        }
    }

    package var name: String { self == .female ? "female" : "male" }
}
