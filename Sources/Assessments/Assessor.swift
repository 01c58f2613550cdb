// Turns the readings of one assessment into results: derives what follows from them and looks up the published bands.

/// One value of an assessment, in the stored unit of its measure.
package struct Reading: Sendable, Equatable {
    package let code: String
    package let value: Double
    /// How the value was had where it was not entered as it is (taken back from a logarithm); nil otherwise. It stays with the value.
    package let formula: String?

    package init(_ code: String, _ value: Double, formula: String? = nil) {
        self.code = code
        self.value = value
        self.formula = formula
    }
}

/// What is known of the person that a band may depend on.
package struct Individual: Sendable, Equatable {
    package var sex: BandSex?
    /// Full years at the assessment; nil when unknown.
    package var age: Int?

    package init(sex: BandSex?, age: Int?) {
        self.sex = sex
        self.age = age
    }
}

/// One line of an assessment as people and programs see it.
package struct AssessmentResult: Sendable, Equatable {
    package let measure: Measure
    /// In `measure.unit`.
    package let value: Double
    /// The formula the value was computed by; nil for a value that was entered.
    package let formula: String?
    package let classification: Classification

    /// Whether the value follows from others of the assessment, so that it is made anew when those change. A value taken back from a
    /// logarithm has a formula and does not.
    package var isDerived: Bool { Derivation.makes(formula) }
    package var isUnusual: Bool { measure.isUnusual(value) }
}

/// The rules of an assessment. Pure: the same readings give the same results.
package enum Assessor {
    /// The results of the readings, in the order of the catalogue, custom measures last by code. A code that is no measure's is left to the
    /// caller to refuse beforehand and is passed over here; of a code given twice the last counts.
    package static func results(of readings: [Reading], for individual: Individual) -> [AssessmentResult] {
        var values: [String: Double] = [:]
        for reading in readings { values[reading.code] = reading.value }
        var formulas = Dictionary(readings.compactMap { reading in reading.formula.map { (reading.code, $0) } }, uniquingKeysWith: { $1 })
        for derivation in Derivation.all where values[derivation.target.code] == nil {
            if let value = derivation.value(values) {
                values[derivation.target.code] = value
                formulas[derivation.target.code] = derivation.formula
            }
        }
        let codes = values.keys.sorted {
            let (a, b) = (Measure.order[$0] ?? Int.max, Measure.order[$1] ?? Int.max)
            return a == b ? $0 < $1 : a < b
        }
        return codes.compactMap { code in
            guard let measure = Measure.named(code), let value = values[code] else { return nil }
            return AssessmentResult(
                measure: measure, value: value, formula: formulas[code], classification: classification(of: measure, in: values, for: individual))
        }
    }

    /// The meaning of one measure among the values of the same assessment (stored units). Never a guess: what a band needs and does not
    /// have is named instead.
    package static func classification(of measure: Measure, in values: [String: Double], for individual: Individual) -> Classification {
        guard let value = values[measure.code] else { return .none("there is no value") }
        if measure.isCustom { return .none("a custom measure") }
        let tables = BandTable.tables(of: measure.code)
        switch (measure.code, tables.count) {
        case (Measure.systolic.code, _), (Measure.diastolic.code, _): return adult(individual) ?? bloodPressure(values)
        case (_, 0): return .none("none is in use for \(measure.name.lowercasedStart)")
        case (_, 1): return look(up: tables[0], measure, value, individual)
        default: return fastingOrNot(tables[0], tables[1], measure, value, values, individual)
        }
    }

    private static func look(up table: BandTable, _ measure: Measure, _ value: Double, _ individual: Individual) -> Classification {
        if let child = adult(individual) { return child }
        guard let place = table.place(of: Figure.rounded(value, decimals: measure.decimals), sex: individual.sex) else {
            return .none("the bands differ by sex, which is not known")
        }
        return .of(table.bands(for: individual.sex)[place], in: table)
    }

    /// All bands in use are stated for adults; a person of unknown age is taken for one.
    private static func adult(_ individual: Individual) -> Classification? {
        guard let age = individual.age, age < 18 else { return nil }
        return .none("the bands are for adults, the age is \(age)")
    }

    private static func bloodPressure(_ values: [String: Double]) -> Classification {
        guard let systolic = values[Measure.systolic.code], let diastolic = values[Measure.diastolic.code] else {
            return .none("it takes systolic and diastolic together")
        }
        let places = [
            BandTable.systolic.place(of: Figure.rounded(systolic, decimals: 0), sex: nil) ?? 0,
            BandTable.diastolic.place(of: Figure.rounded(diastolic, decimals: 0), sex: nil) ?? 0,
        ]
        return .of(BandTable.systolic.bands(for: nil)[max(places[0], places[1])], in: .systolic)
    }

    /// With the fasting state unknown a category is given only where both tables say the same.
    private static func fastingOrNot(
        _ fasting: BandTable, _ notFasting: BandTable, _ measure: Measure, _ value: Double, _ values: [String: Double], _ individual: Individual
    ) -> Classification {
        if let state = values[Measure.fasting.code] { return look(up: state == 1 ? fasting : notFasting, measure, value, individual) }
        let both = [look(up: fasting, measure, value, individual), look(up: notFasting, measure, value, individual)]
        if both[0].category == nil { return both[0] }
        // The lowest bands are called after their own limits; below both of them the stricter name is true of either.
        if both[0].code == both[1].code || (both[0].colour == .green && both[1].colour == .green) {
            return both[0].resting(on: "\(both[0].source); the same by \(both[1].source)")
        }
        return .none("it is not known whether the blood was taken fasting")
    }
}
