// A measure over time as inline SVG: the bands behind, the line in front, the figures in a table beside it.
import Assessments
import Wire

/// What one chart of a measure shows; values already in the unit they are shown in.
struct TrendChart {
    struct Point {
        var taken: Timestamp
        var value: Double
        var text: String
        var tone: Tone
        var category: String?
    }
    struct Band {
        var lower: Double?
        var upper: Double?
        var name: String
        var tone: Tone
    }

    var name: String
    var unit: String
    var points: [Point]
    var bands: [Band] = []

    private let width = 480.0, height = 220.0
    private let left = 46.0, right = 12.0, top = 14.0, bottom = 30.0

    init(name: String, unit: String, points: [Point], bands: [Band]) {
        (self.name, self.unit, self.points, self.bands) = (name, unit, points, bands)
    }

    /// Lowest, highest and step of the vertical scale: round figures around the values.
    private var scale: (low: Double, high: Double, step: Double) {
        let values = points.map(\.value)
        var low = values.min() ?? 0, high = values.max() ?? 1
        // A straight line still deserves some room, and the nearest limits give the figures a meaning.
        let room = max((high - low) * 0.25, max(abs(high), 1) * 0.06)
        (low, high) = (max(low - room, low >= 0 ? 0 : -.infinity), high + room)
        let limits = bands.compactMap(\.lower)
        if let below = limits.filter({ $0 <= low }).max(), low - below < (high - low) * 1.5 { low = below - (high - low) * 0.12 }
        if let above = limits.filter({ $0 >= high }).min(), above - high < (high - low) * 1.5 { high = above + (high - low) * 0.12 }
        let raw = (high - low) / 4
        var step = 1.0
        while step > raw { step /= 10 }
        while step * 10 <= raw { step *= 10 }
        for factor in [1.0, 2, 5, 10] where step * factor >= raw { step *= factor; break }
        return ((low / step).rounded(.down) * step, (high / step).rounded(.up) * step, step)
    }

    func svg(id: String) -> HTML {
        let (low, high, step) = scale
        let first = points.first?.taken.milliseconds ?? 0, last = points.last?.taken.milliseconds ?? 1
        func x(_ point: Point) -> Double {
            guard last > first else { return (left + width - right) / 2 }
            return left + 14 + (width - left - right - 28) * Double(point.taken.milliseconds - first) / Double(last - first)
        }
        func y(_ value: Double) -> Double { height - bottom - (height - top - bottom) * (min(max(value, low), high) - low) / (high - low) }
        let n = { (value: Double) in Show.number(value, decimals: 1) }

        let areas = bands.compactMap { band -> HTML? in
            let upper = y(band.upper ?? high), lower = y(band.lower ?? low)
            guard lower - upper > 0.5 else { return nil }
            return "<rect class=\"band \(raw: band.tone.name)\" x=\"\(n(left))\" y=\"\(n(upper))\" width=\"\(n(width - left - right))\" height=\"\(n(lower - upper))\"><title>\(band.name)</title></rect>"
        }
        var ticks: [HTML] = []
        var tick = low
        while tick <= high + step / 2 {
            ticks.append("<path class=\"axis\" d=\"M\(n(left)) \(n(y(tick)))H\(n(width - right))\"/><text x=\"\(n(left - 8))\" y=\"\(n(y(tick) + 4))\" text-anchor=\"end\">\(Show.number(tick))</text>")
            tick += step
        }
        let line = points.enumerated().map { "\($0.offset == 0 ? "M" : "L")\(n(x($0.element))) \(n(y($0.element.value)))" }.joined()
        let dots = points.enumerated().map { index, point -> HTML in
            let newest = index == points.count - 1
            return "<circle class=\"dot\(" last", if: newest)\" cx=\"\(n(x(point)))\" cy=\"\(n(y(point.value)))\" r=\"\(newest ? "5.5" : "4.5")\"><title>\(point.taken.date.text): \(point.text) \(unit)</title></circle>"
        }
        var labels: [HTML] = []
        if let newest = points.last {
            let above = y(newest.value) > top + 24
            labels.append("<text class=\"label\" x=\"\(n(x(newest)))\" y=\"\(n(y(newest.value) + (above ? -11 : 22)))\" text-anchor=\"\(points.count > 1 ? "end" : "middle")\">\(newest.text) \(unit)</text>")
            labels.append("<text x=\"\(n(x(newest)))\" y=\"\(n(height - 10))\" text-anchor=\"\(points.count > 1 ? "end" : "middle")\">\(newest.taken.date.text)</text>")
        }
        if points.count > 1, let oldest = points.first {
            labels.append("<text x=\"\(n(left))\" y=\"\(n(height - 10))\">\(oldest.taken.date.text)</text>")
        }
        return """
            <svg class="chart" viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-labelledby="\(id)-t \(id)-d"><title id="\(id)-t">\(name) over time</title><desc id="\(id)-d">\(description)</desc>\(areas)\(ticks)<path class="line" d="\(line)"/>\(dots)\(labels)</svg>\(legend(low, high))
            """
    }

