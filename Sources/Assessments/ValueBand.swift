// The published bands of a measure as ranges, for whoever draws them behind a line.

/// One band of a measure, in its stored unit. Nil is open-ended.
package struct ValueBand: Sendable, Equatable {
    package let lower: Double?
    package let upper: Double?
    package let name: String
    package let colour: Colour
}

extension Assessor {
    /// The bands that apply to a person, lowest first; none where no single published table applies (children, a sex not
    /// known where bands differ by it, blood whose bands depend on fasting) or where its limits were not read in the source.
    package static func bands(of measure: Measure, for individual: Individual) -> [ValueBand] {
        if let age = individual.age, age < 18 { return [] }
        let table: BandTable
        switch measure.code {
        case Measure.bmi.code: table = .bmi
        case Measure.waist.code: table = .waist
        case Measure.waistHip.code: table = .waistHip
        case Measure.systolic.code: table = .systolic
        case Measure.diastolic.code: table = .diastolic
        case Measure.totalCholesterol.code: table = .totalCholesterol
        case Measure.hdl.code: table = .hdl
        case Measure.ldl.code: table = .ldl
        case Measure.cholesterolRatio.code: table = .cholesterolRatio
        default: return []
        }
        guard table.source.verified, !table.dependsOnSex || individual.sex != nil else { return [] }
        let bands = table.bands(for: individual.sex)
        let starts = bands.map { band -> Double? in
            switch band.start {
            case .lowest: nil
            case .from(let limit), .above(let limit): limit
            }
        }
        return bands.indices.map { ValueBand(lower: starts[$0], upper: $0 + 1 < bands.count ? starts[$0 + 1] : nil, name: bands[$0].name, colour: bands[$0].colour) }
    }
}
