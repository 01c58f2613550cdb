// The units a measure may be entered and shown in, and how to read a unit's name.

/// A unit by its symbol. What has no unit (a ratio) has the empty symbol.
package struct Unit: Hashable, Sendable {
    package let symbol: String

    package init(symbol: String) {
        self.symbol = symbol
    }

    package static let none = Unit(symbol: "")
    package static let kilogram = Unit(symbol: "kg")
    package static let pound = Unit(symbol: "lb")
    package static let centimetre = Unit(symbol: "cm")
    package static let metre = Unit(symbol: "m")
    package static let inch = Unit(symbol: "in")
    package static let millimetreOfMercury = Unit(symbol: "mmHg")
    package static let perMinute = Unit(symbol: "bpm")
    package static let millimolePerLitre = Unit(symbol: "mmol/L")
    package static let milligramPerDecilitre = Unit(symbol: "mg/dL")
    package static let kilogramPerSquareMetre = Unit(symbol: "kg/m²")
    package static let repetitions = Unit(symbol: "reps")

    /// Reads a unit as people and column names write it (`lbs`, `mg_dl`, `kg/m2`); nil when the spelling is not known.
    package init?(text: String) {
        let plain = String(text.lowercased().compactMap { character -> Character? in
            switch character {
            case "_", " ", "/", ".", "-": nil
            case "²": "2"
            default: character
            }
        })
        switch plain {
        case "": self = .none
        case "kg", "kgs", "kilogram", "kilograms": self = .kilogram
        case "lb", "lbs", "pound", "pounds": self = .pound
        case "cm", "centimetre", "centimetres", "centimeter", "centimeters": self = .centimetre
        case "m", "metre", "metres", "meter", "meters": self = .metre
        case "in", "inch", "inches": self = .inch
        case "mmhg": self = .millimetreOfMercury
        case "bpm", "permin", "permminute", "beatsperminute", "1min": self = .perMinute
        case "mmoll", "mmolperl": self = .millimolePerLitre
        case "mgdl", "mgperdl": self = .milligramPerDecilitre
        case "kgm2", "kgperm2": self = .kilogramPerSquareMetre
        case "reps", "repetitions", "count", "times": self = .repetitions
        default: return nil
        }
    }
}

/// A substance of the blood: mg/dL and mmol/L differ by its molar mass.
package enum Substance: Sendable {
    case cholesterol, triglycerides, glucose

    /// mg/dL of one mmol/L. Cholesterol 38.67 and glucose 18.016 by their molar masses (386.7 and 180.16 g/mol); triglycerides 88.57 by
    /// the customary mean of 885.7 g/mol.
    package var milligramsPerDecilitre: Double {
        switch self {
        case .cholesterol: 38.67
        case .triglycerides: 88.57
        case .glucose: 18.016
        }
    }
}

/// Conversion between the units of one kind of quantity.
package enum Units {
    /// Converts, or answers nil where the two units do not measure the same thing (or the substance is needed and not given). The pound
    /// is 0.45359237 kg and the inch 2.54 cm, both by definition.
    package static func convert(_ value: Double, from: Unit, to: Unit, of substance: Substance? = nil) -> Double? {
        if from == to { return value }
        guard let (kind, numerator) = base(from, substance), let (other, divisor) = base(to, substance), kind == other else { return nil }
        return value * numerator / divisor
    }

    private enum Kind { case mass, length, concentration }

    private static func base(_ unit: Unit, _ substance: Substance?) -> (Kind, Double)? {
        switch unit {
        case .kilogram: (.mass, 1)
        case .pound: (.mass, 0.45359237)
        case .centimetre: (.length, 1)
        case .metre: (.length, 100)
        case .inch: (.length, 2.54)
        case .millimolePerLitre: substance.map { (.concentration, $0.milligramsPerDecilitre) }
        case .milligramPerDecilitre: substance.map { _ in (.concentration, 1) }
        default: nil
        }
    }
}