    /// The bands in sight, each with its limits: words beside the colours.
    private func legend(_ low: Double, _ high: Double) -> HTML {
        let seen = bands.filter { ($0.lower ?? low) < high && ($0.upper ?? high) > low }.map { band -> HTML in
            let limits = switch (band.lower, band.upper) {
            case (nil, let upper?): "to \(Show.number(upper, decimals: 1))"
            case (let lower?, nil): "from \(Show.number(lower, decimals: 1))"
            case (let lower?, let upper?): "\(Show.number(lower, decimals: 1)) to \(Show.number(upper, decimals: 1))"
            case (nil, nil): ""
            }
            return "<li><span class=\"badge \(raw: band.tone.name)\">\(band.name)</span> <span class=\"figures muted\">\(limits)</span></li>"
        }
        return seen.isEmpty ? .empty : "<ul class=\"legend-row\" aria-label=\"Bands\">\(seen)</ul>"
    }

    /// The chart in words.
    var description: String {
        guard let first = points.first, let last = points.last else { return "No values yet." }
        guard points.count > 1 else { return "One value: \(first.text) \(unit) on \(first.taken.date.text)." }
        let change = last.value - first.value
        let way = abs(change) < 1e-9 ? "unchanged" : change > 0 ? "up \(Show.number(change, decimals: 1))" : "down \(Show.number(-change, decimals: 1))"
        let category = last.category.map { ", \($0)" } ?? ""
        return "\(points.count) values from \(first.text) to \(last.text) \(unit), \(way) between \(first.taken.date.text) and \(last.taken.date.text)\(category)."
    }

    /// The same figures as a table, for whoever wants figures.
    var table: HTML {
        let rows = points.reversed().map { point -> [HTML] in
            [.date(point.taken), "\(point.text) \(unit)", point.category.map { Component.badge($0, point.tone) } ?? .empty]
        }
        return Component.table(caption: "\(name), newest first", columns: [.init("Date"), .init("Value", numeric: true), .init("Category")], rows: rows, small: true)
    }

    /// A line as small as a word.
    static func spark(_ values: [Double]) -> HTML {
        guard values.count > 1, let low = values.min(), let high = values.max() else { return .empty }
        let span = max(high - low, 1e-9)
        let points = values.enumerated().map { index, value in
            let x = 4 + 104 * Double(index) / Double(values.count - 1), y = 27 - 22 * (value - low) / span
            return (x: Show.number(x, decimals: 1), y: Show.number(high == low ? 16 : y, decimals: 1))
        }
        let line = points.enumerated().map { "\($0.offset == 0 ? "M" : "L")\($0.element.x) \($0.element.y)" }.joined()
        return "<svg class=\"chart spark\" viewBox=\"0 0 112 32\" aria-hidden=\"true\"><path class=\"line\" d=\"\(line)\"/><circle class=\"last\" cx=\"\(points.last?.x)\" cy=\"\(points.last?.y)\" r=\"3.5\"/></svg>"
    }
}
