// Bands and derivations against the published limits: every limit from both sides, and never a guess.
import Testing
@testable import Assessments

@Suite struct AssessorTests {
    private func results(_ values: [(Measure, Double)], sex: BandSex? = .male, age: Int? = 40) -> [String: AssessmentResult] {
        let readings = values.map { Reading($0.0.code, $0.1) }
        return Dictionary(uniqueKeysWithValues: Assessor.results(of: readings, for: Individual(sex: sex, age: age)).map { ($0.measure.code, $0) })
    }
    private func category(_ measure: Measure, _ value: Double, sex: BandSex? = .male, age: Int? = 40, with others: [(Measure, Double)] = []) -> String? {
        results(others + [(measure, value)], sex: sex, age: age)[measure.code]?.classification.code
    }

    @Test(arguments: [
        (18.4, "underweight"), (18.44, "underweight"), (18.45, "healthy-weight"), (18.5, "healthy-weight"), (24.9, "healthy-weight"), (24.95, "overweight"), (25, "overweight"),
        (29.9, "overweight"), (30, "obesity-1"), (35, "obesity-2"), (39.9, "obesity-2"), (40, "obesity-3"),
    ])
    func `BMI is classified as it is shown, by NICE NG246`(value: Double, expected: String) {
        #expect(category(.bmi, value) == expected)
        #expect(category(.bmi, value, sex: nil, age: nil) == expected)
    }

    @Test func `waist and waist-hip limits differ by sex, WHO 2008`() {
        #expect([94, 94.1, 102, 102.1].map { category(.waist, $0) } == ["not-increased", "increased", "increased", "substantially-increased"])
        #expect([80, 80.1, 88, 88.1].map { category(.waist, $0, sex: .female) } == ["not-increased", "increased", "increased", "substantially-increased"])
        #expect([0.89, 0.90].map { category(.waistHip, $0) } == ["not-increased", "substantially-increased"])
        #expect([0.84, 0.85].map { category(.waistHip, $0, sex: .female) } == ["not-increased", "substantially-increased"])
        let unknown = results([(.waist, 100)], sex: nil)["waist"]?.classification
        #expect(unknown?.category == nil && unknown?.source == "no published band used: the bands differ by sex, which is not known" && unknown?.colour == .neutral)
    }

    @Test(arguments: [
        (139.0, 89.0, "below-140-90"), (140, 89, "stage-1"), (139, 90, "stage-1"), (159, 99, "stage-1"), (160, 80, "stage-2"), (130, 100, "stage-2"),
        (179, 119, "stage-2"), (180, 80, "severe"), (150, 120, "severe"),
    ])
    func `of systolic and diastolic the worse counts for both, NICE NG136`(systolic: Double, diastolic: Double, expected: String) {
        let found = results([(.systolic, systolic), (.diastolic, diastolic)])
        #expect(found["systolic"]?.classification.code == expected && found["diastolic"]?.classification.code == expected)
        #expect(found["systolic"]?.classification.urgent == (expected == "severe"))
    }

    @Test func `half a blood pressure gets no category`() {
        #expect(category(.systolic, 190) == nil && category(.diastolic, 125) == nil)
        #expect(results([(.systolic, 190)])["systolic"]?.classification.source == "no published band used: it takes systolic and diastolic together")
    }

    @Test func `blood fats by NHS and HEART UK`() {
        #expect([5.0, 5.04, 5.1].map { category(.totalCholesterol, $0) } == ["recommended", "recommended", "above-recommended"])
        #expect([3.0, 3.1].map { category(.ldl, $0) } == ["recommended", "above-recommended"])
        #expect([1.0, 1.1].map { category(.hdl, $0) } == ["below-recommended", "recommended"])
        #expect([1.2, 1.3].map { category(.hdl, $0, sex: .female) } == ["below-recommended", "recommended"])
        #expect([6.0, 6.1].map { category(.cholesterolRatio, $0) } == ["not-high", "high-risk"])
    }

    @Test func `glucose and triglycerides need to know of fasting, unless both tables agree`() {
        #expect([1.7, 1.8].map { category(.triglycerides, $0, with: [(.fasting, 1)]) } == ["recommended", "above-recommended"])
        #expect([2.3, 2.4].map { category(.triglycerides, $0, with: [(.fasting, 0)]) } == ["recommended", "above-recommended"])
        #expect([1.7, 2.0, 2.4].map { category(.triglycerides, $0) } == ["recommended", nil, "above-recommended"])
        #expect([5.4, 5.5, 6.9, 7.0].map { category(.glucose, $0, with: [(.fasting, 1)]) } == ["below-5-5", "high-risk", "high-risk", "diabetes-range"])
        #expect([11.0, 11.1].map { category(.glucose, $0, with: [(.fasting, 0)]) } == ["below-11-1", "diabetes-range"])
        #expect([5.4, 5.5, 11.0, 11.1].map { category(.glucose, $0) } == ["below-5-5", nil, nil, "diabetes-range"])
    }

