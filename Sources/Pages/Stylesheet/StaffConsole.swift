// The staff console: views above the queue, the filter folded away, a choice with its button beside it.

extension Stylesheet {
    static let staffConsole = #"""
    .beside{display:flex;flex-wrap:wrap;gap:var(--s2)}.beside select{flex:1 1 12rem;width:auto}
    .field .hint a{display:inline-block;min-height:1.5rem}
    .views{display:flex;flex-wrap:wrap;gap:var(--s2) var(--s4);align-items:center}.views>a{display:inline-flex;min-height:1.5rem;align-items:center}
    .narrow>summary{width:fit-content;padding:.35rem 0;color:var(--accent)}.table td a.button{display:inline-flex}
    .narrow .actions{grid-column:1/-1}
    """#
}
