// The staff console: views above the queue, the filter folded away, a choice with its button beside it.

extension Stylesheet {
    static let staffConsole = #"""
    .beside{display:flex;flex-wrap:wrap;gap:var(--s2)}.beside select{flex:1 1 12rem;width:auto}
    .field .hint a{display:inline-block;min-height:1.5rem}
    .views{display:flex;flex-wrap:wrap;gap:var(--s2) var(--s4);align-items:center}.views>a{display:inline-flex;min-height:1.5rem;align-items:center}
    .narrow>summary{width:fit-content;padding:.35rem 0;color:var(--accent)}.table td a.button{display:inline-flex}
    .picked{display:flex;gap:var(--s3);align-items:flex-start;text-align:left}.picked>input{margin-top:.1rem}
    .bulk{border-top:1px solid var(--line);padding:var(--s3) var(--s5)}.bulk>summary{display:inline-flex;align-items:center;gap:var(--s2);min-height:2.25rem;color:var(--accent)}.bulk .actions{grid-column:1/-1}
    .pickall{display:flex;gap:var(--s3);align-items:center;min-height:2.25rem;padding:var(--s2) var(--s5) 0;font-size:var(--t-note)}
    .outcomes{padding-left:1.2rem}.outcomes>li+li{margin-top:var(--s2)}
    .narrow .actions{grid-column:1/-1}
    """#
}
