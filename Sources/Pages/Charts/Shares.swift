// Parts of a whole: one stacked bar or one ring, each with its figures in words.

/// One part. `count` nil is a number that may not be shown.
struct Share {
    var name: String
    var tone: Tone
    var count: Int?
}

enum ShareChart {
    /// A bar whose parts stand side by side, with a legend that carries the figures. `whole` is what the parts are shares of, the ones
    /// not shown included (they leave the bar open at its end); nil where it may not be shown either: then there are no percentages.
    static func bar(_ shares: [Share], of whole: Int?, title: String) -> HTML {
        let known = shares.filter { ($0.count ?? 0) > 0 }
        let shown = known.reduce(0) { $0 + ($1.count ?? 0) }
        let total = max(whole ?? shown, shown)
        guard shown > 0 else { return "<p class=\"note\">Too few subjects to show figures.</p>" }
        var x = 0.0
        let parts = known.map { share -> HTML in
            let width = 600.0 * Double(share.count ?? 0) / Double(total)
            defer { x += width }
            let inner = max(width - 2, 1)
            return "<rect class=\"fill \(raw: share.tone.name)\" x=\"\(Show.number(x, decimals: 1))\" y=\"0\" width=\"\(Show.number(inner, decimals: 1))\" height=\"26\" rx=\"3\"><title>\(share.name): \(share.count ?? 0)</title></rect>"
        }
        return """
            <svg class="chart shares" viewBox="0 0 600 26" role="img" aria-label="\(title): \(words(shares))" preserveAspectRatio="none">\(parts)</svg>\(legend(shares, total: whole == nil ? nil : total))
            """
    }

    /// A ring with the whole in its middle.
    static func ring(_ shares: [Share], title: String, unit: String) -> HTML {
        let total = shares.reduce(0) { $0 + ($1.count ?? 0) }
        let radius = 52.0, around = 2 * Double.pi * 52
        var turned = 0.0
        let arcs = shares.filter { ($0.count ?? 0) > 0 }.map { share -> HTML in
            let length = around * Double(share.count ?? 0) / Double(max(total, 1))
            defer { turned += length }
            let n = { (value: Double) in Show.number(value, decimals: 2) }
            return "<circle class=\"stroke \(raw: share.tone.name)\" cx=\"70\" cy=\"70\" r=\"\(n(radius))\" fill=\"none\" stroke-width=\"18\" stroke-dasharray=\"\(n(max(length - 2, 1))) \(n(around))\" stroke-dashoffset=\"\(n(-turned))\" transform=\"rotate(-90 70 70)\"/>"
        }
        return """
            <div class="ring"><svg class="chart" viewBox="0 0 140 140" role="img" aria-label="\(title): \(words(shares))"><circle cx="70" cy="70" r="52" fill="none" stroke-width="18" class="axis"/>\(arcs)<text class="label" x="70" y="74" text-anchor="middle" font-size="26">\(Show.count(total))</text><text x="70" y="92" text-anchor="middle">\(unit)</text></svg>\(legend(shares, total: total))</div>
            """
    }

    private static func legend(_ shares: [Share], total: Int?) -> HTML {
        let items = shares.map { share -> HTML in
            let figure = share.count.map { count in
                Show.count(count) + (total.map { " (\(Show.number(100 * Double(count) / Double(max($0, 1)), decimals: 0)) %)" } ?? "")
            } ?? "not shown"
            return "<li><span class=\"badge \(raw: share.tone.name)\">\(share.name)</span> <span class=\"figures\">\(figure)</span></li>"
        }
        return "<ul class=\"legend-row\">\(items)</ul>"
    }

    private static func words(_ shares: [Share]) -> String {
        shares.map { "\($0.name) \($0.count.map(Show.count) ?? "not shown")" }.joined(separator: ", ")
    }
}
