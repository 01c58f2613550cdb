// The two published files of the demo, as they stand in this folder.

/// The bytes of the demo's CSV files; where they come from is in the README beside them.
package enum DemoMeasurements {
    package static var clinic: [UInt8] { PackageResources.clinic_442_csv }
    package static var club: [UInt8] { PackageResources.fitness_club_20_csv }
}
