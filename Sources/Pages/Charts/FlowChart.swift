// Rates of several nodes over time, one on top of the other, so that the whole and each part are seen at once.

/// Series end now, newest last; every one has a colour of its own that follows its name through the page.
struct FlowChart {
    struct Series {
        var name: String
        var values: [Double]
        /// Which of the eight colours.
        var colour: Int
    }

    private static let width = 960.0, height = 220.0, left = 56.0, right = 8.0, top = 12.0, bottom = 24.0

    let series: [Series]
    /// Points a whole width holds, and seconds between two.
    let length: Int
    let step: Double

    func svg(title: String) -> HTML {
        let count = length
        var sums = [Double](repeating: 0, count: count)
        var areas: [HTML] = []
        let peak = (0..<count).map { index in series.reduce(0) { $0 + value($1, index) } }.max() ?? 0
        let (high, mark) = Self.scale(peak)
        for one in series {
            let lower = sums
            for index in 0..<count { sums[index] += value(one, index) }
            let up = (0..<count).map { point($0, sums[$0], high) }.joined(separator: " ")
            let back = (0..<count).reversed().map { point($0, lower[$0], high) }.joined(separator: " ")
            let now = Show.number(one.values.last ?? 0, decimals: 1)
            areas.append("<path class=\"flow f\(one.colour)\" d=\"M\(up) L\(back) Z\"><title>\(one.name): \(now) a second now</title></path>")
        }
        var lines: [HTML] = []
        var level = 0.0
        while level <= high + 0.001 {
            let y = n(Self.y(level, high))
            lines.append("<path class=\"axis\" d=\"M\(n(Self.left)) \(y)H\(n(Self.width - Self.right))\"/><text x=\"\(n(Self.left - 6))\" y=\"\(n(Self.y(level, high) + 4))\" text-anchor=\"end\">\(Show.number(level, decimals: 1))</text>")
            level += mark
        }
        let times = stride(from: 0.0, through: Double(count - 1) * step, by: 30).map { seconds -> HTML in
            let x = Self.width - Self.right - (Self.width - Self.left - Self.right) * seconds / (Double(count - 1) * step)
            let minor = seconds == 30 || seconds == 90
            return "<text\(" class=\"minor\"", if: minor) x=\"\(n(x))\" y=\"\(n(Self.height - 6))\" text-anchor=\"\(raw: seconds == 0 ? "end" : "middle")\">\(seconds == 0 ? "now" : "-\(Int(seconds)) s")</text>"
        }
        let words = series.map { "\($0.name) \(Show.number($0.values.last ?? 0, decimals: 1))" }.joined(separator: ", ")
        return """
            <svg class="chart flowing" viewBox="0 0 \(n(Self.width)) \(n(Self.height))" role="img" aria-label="\(title), now: \(words)">\(lines)\(areas)\(times)</svg>
            """
    }

    private func value(_ one: Series, _ index: Int) -> Double {
        let at = index - length + one.values.count
        return at >= 0 ? one.values[at] : 0
    }

    private func point(_ index: Int, _ value: Double, _ high: Double) -> String {
        let x = Self.left + (Self.width - Self.left - Self.right) * Double(index) / Double(max(1, length - 1))
        return "\(n(x)) \(n(Self.y(value, high)))"
    }

    private static func y(_ value: Double, _ high: Double) -> Double { height - bottom - (height - top - bottom) * min(value, high) / high }

    /// A round height above `peak`, and the distance of its lines.
    static func scale(_ peak: Double) -> (high: Double, mark: Double) {
        var unit = 1.0
        let wanted = max(peak * 1.1, 2)
        while unit * 10 < wanted { unit *= 10 }
        for factor in [1.0, 2, 4, 5, 10] where unit * factor >= wanted { return (unit * factor, unit * factor / (factor < 5 ? 4 : 5)) }
        return (unit * 10, unit * 2)
    }

    private func n(_ value: Double) -> String { Show.number(value, decimals: 1) }
}

/// A small line of what one node has at once.
enum Spark {
    static func svg(_ values: [Int], length: Int, colour: Int, title: String) -> HTML {
        let high = Double(max(values.max() ?? 0, 4))
        let padded = [Int](repeating: 0, count: max(0, length - values.count)) + values.suffix(length)
        let points = padded.enumerated().map { index, value in
            "\(Show.number(200 * Double(index) / Double(max(1, length - 1)), decimals: 1)) \(Show.number(40 - 36 * Double(value) / high, decimals: 1))"
        }
        return """
            <svg class="chart sparkline" viewBox="0 0 200 42" preserveAspectRatio="none" role="img" aria-label="\(title)"><path class="flow f\(colour)" d="M0 42 L\(points.joined(separator: " ")) L200 42 Z"/></svg>
            """
    }
}

/// How answer times are spread: one bar for each bucket, as high as its part.
enum LatencyBars {
    static func svg(_ counts: [Int], bounds: [Int], title: String) -> HTML {
        let most = Double(max(counts.max() ?? 0, 1)), width = 12.0
        let bars = counts.enumerated().map { index, count -> HTML in
            let bound = index < bounds.count ? bounds[index] : Int.max
            let tone: Tone = bound <= 100_000 ? .good : bound <= 1_000_000 ? .fair : .poor
            let height = count == 0 ? 1.0 : max(3, 44 * Double(count) / most)
            let kind: StaticString = count == 0 ? "track" : "fill"
            return """
                <rect class="\(raw: kind) \(raw: tone.name)" x="\(Show.number(Double(index) * width, decimals: 1))" y="\(Show.number(48 - height, decimals: 1))" width="10" height="\(Show.number(height, decimals: 1))" rx="2"><title>\(index < bounds.count ? "up to \(time(bound))" : "longer"): \(Show.count(count))</title></rect>
                """
        }
        return """
            <svg class="chart latency" viewBox="0 0 \(Int(width) * max(1, counts.count)) 48" preserveAspectRatio="none" role="img" aria-label="\(title)">\(bars)</svg>
            """
    }

    /// 250 µs, 25 ms, 2.5 s
    static func time(_ microseconds: Int) -> String {
        if microseconds < 1000 { return "\(microseconds) µs" }
        if microseconds < 1_000_000 { return "\(Show.number(Double(microseconds) / 1000, decimals: 1)) ms" }
        return "\(Show.number(Double(microseconds) / 1_000_000, decimals: 1)) s"
    }
}
