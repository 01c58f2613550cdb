// The corporate report as CSV: one figure to a line, so that any spreadsheet can pivot it.

import Wire

extension CorporateReport {
    /// UTF-8 with a byte order mark (Excel needs it), CRLF. A figure that is withheld reads `suppressed`.
    package var csv: [UInt8] {
        var writer = CSVWriter(mark: true)
        writer.row(["group", "measure", "name", "unit", "figure", "category", "value", "as_of"])
        let time = CSVCell.text(asOf.iso8601)
        func number(_ value: Int?) -> CSVCell { value.map { .number(String($0)) } ?? .text("suppressed") }
        for report in [overall] + groups {
            let group = CSVCell.text(report.group ?? "all subjects")
            writer.row([group, .empty, .empty, .empty, .text("subjects"), .empty, number(report.subjects), time])
            for measure in report.measures {
                let head = [group, .text(measure.code), .text(measure.name), .text(measure.unit)]
                writer.row(head + [.text("subjects"), .empty, number(measure.subjects), time])
                if measure.hasAverage {
                    writer.row(head + [.text("average"), .empty, measure.average.map { .number("\($0)") } ?? .text("suppressed"), time])
                }
                for category in measure.categories {
                    writer.row(head + [.text("count"), .text(category.category), number(category.count), time])
                }
            }
        }
        return writer.bytes
    }
}

extension MeasureSummary {
    /// Whether an average makes sense of this measure; of smoking it does not.
    package var hasAverage: Bool { code != "smoking" }
}
