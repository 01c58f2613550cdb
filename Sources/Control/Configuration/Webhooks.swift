// What the configuration says of webhooks: how far they may reach.

extension Configuration {
    package struct Webhooks: Sendable, Equatable {
        /// Webhooks may use http, and lead to addresses that are not of the public Internet: for programs inside the house's own network.
        /// Off, because customers write these addresses: what is called is called from inside.
        package var inside = false
        package init() {}
    }

    mutating func readWebhooks(_ top: ConfigurationSection) {
        guard let section = top.section("webhooks", example: "{inside: on}") else { return }
        if let inside = section.value("inside", wanted: "a switch", example: "on", Syntax.flag) { webhooks.inside = inside }
    }
}
