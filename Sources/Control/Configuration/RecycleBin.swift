// What the configuration says of the recycle bin: how long it keeps what was deleted.

extension Configuration {
    mutating func readRecycleBin(_ top: ConfigurationSection) {
        guard let section = top.section("recycle-bin", example: "{days: 30}") else { return }
        if let days = section.integer("days", 1...365, example: "30") { recycleBinDays = days }
    }
}
