// What a node says of its own load where it says whether it is ready: one answer field, read by every balancer.

/// `Fitech-Load: in-flight=3, weight=50, drain` (a dictionary of RFC 9651) in the answer to a balancer's check. Nodes of ours send
/// it with `/readyz`; an application of somebody else may send it with its `check` path. Any part may be absent:
/// - `in-flight`: requests it is at work on, whoever sent them, so that several balancers agree on how busy it is;
/// - `weight`: how many hundredths of its configured weight it wants, 1 to 100;
/// - `drain`: it wants no new people. Those who stick to it stay; nothing moves them until a command says so.
package struct LoadReport: Sendable, Equatable {
    package static let field = "Fitech-Load"

    package var inFlight: Int?
    package var weight: Int
    package var wantsDrain: Bool

    package init(inFlight: Int? = nil, weight: Int = 100, wantsDrain: Bool = false) {
        self.inFlight = inFlight
        self.weight = weight
        self.wantsDrain = wantsDrain
    }

    /// What it wants; nothing is said where nothing is wanted.
    package var value: String {
        var parts: [String] = []
        if let inFlight { parts.append("in-flight=\(inFlight)") }
        if weight != 100 { parts.append("weight=\(weight)") }
        if wantsDrain { parts.append("drain") }
        return parts.joined(separator: ", ")
    }

    /// Reads a field's value. Members nobody knows are passed over (they may be of a later release); a value that is no
    /// number in its range makes the whole field count as absent.
    package init?(_ value: String) {
        self.init()
        for part in value.split(separator: ",") {
            let member = part.drop { $0 == " " || $0 == "\t" }
            let pieces = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = pieces[0].prefix { $0 != " " && $0 != "\t" }
            let number = pieces.count == 2 ? LoadReport.number(pieces[1]) : nil
            switch name {
            case "in-flight":
                guard let number else { return nil }
                inFlight = number
            case "weight":
                guard let number, (1...100).contains(number) else { return nil }
                weight = number
            case "drain":
                if pieces.count == 1 || pieces[1] == "?1" { wantsDrain = true } else if pieces[1] != "?0" { return nil }
            default: break
            }
        }
    }

    /// Up to nine digits.
    private static func number(_ text: Substring) -> Int? {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        let rest = text.utf8.dropFirst(digits.count)
        guard (1...9).contains(digits.count), rest.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return nil }
        return Int(Substring(digits))
    }
}
