// How many requests of the API somebody may still make in the minute that runs.

import Wire

package struct Allowance: Sendable, Equatable {
    /// The code of the failure of who has none left.
    package static let spent = "rate-limited"

    package var limit: Int
    package var left: Int
    /// Until the minute is over.
    package var seconds: Int

    package init(limit: Int, left: Int, seconds: Int) { (self.limit, self.left, self.seconds) = (limit, left, seconds) }

    /// As it travels between nodes.
    package var text: String { "\(limit) \(left) \(seconds)" }

    package init?(_ text: String) {
        let numbers = text.split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        self.init(limit: numbers[0], left: numbers[1], seconds: numbers[2])
    }
}

extension HTTPFields {
    /// The fields of draft-ietf-httpapi-ratelimit-headers.
    package mutating func add(_ allowance: Allowance) {
        add("RateLimit-Policy", "\"api\";q=\(allowance.limit);w=60")
        add("RateLimit", "\"api\";r=\(allowance.left);t=\(allowance.seconds)")
    }
}
