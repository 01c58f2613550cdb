// The published bands in use, each with its document and edition; a measure that is not here is never classified.

extension BandTable {
    static let bmi = BandTable(
        "bmi", BandSource("NICE NG246, WHO adult classes", edition: "2025", note: "For South Asian, Chinese, other Asian, Middle Eastern, Black African and Caribbean family backgrounds NICE uses lower limits; they are not applied here."),
        [
            Band(.lowest, "underweight", "Underweight", .amber),
            Band(.from(18.5), "healthy-weight", "Healthy weight", .green),
            Band(.from(25), "overweight", "Overweight", .amber),
            Band(.from(30), "obesity-1", "Obesity class 1", .red),
            Band(.from(35), "obesity-2", "Obesity class 2", .red),
            Band(.from(40), "obesity-3", "Obesity class 3", .red),
        ])

    static let waist = BandTable(
        "waist", BandSource("WHO expert consultation on waist circumference and waist-hip ratio, Geneva 2008", edition: "2011"),
        female: [
            Band(.lowest, "not-increased", "Not increased", .green),
            Band(.above(80), "increased", "Increased", .amber),
            Band(.above(88), "substantially-increased", "Substantially increased", .red),
        ],
        male: [
            Band(.lowest, "not-increased", "Not increased", .green),
            Band(.above(94), "increased", "Increased", .amber),
            Band(.above(102), "substantially-increased", "Substantially increased", .red),
        ])

    static let waistHip = BandTable(
        "waist-hip", BandSource("WHO expert consultation on waist circumference and waist-hip ratio, Geneva 2008", edition: "2011"),
        female: [
            Band(.lowest, "not-increased", "Not substantially increased", .green),
            Band(.from(0.85), "substantially-increased", "Substantially increased", .red),
        ],
        male: [
            Band(.lowest, "not-increased", "Not substantially increased", .green),
            Band(.from(0.90), "substantially-increased", "Substantially increased", .red),
        ])

    /// The two halves of NICE NG136 for a clinic reading; the worse of them counts. Both lists have the same categories in the same order.
    static let systolic = BandTable("blood-pressure", bloodPressureSource, bloodPressure(normal: .lowest, one: .from(140), two: .from(160), severe: .from(180)))
    static let diastolic = BandTable("blood-pressure", bloodPressureSource, bloodPressure(normal: .lowest, one: .from(90), two: .from(100), severe: .from(120)))

    private static let bloodPressureSource = BandSource("NICE NG136, clinic reading", edition: "2019", note: "The worse of systolic and diastolic counts.")

    private static func bloodPressure(normal: BandStart, one: BandStart, two: BandStart, severe: BandStart) -> [Band] {
        [
            Band(normal, "below-140-90", "Below 140/90", .green),
            Band(one, "stage-1", "Stage 1 range", .amber),
            Band(two, "stage-2", "Stage 2 range", .red),
            Band(severe, "severe", "Severe range: same-day review", .red, urgent: true),
        ]
    }

    static let restingPulse = BandTable(
        "resting-pulse", BandSource("Usual adult resting pulse, NHS and AHA", edition: "2026", verified: false),
        [
            Band(.lowest, "below-usual", "Below the usual range", .amber),
            Band(.from(60), "usual", "Usual range", .green),
            Band(.above(100), "above-usual", "Above the usual range", .amber),
        ])

    static let totalCholesterol = BandTable("total-cholesterol", lipids, recommended(upTo: 5.0))
    static let ldl = BandTable("ldl", lipids, recommended(upTo: 3.0))

    static let hdl = BandTable(
        "hdl", lipids,
        female: [Band(.lowest, "below-recommended", "Below the recommended level", .amber), Band(.above(1.2), "recommended", "Recommended level", .green)],
        male: [Band(.lowest, "below-recommended", "Below the recommended level", .amber), Band(.above(1.0), "recommended", "Recommended level", .green)])

    static let cholesterolRatio = BandTable(
        "cholesterol-ratio", lipids,
        [Band(.lowest, "not-high", "6 or less", .green), Band(.above(6), "high-risk", "Above 6: high risk", .red)])

    static let triglyceridesFasting = BandTable("triglycerides-fasting", triglycerides("fasting"), recommended(upTo: 1.7))
    static let triglyceridesNotFasting = BandTable("triglycerides-not-fasting", triglycerides("not fasting"), recommended(upTo: 2.3))

    static let glucoseFasting = BandTable(
        "glucose-fasting", BandSource("NICE PH38 and WHO, fasting glucose", edition: "2012"),
        [
            Band(.lowest, "below-5-5", "Below 5.5", .green),
            Band(.from(5.5), "high-risk", "High risk of diabetes", .amber),
            Band(.from(7.0), "diabetes-range", "Diabetes range: confirm", .red),
        ])
    static let glucoseNotFasting = BandTable(
        "glucose-not-fasting", BandSource("WHO, random glucose", edition: "2006"),
        [
            Band(.lowest, "below-11-1", "Below 11.1", .green),
            Band(.from(11.1), "diabetes-range", "Diabetes range: confirm", .red),
        ])

    private static let lipids = BandSource("NHS and HEART UK cholesterol levels", edition: "2026")

    private static func triglycerides(_ state: String) -> BandSource {
        BandSource("NHS triglyceride levels, \(state)", edition: "2026")
    }

    private static func recommended(upTo limit: Double) -> [Band] {
        [Band(.lowest, "recommended", "Recommended level", .green), Band(.above(limit), "above-recommended", "Above the recommended level", .amber)]
    }
}
