// What other balancers gave a node, as far as it says more than chance: so that several balancers agree on who is busy.

/// Each balancer sends by its own exact counts, and those add up well by themselves; a node's report is a moment of a second
/// ago. Taken at its word, the noise of such moments would decide every pick of a quiet site. So only what a node has from
/// others beyond the least burdened, less half of the mean and two requests, counts: a slow node, a herd, many who stick.
enum ElsewhereLoad {
    /// `nodes`: thousandths of requests from elsewhere, and full share. Whole requests that count.
    static func counted(_ nodes: [(elsewhere: Int, share: Int)]) -> [Int] {
        let total = nodes.reduce(0) { $0 + $1.elsewhere }, shares = nodes.reduce(0) { $0 + $1.share }
        guard total >= 1000, shares > 0, let least = nodes.min(by: { $0.elsewhere * $1.share < $1.elsewhere * $0.share }) else { return nodes.map { _ in 0 } }
        return nodes.map { node in
            let usual = least.elsewhere * node.share / least.share, part = total * node.share / shares
            return max(0, node.elsewhere - usual - part / 2 - 2000) / 1000
        }
    }
}
