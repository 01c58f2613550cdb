// `--set KEY=VALUE`: puts a value into the YAML tree before it is read, so that one set of checks serves both.
import Yams

enum ConfigurationOverrides {
    /// Applies the options in order; what cannot be applied is reported and skipped.
    /// List items are named by number or by their `name`: `nodes.web-1.check=/up`, `technicians.0.zone=…`.
    static func apply(_ options: [String], to root: inout Node) -> (applied: [(path: String, option: String)], problems: [ConfigurationProblem]) {
        var applied: [(path: String, option: String)] = []
        var problems: [ConfigurationProblem] = []
        for option in options {
            func refuse(_ problem: String, _ remedy: String) {
                problems.append(ConfigurationProblem(place: "--set \(option)", key: "", problem: problem, remedy: remedy))
            }
            guard let equals = option.firstIndex(of: "="), equals != option.startIndex else {
                refuse("there is no KEY=VALUE in it", "write --set probes.every=1s")
                continue
            }
            let steps = option[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard !steps.contains("") else {
                refuse("a step of the key is empty", "write --set probes.every=1s")
                continue
            }
            let text = String(option[option.index(after: equals)...])
            let value: Node
            do {
                value = try Yams.compose(yaml: text) ?? Node("", .implicit, .plain)
            } catch {
                refuse("`\(text)` is not YAML", "quote the value: --set '\(option[..<equals])=\"…\"'")
                continue
            }
            switch put(value, at: steps[...], into: root, path: "") {
            case .success(let (tree, path)):
                root = tree
                applied.append((path, option))
            case .failure(let refusal):
                refuse(refusal.problem, refusal.remedy)
            }
        }
        return (applied, problems)
    }

    private struct Refusal: Error {
        var problem: String
        var remedy: String
    }

    private static func put(_ value: Node, at steps: ArraySlice<String>, into node: Node, path: String) -> Result<(Node, String), Refusal> {
        guard let step = steps.first else { return .success((value, path)) }
        let rest = steps.dropFirst()
        switch node {
        case .sequence(var items):
            let index = Int(step) ?? items.firstIndex { $0.mapping?["name"]?.scalar?.string == step } ?? -1
            guard items.indices.contains(index) || index == items.endIndex else {
                let names = items.compactMap { $0.mapping?["name"]?.scalar?.string }
                return .failure(Refusal(problem: "\(path) has no item `\(step)`", remedy: "name one of " + (names.isEmpty ? "0 to \(items.count - 1)" : names.joined(separator: ", "))))
            }
            let inner = index == items.endIndex ? Node([(Node, Node)]()) : items[index]
            return put(value, at: rest, into: inner, path: "\(path)[\(index)]").map { tree, path in
                if index == items.endIndex { items.append(tree) } else { items[index] = tree }
                return (.sequence(items), path)
            }
        case .mapping(let mapping):
            // A new mapping without a mark where the key is new; the marks of the others stay as they are.
            var pairs = Array(mapping)
            let place = pairs.firstIndex { $0.key.scalar?.string == step }
            let inner = place.map { pairs[$0].value } ?? Node([(Node, Node)]())
            return put(value, at: rest, into: inner, path: path.isEmpty ? step : "\(path).\(step)").map { tree, path in
                if let place { pairs[place].value = tree } else { pairs.append((key: Node(step), value: tree)) }
                return (.mapping(Node.Mapping(pairs.map { ($0.key, $0.value) }, mapping.tag, mapping.style, mapping.mark)), path)
            }
        case .scalar(let scalar) where scalar.string.isEmpty:
            return put(value, at: steps, into: Node([(Node, Node)]()), path: path)
        case .scalar, .alias:
            return .failure(Refusal(problem: "\(path) has one value, no key `\(step)`", remedy: "set \(path) itself"))
        }
    }
}
