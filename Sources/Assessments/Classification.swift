// What a value means by a published band: category, colour, and where the band stands written.

/// The traffic light of a result. Colour is never alone: each has a shape and a word.
package enum Colour: String, Sendable, CaseIterable {
    case green, amber, red, neutral

    /// A sign that tells the colours apart without seeing them.
    package var shape: String {
        switch self {
        case .green: "●"
        case .amber: "▲"
        case .red: "■"
        case .neutral: "○"
        }
    }

    package var word: String {
        switch self {
        case .green: "in range"
        case .amber: "raised attention"
        case .red: "high attention"
        case .neutral: "not rated"
        }
    }
}

/// Where a band stands written, and which writing of ours holds it.
package struct BandSource: Sendable, Equatable {
    package let document: String
    package let edition: String
    /// Our own count of the table: it goes up when a limit changes, and is kept with what was classified by it.
    package let version: Int
    /// False where the limits were not read in the source itself; then the result carries no colour and no alarm.
    package let verified: Bool
    /// What a reader must know about the table's reach.
    package let note: String?

    package init(_ document: String, edition: String, version: Int = 1, verified: Bool = true, note: String? = nil) {
        self.document = document
        self.edition = edition
        self.version = version
        self.verified = verified
        self.note = note
    }

    package var text: String {
        "\(document), \(edition)" + (verified ? "" : " (unverified)")
    }
}

/// The meaning of one value. Without a category, `source` says why there is none.
package struct Classification: Sendable, Equatable {
    /// The category in words, like "Overweight"; nil when no published band applies.
    package let category: String?
    /// The stable name of the category for programs, like `overweight`.
    package let code: String?
    package let colour: Colour
    /// The document and edition of the band, or "no published band used" and the reason.
    package let source: String
    /// The band table and our count of it, like `blood-pressure/1`; nil without a category.
    package let version: String?
    package let verified: Bool
    /// The published rule asks for something the same day.
    package let urgent: Bool
    package let note: String?

    /// A value that has no band.
    package static func none(_ reason: String) -> Classification {
        Classification(
            category: nil, code: nil, colour: .neutral, source: "no published band used: \(reason)", version: nil, verified: false,
            urgent: false, note: nil)
    }

    /// The same meaning with another wording of where it stands written.
    func resting(on source: String) -> Classification {
        Classification(
            category: category, code: code, colour: colour, source: source, version: version, verified: verified, urgent: urgent, note: note)
    }

    static func of(_ band: Band, in table: BandTable) -> Classification {
        Classification(
            category: band.name, code: band.code, colour: table.source.verified ? band.colour : .neutral, source: table.source.text,
            version: "\(table.code)/\(table.source.version)", verified: table.source.verified, urgent: band.urgent && table.source.verified,
            note: table.source.note)
    }
}
