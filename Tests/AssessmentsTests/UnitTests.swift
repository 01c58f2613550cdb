// Units: exact factors, a substance of its own each, and figures that survive the way there and back.
import Testing
@testable import Assessments

@Suite struct UnitTests {
    @Test(arguments: [
        (1.0, Unit.pound, Unit.kilogram, Substance?.none, 0.45359237), (1, .inch, .centimetre, nil, 2.54), (1.8, .metre, .centimetre, nil, 180),
        (1, .millimolePerLitre, .milligramPerDecilitre, .cholesterol, 38.67), (1, .millimolePerLitre, .milligramPerDecilitre, .triglycerides, 88.57),
        (1, .millimolePerLitre, .milligramPerDecilitre, .glucose, 18.016), (193.35, .milligramPerDecilitre, .millimolePerLitre, .cholesterol, 5),
        (5, .kilogram, .kilogram, nil, 5),
    ])
    func `each conversion has its published factor`(value: Double, from: Unit, to: Unit, substance: Substance?, expected: Double) throws {
        let converted = try #require(Units.convert(value, from: from, to: to, of: substance))
        #expect((converted - expected).magnitude < expected * 1e-12)
    }

    @Test func `what does not measure the same is not converted`() {
        #expect(Units.convert(1, from: .kilogram, to: .centimetre) == nil)
        #expect(Units.convert(1, from: .milligramPerDecilitre, to: .millimolePerLitre) == nil)
        #expect(Measure.weight.stored(1, from: .inch) == nil)
        #expect(Measure.restingPulse.stored(1, from: .millimetreOfMercury) == nil)
    }

    @Test func `a figure with one decimal in any offered unit is shown again as it was entered`() throws {
        for measure in Measure.catalogue where measure.choices.isEmpty {
            for unit in measure.offered.dropFirst() {
                for tenths in stride(from: 1, through: 4_999, by: 7) {
                    let entered = unit == .metre ? Double(tenths) / 100 : Double(tenths) / 10
                    let stored = try #require(measure.stored(entered, from: unit))
                    #expect(measure.text(stored, in: unit) == Figure.shortest(entered), "\(measure.code) \(unit.symbol)")
                }
            }
        }
    }

    @Test(arguments: [("LBS", Unit.pound), ("mg/dl", .milligramPerDecilitre), ("mmol_l", .millimolePerLitre), ("kg/m2", .kilogramPerSquareMetre), ("kg/m²", .kilogramPerSquareMetre), ("inches", .inch), ("", .none)])
    func `a unit is read in its usual spellings`(text: String, unit: Unit) {
        #expect(Unit(text: text) == unit)
    }

    @Test func `an unknown unit is none`() {
        for text in ["st", "mg", "furlong", "%"] { #expect(Unit(text: text) == nil) }
        for measure in Measure.catalogue { for unit in measure.offered { #expect(Unit(text: unit.symbol) == unit) } }
    }

    @Test func `figures are rounded half away from zero and spelled without locale`() {
        #expect(Figure.fixed(2.675, decimals: 2) == "2.68" && Figure.fixed(-0.05, decimals: 1) == "-0.1" && Figure.fixed(0.04, decimals: 1) == "0.0")
        #expect(Figure.fixed(24.96, decimals: 1) == "25.0" && Figure.fixed(-0.5, decimals: 0) == "-1" && Figure.fixed(1234.5, decimals: 0) == "1235")
        #expect(Figure.shortest(50) == "50" && Figure.shortest(93.2) == "93.2")
        #expect(Figure.read("-12.50") == -12.5 && Figure.read("+1") == 1 && Figure.read(".5") == 0.5)
        for wrong in ["", "-", ".", "1e3", "nan", "0x1", "1,5", " 1", "1.", "٣"] { #expect(Figure.read(wrong) == nil, "\(wrong)") }
    }

    @Test func `every measure has its limits in order and a code of its own`() {
        #expect(Set(Measure.catalogue.map(\.code)).count == Measure.catalogue.count)
        for measure in Measure.catalogue {
            #expect(measure.possible.lowerBound <= measure.usual.lowerBound && measure.usual.upperBound <= measure.possible.upperBound, "\(measure.code)")
            #expect(Measure.named(measure.code) == measure)
        }
        #expect(Measure.named("nonsense") == nil && Measure.named("custom.") == nil && Measure.named("") == nil)
    }

    @Test func `a value that cannot be is refused in the reader's unit, with the remedy`() throws {
        let problem = try #require(Measure.height.problem(with: 1.8))
        #expect(problem.reason == "1.8 cm is not possible: height lies between 40.0 and 275.0 cm" && problem.hint.contains("in or m"))
        #expect(Measure.height.problem(with: 180) == nil && Measure.weight.problem(with: .nan) != nil)
        #expect(Measure.smoking.problem(with: 1.5)?.hint == "write one of 0 (never), 1 (former), 2 (current)")
    }
}
