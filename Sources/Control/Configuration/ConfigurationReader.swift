// Reads values out of a YAML tree strictly: each accessor checks the type and notes every problem with its place.
import Yams

/// Collects problems while a file is read, so that people see all of them at once.
final class ConfigurationReader {
    let file: String
    /// Dotted paths set on the command line, with the option as typed: problems there have no line in the file.
    let overridden: [(path: String, option: String)]
    private(set) var problems: [(line: Int, problem: ConfigurationProblem)] = []

    init(file: String, overridden: [(path: String, option: String)]) {
        self.file = file
        self.overridden = overridden
    }

    func report(_ mark: Mark?, _ key: String, _ problem: String, _ remedy: String) {
        let place = place(of: key, mark)
        problems.append((mark?.line ?? 0, ConfigurationProblem(place: place, key: key, problem: problem, remedy: remedy)))
    }

    /// The file's line and column, or the `--set` that brought the key.
    func place(of key: String, _ mark: Mark?) -> String {
        for (path, option) in overridden.reversed() where key == path || key.hasPrefix(path + ".") || key.hasPrefix(path + "[") {
            return "--set \(option)"
        }
        return mark.map { "\(file):\($0.line):\($0.column)" } ?? file
    }
}

/// One mapping of the file, read key by key.
struct ConfigurationSection {
    let reader: ConfigurationReader
    /// `nodes[2]`; empty at the top.
    let path: String
    /// The path with the numbers out: `nodes[]`.
    let pattern: String
    let mapping: Node.Mapping

    /// Nil when the node is no mapping (reported). Unknown keys are reported at once.
    init?(_ reader: ConfigurationReader, _ node: Node, path: String, pattern: String, example: String) {
        guard case .mapping(let mapping) = node else {
            reader.report(node.mark, path, "this is \(Self.kind(node)) where keys and values belong", "write \(example)")
            return nil
        }
        self.reader = reader
        self.path = path
        self.pattern = pattern
        self.mapping = mapping
        let known = ConfigurationKey.names(under: pattern)
        for (key, _) in mapping {
            guard let name = key.scalar?.string else {
                reader.report(key.mark, path, "a key must be a word", "write \(example)")
                continue
            }
            guard !known.contains(name) else { continue }
            let meant = Nearest.to(name, among: known).map { "did you mean `\($0)`?" }
            reader.report(key.mark, full(name), "unknown key `\(name)`", meant ?? "known here: \(known.joined(separator: ", "))")
        }
    }

    func full(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private func pattern(of name: String) -> String { pattern.isEmpty ? name : "\(pattern).\(name)" }

    /// The value of a key; an empty one (`key:`) counts as absent.
    func node(_ name: String) -> Node? {
        assert(ConfigurationKey.all.contains { $0.path == pattern(of: name) }, "the key list lacks \(pattern(of: name))")
        for (key, value) in mapping where key.scalar?.string == name {
            if case .scalar(let scalar) = value, scalar.style == .plain || scalar.style == .any, ["", "~", "null"].contains(scalar.string) { return nil }
            return value
        }
        return nil
    }

    /// Reports that `name` is absent although it must be there.
    func missing(_ name: String, _ remedy: String) {
        reader.report(mapping.mark, full(name), "`\(name)` is missing", remedy)
    }

    func report(_ name: String, _ problem: String, _ remedy: String) {
        reader.report(node(name)?.mark ?? mapping.mark, full(name), problem, remedy)
    }

    /// The text of a scalar exactly as written; nil when absent or no scalar (reported).
    func text(_ name: String, example: String) -> String? {
        guard let node = node(name) else { return nil }
        guard case .scalar(let scalar) = node else {
            reader.report(node.mark, full(name), "this is \(Self.kind(node)) where one value belongs", "write \(name): \(example)")
            return nil
        }
        return scalar.string
    }

    /// A value that `parse` understands; what it does not is reported with what to write.
    func value<T>(_ name: String, wanted: String, example: String, _ parse: (String) -> T?) -> T? {
        guard let text = text(name, example: example) else { return nil }
        if let value = parse(text) { return value }
        report(name, "`\(text)` is not \(wanted)", "write \(name): \(example)")
        return nil
    }

    /// One word of a closed set, with the nearest one suggested.
    func word<T: RawRepresentable & CaseIterable>(_ name: String, _: T.Type) -> T? where T.RawValue == String {
        let words = T.allCases.map(\.rawValue)
        guard let text = text(name, example: words.first ?? "") else { return nil }
        if let value = T(rawValue: text) { return value }
        let meant = Nearest.to(text, among: words).map { "; did you mean `\($0)`?" } ?? ""
        report(name, "`\(text)` is not a \(name)", "write one of " + words.joined(separator: ", ") + meant)
        return nil
    }

    func duration(_ name: String, _ range: ClosedRange<Duration>, example: String) -> Duration? {
        guard let value = value(name, wanted: "a duration", example: "\(example) (units ms, s, m, h, d)", DurationText.parse) else { return nil }
        if range.contains(value) { return value }
        report(name, "\(DurationText.text(value)) is out of range", "write \(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))")
        return nil
    }

    func integer(_ name: String, _ range: ClosedRange<Int>, example: String) -> Int? {
        guard let value = value(name, wanted: "a whole number", example: example, { Int($0) }) else { return nil }
        if range.contains(value) { return value }
        report(name, "\(value) is out of range", "write \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    func address(_ name: String, example: String) -> HostPort? {
        value(name, wanted: "an address with a port", example: "\(example) (HOST:PORT, port 0 to 65535)") { HostPort($0) }
    }

    /// The mapping under a key; nil when absent or no mapping (reported).
    func section(_ name: String, example: String) -> ConfigurationSection? {
        guard let node = node(name) else { return nil }
        return ConfigurationSection(reader, node, path: full(name), pattern: pattern(of: name), example: "\(name): \(example)")
    }

    /// The items of a list, each with its path; nil when absent or no list (reported).
    func items(_ name: String, example: String) -> [(node: Node, path: String, pattern: String)]? {
        guard let node = node(name) else { return nil }
        guard case .sequence(let items) = node else {
            reader.report(node.mark, full(name), "this is \(Self.kind(node)) where a list belongs", "write \(name): \(example)")
            return nil
        }
        return items.enumerated().map { ($1, "\(full(name))[\($0)]", pattern(of: name) + "[]") }
    }

    /// The items of a list of mappings.
    func sections(_ name: String, example: String) -> [ConfigurationSection] {
        (items(name, example: "\n  - \(example)") ?? []).compactMap {
            ConfigurationSection(reader, $0.node, path: $0.path, pattern: $0.pattern, example: "- \(example)")
        }
    }

    static func kind(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): "the value `\(scalar.string)`"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
