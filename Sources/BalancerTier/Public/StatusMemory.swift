// The last good status page and status JSON of the management node, served with their age when it does not answer.
import Wire

/// Pure: answers are put in and taken out with the time.
package struct StatusMemory: Sendable {
    package enum Kind: Int, Sendable, CaseIterable { case page, api }

    package struct Held: Sendable, Equatable {
        package var fields: HTTPFields
        package var body: [UInt8]
    }

    private struct Entry: Sendable {
        var held: Held
        var at: ContinuousClock.Instant
    }

    /// Nobody keeps more of a status page than this.
    package static let largest = 1 << 20

    private var entries: [Entry?] = [nil, nil]

    package init() {}

    /// Keeps a good answer; `fields` as the customer would see them.
    package mutating func keep(_ kind: Kind, fields: HTTPFields, body: [UInt8], now: ContinuousClock.Instant) {
        guard body.count <= StatusMemory.largest else { return }
        entries[kind.rawValue] = Entry(held: Held(fields: fields, body: body), at: now)
    }

    /// What is held, marked with its age: `Age` and `Warning` fields, a line on the page, two members in the JSON.
    package func stale(_ kind: Kind, now: ContinuousClock.Instant) -> Held? {
        guard let entry = entries[kind.rawValue] else { return nil }
        var held = entry.held
        let age = max(0, Int((now - entry.at).components.seconds))
        held.fields.remove("etag")
        held.fields.remove("last-modified")
        held.fields.set("Age", String(age))
        held.fields.set("Warning", "110 - \"Response is stale\"")
        held.fields.set("Cache-Control", "no-store")
        switch kind {
        case .page: StatusMemory.insert(into: &held.body, after: Array("<main".utf8), closing: UInt8(ascii: ">"), text: banner(age))
        case .api:
            guard let brace = held.body.firstIndex(of: UInt8(ascii: "{")) else { break }
            let isEmpty = held.body[(brace + 1)...].first { $0 != 32 && $0 != 10 && $0 != 13 && $0 != 9 } == UInt8(ascii: "}")
            held.body.insert(contentsOf: Array("\"stale\":true,\"age_seconds\":\(age)\(isEmpty ? "" : ",")".utf8), at: brace + 1)
        }
        return held
    }

    private func banner(_ age: Int) -> String {
        "<p class=\"notice stale\" role=\"status\">As of \(StatusMemory.words(age)) ago: the service that watches does not answer at the moment.</p>"
    }

    static func words(_ seconds: Int) -> String {
        switch seconds {
        case ..<2: "a second"
        case ..<120: "\(seconds) seconds"
        case ..<7200: "\(seconds / 60) minutes"
        default: "\(seconds / 3600) hours"
        }
    }

    /// Behind the first tag that begins with `tag` (else behind `<body`), else in front of everything.
    private static func insert(into body: inout [UInt8], after tag: [UInt8], closing: UInt8, text: String) {
        let place = end(of: tag, closing, in: body) ?? end(of: Array("<body".utf8), closing, in: body) ?? 0
        body.insert(contentsOf: Array(text.utf8), at: place)
    }

    private static func end(of tag: [UInt8], _ closing: UInt8, in body: [UInt8]) -> Int? {
        guard body.count > tag.count else { return nil }
        for start in 0..<body.count - tag.count where body[start] == tag[0] && body[start..<start + tag.count].elementsEqual(tag) {
            return body[start...].firstIndex(of: closing).map { $0 + 1 }
        }
        return nil
    }
}