    @Test func `an unverified band has neither colour nor alarm`() {
        let pulse = results([(.restingPulse, 120)])["resting_pulse"]?.classification
        #expect(pulse?.code == "above-usual" && pulse?.colour == .neutral && pulse?.verified == false && pulse?.urgent == false)
        #expect(pulse?.source.hasSuffix("(unverified)") == true)
    }

    @Test func `nothing without a published band is classified, and a child is not an adult`() {
        for measure in [Measure.weight, .height, .hip, .meanArterialPressure, .smoking, .chinUps, .sitUps, .jumps, .fasting, .custom(column: "progression_1y")] {
            let found = results([(measure, 1)])[measure.code]?.classification
            #expect(found?.category == nil && found?.source.hasPrefix("no published band used: ") == true, "\(measure.code)")
        }
        #expect(category(.bmi, 30, age: 17) == nil && category(.bmi, 30, age: 18) == "obesity-1")
    }

    @Test func `every category names document, edition and version, and its colour has a shape`() {
        for (measure, value) in [(Measure.bmi, 27.0), (.waist, 99), (.waistHip, 0.95), (.totalCholesterol, 6), (.hdl, 1), (.ldl, 4), (.cholesterolRatio, 7), (.triglycerides, 3), (.glucose, 12)] {
            let found = results([(measure, value)])[measure.code]?.classification
            #expect(found?.version?.contains("/") == true && found?.source.contains(where: \.isNumber) == true, "\(measure.code)")
        }
        #expect(Set(Colour.allCases.map(\.shape)).count == 4 && Set(Colour.allCases.map(\.word)).count == 4)
    }

    @Test func `what follows from other values is derived with its formula, and a measured value stands`() throws {
        let found = results([(.weight, 70), (.height, 175), (.waist, 80), (.hip, 100), (.systolic, 120), (.diastolic, 80), (.totalCholesterol, 5.5), (.hdl, 1.5), (.triglycerides, 2.2)])
        func value(_ code: String) throws -> Double { try #require(found[code]).value }
        #expect(try (value("bmi") - 22.857142857).magnitude < 1e-8)
        #expect(try value("waist_hip") == 0.8)
        #expect(try (value("mean_arterial_pressure") - 93.333333333).magnitude < 1e-8)
        #expect(try (value("cholesterol_ratio") - 3.666666667).magnitude < 1e-8)
        #expect(try (value("ldl") - 3.0).magnitude < 1e-12)
        #expect(found["ldl"]?.formula?.contains("Friedewald") == true && found["weight"]?.isDerived == false)
        #expect(found["bmi"]?.classification.code == "healthy-weight")
        #expect(results([(.totalCholesterol, 5.5), (.hdl, 1.5), (.triglycerides, 4.6)])["ldl"] == nil)
        #expect(results([(.totalCholesterol, 5.5), (.hdl, 1.5), (.triglycerides, 2), (.ldl, 2.9)])["ldl"]?.isDerived == false)
        #expect(results([(.systolic, 80), (.diastolic, 80)])["mean_arterial_pressure"] == nil)
        #expect(results([(.weight, 70)])["bmi"] == nil)
    }

    @Test func `triglycerides come back from their logarithm`() {
        #expect((Derivation.triglycerides(logarithm: 4.8598) * 88.57 - 129).magnitude < 0.01)
    }

    @Test func `a value taken back from a logarithm keeps its formula and is not made anew`() throws {
        let results = Assessor.results(of: [Reading("triglycerides", 1.4, formula: Derivation.fromLogarithmFormula), Reading("weight", 70), Reading("height", 175)], for: Individual(sex: nil, age: nil))
        let triglycerides = try #require(results.first { $0.measure == .triglycerides }), bmi = try #require(results.first { $0.measure == .bmi })
        #expect(triglycerides.formula == Derivation.fromLogarithmFormula && !triglycerides.isDerived && bmi.isDerived)
        #expect(Derivation.all.allSatisfy { Derivation.makes($0.formula) } && !Derivation.makes(nil))
    }

    @Test func `results stand in the order of the catalogue, custom measures last`() {
        let readings = [Reading("custom.b", 1), Reading("jumps", 3), Reading("custom.a", 1), Reading("height", 170), Reading("weight", 70), Reading("unknown", 1)]
        #expect(Assessor.results(of: readings, for: Individual(sex: nil, age: nil)).map(\.measure.code) == ["weight", "height", "bmi", "jumps", "custom.a", "custom.b"])
    }

    @Test func `the categories of a measure stand in the order of its bands`() {
        #expect(Measure.bmi.categories.map(\.code) == ["underweight", "healthy-weight", "overweight", "obesity-1", "obesity-2", "obesity-3"])
        #expect(Measure.glucose.categories.map(\.code) == ["below-5-5", "high-risk", "diabetes-range", "below-11-1"])
        #expect(Measure.weight.categories == [] && Measure.restingPulse.categories.allSatisfy { $0.colour == .neutral })
    }
}
