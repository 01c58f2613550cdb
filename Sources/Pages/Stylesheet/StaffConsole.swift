// The staff console: views above the queue, the filter folded away, a choice with its button beside it.

extension Stylesheet {
    static let staffConsole = #"""
    .beside{display:flex;flex-wrap:wrap;gap:var(--s2)}.beside select{flex:1 1 12rem;width:auto}
    .field .hint a{display:inline-block;min-height:1.5rem}
    .views{display:flex;flex-wrap:wrap;gap:var(--s2) var(--s4);align-items:center}.views>a{display:inline-flex;min-height:1.5rem;align-items:center}
    .narrow>summary{width:fit-content;padding:.35rem 0;color:var(--accent)}.table td a.button{display:inline-flex}
    .picked{display:flex;gap:var(--s3);align-items:flex-start;text-align:left}.picked>input{margin-top:.1rem}
    .bulk{border-top:1px solid var(--line);padding:var(--s3) var(--s5)}.bulk>summary{width:fit-content;padding:.35rem 0;color:var(--accent)}.bulk .actions{grid-column:1/-1}
    .pickall{display:flex;gap:var(--s3);align-items:center;min-height:2.25rem;padding:var(--s2) var(--s5);font-size:var(--t-note)}
    .clocks{display:flex;flex-wrap:wrap;gap:var(--s1) var(--s2)}
    .outcomes{padding-left:1.2rem}.outcomes>li+li{margin-top:var(--s2)}.outcomes a{display:inline-block;min-height:1.5rem}
    .keys{border:1px solid var(--line-strong);border-radius:var(--r2);background:var(--surface);color:var(--ink);padding:var(--s5);max-width:min(32rem,calc(100vw - 2rem));width:100%}.keys[open]{display:grid;gap:var(--s4)}
    .keys::backdrop{background:rgb(0 0 0/.5)}.keys .button{justify-self:start}
    .keys kbd{display:inline-block;min-width:1.6em;text-align:center;padding:0 .35em;border:1px solid var(--line-strong);border-bottom-width:2px;border-radius:var(--r1);background:var(--sunken)}
    form[data-note] textarea{background:var(--fair-soft);border-color:var(--fair)}
    .narrow .actions{grid-column:1/-1}
    """#
}
