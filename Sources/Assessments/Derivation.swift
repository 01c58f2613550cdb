// Values that follow from others of the same assessment; each names its formula and is never taken for a measured one.
import Glibc

/// One formula. It answers only when all it needs is there and the formula is valid for it.
package struct Derivation: Sendable {
    package let target: Measure
    /// The formula in words, shown beside the value.
    package let formula: String
    private let needs: [Measure]
    private let compute: @Sendable ([Double]) -> Double?

    private init(_ target: Measure, _ formula: String, from needs: Measure..., compute: @escaping @Sendable ([Double]) -> Double?) {
        self.target = target
        self.formula = formula
        self.needs = needs
        self.compute = compute
    }

    /// The value in the target's stored unit, or nil. `values` by code, in stored units.
    package func value(_ values: [String: Double]) -> Double? {
        var inputs: [Double] = []
        for need in needs {
            guard let value = values[need.code] else { return nil }
            inputs.append(value)
        }
        guard let result = compute(inputs), result.isFinite, target.possible.contains(result) else { return nil }
        return result
    }

    /// All formulas, an input before what is computed from it.
    package static let all: [Derivation] = [
        Derivation(.bmi, "weight (kg) / height (m)²", from: .weight, .height) { $0[0] / (($0[1] / 100) * ($0[1] / 100)) },
        Derivation(.waistHip, "waist / hip", from: .waist, .hip) { $0[0] / $0[1] },
        Derivation(.meanArterialPressure, "diastolic + (systolic - diastolic) / 3", from: .systolic, .diastolic) {
            $0[0] > $0[1] ? $0[1] + ($0[0] - $0[1]) / 3 : nil
        },
        Derivation(.cholesterolRatio, "total cholesterol / HDL", from: .totalCholesterol, .hdl) { $0[0] / $0[1] },
        // Friedewald, Clin Chem 1972;18:499, in mmol/L; not valid for triglycerides over 4.5 mmol/L.
        Derivation(.ldl, "Friedewald: total cholesterol - HDL - triglycerides / 2.2 (mmol/L)", from: .totalCholesterol, .hdl, .triglycerides) {
            $0[2] <= 4.5 ? $0[0] - $0[1] - $0[2] / 2.2 : nil
        },
    ]

    /// Whether a value with this formula is one that the rules here compute from other values; false for nil.
    package static func makes(_ formula: String?) -> Bool {
        guard let formula else { return false }
        return all.contains { $0.formula == formula }
    }

    /// How triglycerides given as a natural logarithm are taken back.
    package static let fromLogarithmFormula = "e^(ln triglycerides in mg/dL)"

    /// Triglycerides in mmol/L of the natural logarithm of their mg/dL.
    package static func triglycerides(logarithm: Double) -> Double {
        exp(logarithm) / Substance.triglycerides.milligramsPerDecilitre
    }
}
