// The measures Fitech knows, in the order forms and reports show them.

extension Measure {
    package static let weight = Measure("weight", "Weight", .body, unit: .kilogram, offered: [.pound], possible: 2...650, usual: 35...200, decimals: 1)
    package static let height = Measure("height", "Height", .body, unit: .centimetre, offered: [.inch, .metre], possible: 40...275, usual: 130...215, decimals: 1)
    package static let bmi = Measure("bmi", "BMI", .body, unit: .kilogramPerSquareMetre, possible: 5...250, usual: 14...60, decimals: 1)
    package static let waist = Measure("waist", "Waist", .body, unit: .centimetre, offered: [.inch], possible: 20...350, usual: 50...170, decimals: 1)
    package static let hip = Measure("hip", "Hip", .body, unit: .centimetre, offered: [.inch], possible: 20...400, usual: 65...180, decimals: 1)
    package static let waistHip = Measure("waist_hip", "Waist-hip ratio", .body, unit: .none, possible: 0.3...3, usual: 0.6...1.3, decimals: 2)
    package static let systolic = Measure("systolic", "Systolic blood pressure", .circulation, unit: .millimetreOfMercury, possible: 30...350, usual: 80...220)
    package static let diastolic = Measure("diastolic", "Diastolic blood pressure", .circulation, unit: .millimetreOfMercury, possible: 10...250, usual: 40...140)
    package static let meanArterialPressure = Measure("mean_arterial_pressure", "Mean arterial pressure", .circulation, unit: .millimetreOfMercury, possible: 15...280, usual: 55...150, decimals: 1)
    package static let restingPulse = Measure("resting_pulse", "Resting pulse", .circulation, unit: .perMinute, possible: 15...300, usual: 35...130)
    package static let totalCholesterol = blood("total_cholesterol", "Total cholesterol", .cholesterol, possible: 0.3...35, usual: 2...12)
    package static let hdl = blood("hdl", "HDL cholesterol", .cholesterol, possible: 0.05...8, usual: 0.5...3.5)
    package static let ldl = blood("ldl", "LDL cholesterol", .cholesterol, possible: 0.05...30, usual: 0.5...9)
    package static let cholesterolRatio = Measure("cholesterol_ratio", "Total to HDL cholesterol", .blood, unit: .none, possible: 0.5...60, usual: 1.2...12, decimals: 1)
    package static let triglycerides = blood("triglycerides", "Triglycerides", .triglycerides, possible: 0.05...150, usual: 0.2...12)
    package static let glucose = blood("glucose", "Glucose", .glucose, possible: 0.3...90, usual: 2.8...25)
    package static let fasting = Measure("fasting", "Blood taken fasting", .blood, unit: .none, possible: 0...1, choices: [
        Choice(value: 0, code: "no", name: "no"), Choice(value: 1, code: "yes", name: "yes"),
    ])
    package static let smoking = Measure("smoking", "Smoking", .habits, unit: .none, possible: 0...2, choices: [
        Choice(value: 0, code: "never", name: "never"), Choice(value: 1, code: "former", name: "former"), Choice(value: 2, code: "current", name: "current"),
    ])
    package static let chinUps = Measure("chin_ups", "Chin-ups", .fitness, unit: .repetitions, possible: 0...2_000, usual: 0...60)
    package static let sitUps = Measure("sit_ups", "Sit-ups", .fitness, unit: .repetitions, possible: 0...100_000, usual: 0...300)
    package static let jumps = Measure("jumps", "Jumps", .fitness, unit: .repetitions, possible: 0...100_000, usual: 0...300)

    /// All of them, in the order of forms and reports.
    package static let catalogue: [Measure] = [
        weight, height, bmi, waist, hip, waistHip,
        systolic, diastolic, meanArterialPressure, restingPulse,
        totalCholesterol, hdl, ldl, cholesterolRatio, triglycerides, glucose, fasting,
        smoking, chinUps, sitUps, jumps,
    ]

    private static let byCode: [String: Measure] = Dictionary(uniqueKeysWithValues: catalogue.map { ($0.code, $0) })

    /// The place of each code in the catalogue; custom measures come after all.
    package static let order: [String: Int] = Dictionary(uniqueKeysWithValues: catalogue.enumerated().map { ($1.code, $0) })

    /// The measure of a code: of the catalogue, or a custom one (`custom.progression_1y`), whose name is made of the code where no better
    /// one is kept; nil for a code that is neither.
    package static func named(_ code: String) -> Measure? {
        if let known = byCode[code] { return known }
        guard code.hasPrefix(customPrefix), code.utf8.count > customPrefix.utf8.count else { return nil }
        return custom(column: String(code.dropFirst(customPrefix.count)))
    }

    private static func blood(_ code: String, _ name: String, _ substance: Substance, possible: ClosedRange<Double>, usual: ClosedRange<Double>) -> Measure {
        Measure(code, name, .blood, unit: .millimolePerLitre, offered: [.milligramPerDecilitre], substance: substance, possible: possible, usual: usual, decimals: 1)
    }

    // MARK: custom measures

    package static let customPrefix = "custom."

    /// A measure nobody but the customer knows, made of a column's name: kept as it is written, never classified. A unit at the end of
    /// the name (`grip_kg`) becomes its unit.
    package static func custom(column: String) -> Measure {
        let slug = String(slugged(column).prefix(60))
        var words = slug.split(separator: "_").map(String.init)
        var unit = Unit.none
        for length in [2, 1] where words.count > length {
            if let found = Unit(text: words.suffix(length).joined(separator: "_")), found != .none {
                unit = found
                words.removeLast(length)
                break
            }
        }
        let name = words.joined(separator: " ")
        return Measure(
            customPrefix + (slug.isEmpty ? "unnamed" : slug), name.isEmpty ? "unnamed" : name.prefix(1).uppercased() + name.dropFirst(),
            .custom, unit: unit, possible: -1e12...1e12)
    }

    /// Lower case, words joined by `_`: `Total Cholesterol (mg/dL)` becomes `total_cholesterol_mg_dl`.
    package static func slugged(_ text: String) -> String {
        var slug = ""
        for character in text.lowercased() {
            if character == "²" { slug.append("2") } else if character.isLetter || character.isNumber { slug.append(character) } else if !slug.isEmpty, slug.last != "_" { slug.append("_") }
        }
        return slug.last == "_" ? String(slug.dropLast()) : slug
    }
}
