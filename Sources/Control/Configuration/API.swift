// What the configuration says of the API: how many requests one person may make.

extension Configuration {
    mutating func readAPI(_ top: ConfigurationSection) {
        guard let section = top.section("api", example: "{requests-per-minute: 600}") else { return }
        if let requests = section.integer("requests-per-minute", 1...1_000_000, example: "600") { apiRequestsPerMinute = requests }
    }
}
