// A measured value as a person prefers to read it, with its category as word, colour and shape.
import Assessments
import Procedures
import Wire

extension Tone {
    /// The tone of a band's colour.
    init(colour: String?) {
        switch colour {
        case "green": self = .good
        case "amber": self = .fair
        case "red": self = .poor
        default: self = .plain
        }
    }
}

enum ShownMeasure {
    /// The unit a person of that preference reads a measure in. Blood measures stay in mmol/L, as laboratories in the
    /// United Kingdom and Australia report them.
    static func unit(of measure: Measure, for units: UnitPreference) -> Unit {
        guard units == .imperial else { return measure.unit }
        return measure.offered.first { $0 == .pound || $0 == .inch } ?? measure.unit
    }

    /// Value and unit apart.
    static func figure(code: String, _ value: Double, unit: String, for units: UnitPreference) -> (text: String, unit: String) {
        guard let measure = Measure.named(code), !measure.isCustom else { return (Figure.shortest(Figure.rounded(value, decimals: 4)), unit) }
        let shown = self.unit(of: measure, for: units)
        return (measure.text(value, in: shown), shown.symbol)
    }

    static func text(_ value: MeasureValue, for units: UnitPreference) -> HTML {
        let figure = figure(code: value.code, value.value, unit: value.unit, for: units)
        return "<b class=\"figures nowrap\">\(figure.text)\(figure.unit.isEmpty ? "" : "\u{A0}")\(figure.unit)</b>"
    }

    static func badge(category: String?, colour: String?) -> HTML {
        category.map { Component.badge($0, Tone(colour: colour)) } ?? .empty
    }

    /// The chart of a trend in the reader's unit.
    static func chart(_ trend: Trend, of subject: Subject, for units: UnitPreference) -> TrendChart {
        let measure = Measure.named(trend.code)
        let convert = { (value: Double) -> Double in
            guard let measure, !measure.isCustom else { return value }
            return measure.value(value, in: unit(of: measure, for: units)) ?? value
        }
        let points = trend.points.map { point in
            TrendChart.Point(
                taken: point.taken, value: convert(point.value), text: figure(code: trend.code, point.value, unit: trend.unit, for: units).text,
                tone: Tone(colour: point.colour), category: point.category)
        }
        let age = subject.born?.years(until: trend.points.last?.taken.date ?? subject.created.date)
        let bands = measure.map { Assessor.bands(of: $0, for: Individual(sex: BandSex(text: subject.sex.rawValue), age: age)) } ?? []
        return TrendChart(
            name: trend.name, unit: figure(code: trend.code, 0, unit: trend.unit, for: units).unit, points: points,
            bands: bands.map { .init(lower: $0.lower.map(convert), upper: $0.upper.map(convert), name: $0.name, tone: Tone(colour: $0.colour.rawValue)) })
    }
}
