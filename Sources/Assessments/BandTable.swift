// A table of bands over one measure: limits in ascending order, each opening the band above it.

/// Where a band begins. Sources differ in whether the limit itself belongs to the upper band ("over 94", "0.90 or more").
enum BandStart: Sendable, Equatable {
    case lowest
    case from(Double)
    case above(Double)

    func admits(_ value: Double) -> Bool {
        switch self {
        case .lowest: true
        case .from(let limit): value >= limit
        case .above(let limit): value > limit
        }
    }
}

/// One band: where it begins, what it is called.
struct Band: Sendable, Equatable {
    let start: BandStart
    let code: String
    let name: String
    let colour: Colour
    var urgent = false

    init(_ start: BandStart, _ code: String, _ name: String, _ colour: Colour, urgent: Bool = false) {
        self.start = start
        self.code = code
        self.name = name
        self.colour = colour
        self.urgent = urgent
    }
}

/// The bands of one measure by one source, for both sexes or for each.
struct BandTable: Sendable {
    let code: String
    let source: BandSource
    private let female: [Band]
    private let male: [Band]
    let dependsOnSex: Bool

    init(_ code: String, _ source: BandSource, _ bands: [Band]) {
        self.code = code
        self.source = source
        female = bands
        male = bands
        dependsOnSex = false
    }

    init(_ code: String, _ source: BandSource, female: [Band], male: [Band]) {
        self.code = code
        self.source = source
        self.female = female
        self.male = male
        dependsOnSex = true
    }

    /// The place of the band of a value, already rounded as it is shown; nil when the table needs a sex and there is none.
    func place(of value: Double, sex: BandSex?) -> Int? {
        if dependsOnSex && sex == nil { return nil }
        return (sex == .male ? male : female).lastIndex { $0.start.admits(value) }
    }

    func bands(for sex: BandSex?) -> [Band] { sex == .male ? male : female }
}
