// What an API token is good for: areas of the portal, each to read or to write. The person's role still decides what they may do there.

import Wire

/// A part of the API that a token can be given.
package enum TokenArea: String, Sendable, CaseIterable {
    case subjects, tickets, changes, announcements, community, reports, people, exports, audit, webhooks

    /// The families of procedures (what stands before the dot) that belong to an area. What stands in no area, like a person's own way
    /// in, or the search that goes through several, is for tokens without areas alone.
    private static let families: [String: TokenArea] = [
        "subjects": .subjects, "assessments": .subjects, "imports": .subjects, "tickets": .tickets, "attachments": .tickets, "support": .tickets, "canned-replies": .tickets, "ticket-views": .tickets, "bin": .tickets,
        "changes": .changes, "announcements": .announcements, "posts": .community, "comments": .community, "people": .people, "branding": .people, "exports": .exports, "audit": .audit, "webhooks": .webhooks, "reports": .reports,
    ]

    package static func of(procedure name: String) -> TokenArea? { families[String(name.prefix { $0 != "." })] }
}

/// A token's areas. Writing includes reading.
package struct TokenScope: Sendable, Equatable {
    package enum Right: String, Sendable, CaseIterable { case read, write }
    package private(set) var rights: [TokenArea: Right] = [:]

    package init() {}

    /// Words like `tickets:write subjects:read`, apart by spaces or commas; nil when a word is none, or none is there. Of two for one
    /// area the wider counts.
    package init?(_ text: String) {
        for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let area = TokenArea(rawValue: String(parts[0])), let right = Right(rawValue: String(parts[1])) else { return nil }
            if rights[area] != .write { rights[area] = right }
        }
        if rights.isEmpty { return nil }
    }

    /// In the order of the areas, so that the same scope is the same text.
    package var text: String { TokenArea.allCases.compactMap { area in rights[area].map { "\(area.rawValue):\($0.rawValue)" } }.joined(separator: " ") }

    package func allows(_ area: TokenArea?, _ kind: ProcedureKind) -> Bool {
        guard let area, let right = rights[area] else { return false }
        return kind == .read || right == .write
    }

    package static let hint = "Use all, read, or areas like tickets:write subjects:read; there are \(TokenArea.allCases.map(\.rawValue).joined(separator: ", "))."
}
