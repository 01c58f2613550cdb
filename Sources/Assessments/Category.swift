// The categories a measure can fall into, in the order of its bands, for legends and reports.

/// One category of a measure.
package struct Category: Sendable, Equatable {
    package let code: String
    package let name: String
    package let colour: Colour
}

extension Measure {
    /// The categories of the measure from low to high (those of a second table, like for blood not taken fasting, after the first's); empty
    /// where no band is in use.
    package var categories: [Category] {
        var found: [Category] = []
        for table in BandTable.tables(of: code) {
            for band in table.bands(for: .female) + table.bands(for: .male) where !found.contains(where: { $0.code == band.code }) {
                found.append(Category(code: band.code, name: band.name, colour: table.source.verified ? band.colour : .neutral))
            }
        }
        return found
    }
}

extension BandTable {
    /// Every table of a measure, the most divided first.
    static func tables(of code: String) -> [BandTable] {
        switch code {
        case Measure.bmi.code: [.bmi]
        case Measure.waist.code: [.waist]
        case Measure.waistHip.code: [.waistHip]
        case Measure.systolic.code: [.systolic]
        case Measure.diastolic.code: [.diastolic]
        case Measure.restingPulse.code: [.restingPulse]
        case Measure.totalCholesterol.code: [.totalCholesterol]
        case Measure.hdl.code: [.hdl]
        case Measure.ldl.code: [.ldl]
        case Measure.cholesterolRatio.code: [.cholesterolRatio]
        case Measure.triglycerides.code: [.triglyceridesFasting, .triglyceridesNotFasting]
        case Measure.glucose.code: [.glucoseFasting, .glucoseNotFasting]
        default: []
        }
    }
}
