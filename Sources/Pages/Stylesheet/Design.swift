// What only the page of the design system needs: samples of tokens. No colour is named here that is not a token.

extension Stylesheet {
    static let design: String = {
        let grounds = ["paper", "surface", "raised", "sunken", "ink", "ink-2", "ink-3", "accent"].map { ".c-\($0){background:var(--\($0))}" }
        let tones = ["good", "fair", "poor", "info", "plain"].map { ".soft-\($0){background:var(--\($0)-soft);color:var(--\($0))}" }
        let steps = (1...7).map { ".step.s\($0){width:var(--s\($0))}" }
        return #"""
            .scale{list-style:none;display:grid;gap:var(--s3) var(--s5);grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));margin-top:var(--s4)}
            .scale li{display:flex;gap:var(--s3);align-items:center;flex-wrap:wrap}
            .chip{width:3rem;height:2rem;border-radius:var(--r1);border:1px solid var(--line-strong);display:grid;place-items:center;font-weight:600}
            .step{height:1.25rem;background:var(--accent);border-radius:2px;flex:none}
            .t-page{font-size:var(--t-page);font-weight:680}.t-figure{font-size:var(--t-figure);font-weight:680}.t-large{font-size:var(--t-large)}
            .prose-list{padding-left:1.2rem;display:grid;gap:var(--s2)}
            """# + (grounds + tones + steps).joined()
    }()
}
