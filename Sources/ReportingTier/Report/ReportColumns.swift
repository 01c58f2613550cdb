// The columns a measure is counted in: its categories as far as anybody is in them, those without one, and those not measured.
import Assessments

/// The columns of one measure's table.
struct ReportColumns {
    struct Label: Equatable {
        let name: String
        let colour: Colour?
    }

    /// What is shown of the columns; empty for a measure that has no categories, whose one column of values is never shown by itself.
    let labels: [Label]
    /// All columns of the table, with the one of those the measure was not taken of, which is the last.
    let count: Int
    var absent: Int { count - 1 }
    private let places: [String: Int]
    private let choices: [Double: Int]
    /// Where values without a category go.
    private let plain: Int

    init(_ measure: Measure, _ values: some Collection<CountedValue>) {
        var labels: [Label] = [], places: [String: Int] = [:], choices: [Double: Int] = [:], plain = 0
        if !measure.choices.isEmpty {
            for choice in measure.choices where values.contains(where: { $0.value == choice.value }) {
                choices[choice.value] = labels.count
                labels.append(Label(name: choice.name, colour: nil))
            }
            count = labels.count + 1
        } else {
            let seen = Set(values.compactMap(\.category))
            let known = measure.categories.filter { seen.contains($0.code) }
            for category in known {
                places[category.code] = labels.count
                labels.append(Label(name: category.name, colour: category.colour))
            }
            // A category of an older release still counts, by its code.
            for code in seen.subtracting(known.map(\.code)).sorted() {
                places[code] = labels.count
                labels.append(Label(name: code, colour: nil))
            }
            plain = labels.count
            if labels.isEmpty {
                count = 2
            } else if values.contains(where: { $0.category == nil }) {
                labels.append(Label(name: "No category", colour: nil))
                count = labels.count + 1
            } else {
                count = labels.count + 1
            }
        }
        (self.labels, self.places, self.choices, self.plain) = (labels, places, choices, plain)
    }

    /// How many of the values (nil where the measure was not taken) fall into each column.
    func counts(_ values: [CountedValue?]) -> [Int] {
        var counts = Array(repeating: 0, count: count)
        for value in values {
            guard let value else {
                counts[absent] += 1
                continue
            }
            counts[choices[value.value] ?? value.category.flatMap { places[$0] } ?? plain] += 1
        }
        return counts
    }
}
