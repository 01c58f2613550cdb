// The two published files of the demo, as they stand in this folder, and the clinic's with the one column it lacks for group reports.
import Wire

/// The bytes of the demo's CSV files; where they come from is in the README beside them.
package enum DemoMeasurements {
    package static var clinic: [UInt8] { PackageResources.clinic_442_csv }
    package static var club: [UInt8] { PackageResources.fitness_club_20_csv }

    /// The clinic's file with a column `group` made of its own column `age_years`: the published set knows no departments, and a
    /// corporate report is by group. The groups say what they are ("Age 40 to 49"); no other figure is touched.
    package static var clinicByAge: [UInt8] {
        var writer = CSVWriter()
        var age: Int?
        for event in CSVReader.events(of: clinic) {
            guard case .record(let record) = event else { continue }
            if record.line == 1 {
                age = record.fields.firstIndex(of: "age_years")
                writer.row(record.fields + ["group"])
            } else {
                let years = age.flatMap { Figure.read(record.fields[$0]) }
                writer.row(record.fields + [years.map { ageGroup(Int($0)) } ?? ""])
            }
        }
        return writer.bytes
    }

    static func ageGroup(_ years: Int) -> String {
        switch years {
        case ..<18: "Age under 18"
        case 18..<30: "Age 18 to 29"
        case 30..<70: "Age \(years / 10 * 10) to \(years / 10 * 10 + 9)"
        default: "Age 70 and over"
        }
    }
}
