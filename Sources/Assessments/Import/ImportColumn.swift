// What a column's name means: a detail of the subject, a measure in a unit, or something only the customer knows.

/// The meaning of one column.
enum ImportColumn: Sendable, Equatable {
    case reference, name, firstName, lastName, sex
    /// 1 and 2 without a published meaning.
    case sexCode
    case born, age, group, taken
    /// `assumed` when the name gives no unit and there would be several.
    case measure(Measure, Unit, assumed: Bool)
    /// Natural logarithm of triglycerides in mg/dL.
    case lnTriglycerides
    case custom(Measure)
    /// No name: allowed as long as nothing stands in it.
    case unnamed

    /// The meaning of a name as it stands in the file.
    init(name: String) {
        let slug = Measure.slugged(name)
        if slug.isEmpty {
            self = .unnamed
        } else if let detail = ImportColumn.details[slug] {
            self = detail
        } else if slug == "ln_triglycerides" || slug == "ln_tg" || slug == "ln_triglycerides_mg_dl" {
            self = .lnTriglycerides
        } else {
            self = ImportColumn.measure(slug) ?? .custom(Measure.custom(column: slug))
        }
    }

    /// What two columns of one file must not both be.
    var target: String {
        switch self {
        case .reference: "reference"
        case .name: "name"
        case .firstName: "first name"
        case .lastName: "last name"
        case .sex, .sexCode: "sex"
        case .born: "date of birth"
        case .age: "age"
        case .group: "group"
        case .taken: "date of the assessment"
        case .measure(let measure, _, _), .custom(let measure): measure.code
        case .lnTriglycerides: Measure.triglycerides.code
        case .unnamed: ""
        }
    }

    /// The measure whose name a custom column begins with, when only its unit is not understood (`weight_st`).
    static func resembled(by name: String) -> Measure? {
        let slug = Measure.slugged(name)
        return aliases.filter { slug.hasPrefix($0.key + "_") }.max { $0.key.count < $1.key.count }?.value
    }

    private static func measure(_ slug: String) -> ImportColumn? {
        if let measure = aliases[slug] { return .measure(measure, measure.unit, assumed: measure.offered.count > 1) }
        // The longest name first: `waist_hip_ratio` is not a waist.
        for (alias, measure) in aliases.sorted(by: { $0.key.count > $1.key.count }) where slug.hasPrefix(alias + "_") {
            guard let unit = Unit(text: String(slug.dropFirst(alias.count + 1))), measure.stored(1, from: unit) != nil else { continue }
            return .measure(measure, unit, assumed: false)
        }
        return nil
    }

    private static let details: [String: ImportColumn] = [
        "reference": .reference, "ref": .reference, "id": .reference, "identifier": .reference, "subject": .reference, "subject_id": .reference,
        "subject_reference": .reference, "patient_id": .reference, "member_id": .reference, "employee_id": .reference,
        "name": .name, "full_name": .name, "first_name": .firstName, "given_name": .firstName, "last_name": .lastName, "surname": .lastName,
        "family_name": .lastName, "sex": .sex, "gender": .sex, "sex_code": .sexCode,
        "born": .born, "date_of_birth": .born, "dob": .born, "birth_date": .born, "birthdate": .born, "age": .age, "age_years": .age,
        "group": .group, "department": .group, "team": .group, "site": .group,
        "taken": .taken, "date": .taken, "taken_on": .taken, "assessed": .taken, "assessed_on": .taken, "assessment_date": .taken,
        "measured_on": .taken,
    ]

    private static let aliases: [String: Measure] = {
        var names: [String: Measure] = [
            "body_weight": .weight, "mass": .weight, "stature": .height, "body_mass_index": .bmi, "waist_circumference": .waist,
            "hips": .hip, "hip_circumference": .hip, "waist_hip_ratio": .waistHip, "waist_to_hip_ratio": .waistHip, "whr": .waistHip,
            "sbp": .systolic, "systolic_bp": .systolic, "systolic_blood_pressure": .systolic,
            "dbp": .diastolic, "diastolic_bp": .diastolic, "diastolic_blood_pressure": .diastolic,
            "map": .meanArterialPressure, "pulse": .restingPulse, "resting_heart_rate": .restingPulse, "resting_hr": .restingPulse,
            "cholesterol": .totalCholesterol, "tc": .totalCholesterol, "hdl_cholesterol": .hdl, "ldl_cholesterol": .ldl,
            "tc_hdl_ratio": .cholesterolRatio, "tc_hdl": .cholesterolRatio, "total_to_hdl_ratio": .cholesterolRatio,
            "triglyceride": .triglycerides, "tg": .triglycerides, "blood_glucose": .glucose,
            "smoker": .smoking, "smoking_status": .smoking, "chinups": .chinUps, "situps": .sitUps, "fasted": .fasting,
        ]
        for measure in Measure.catalogue { names[measure.code] = measure }
        return names
    }()
}
