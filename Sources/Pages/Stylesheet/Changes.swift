// Changes: the stepper of states, the risk matrix, the month.

extension Stylesheet {
    static let changes = #"""
    .steps{display:flex;flex-wrap:wrap;gap:var(--s2);list-style:none;font-size:var(--t-small)}
    .steps li{display:inline-flex;align-items:center;gap:.4em;padding:.25rem .75rem;border-radius:2rem;border:1px solid var(--line);color:var(--ink-3);background:var(--surface)}
    .steps .done{border-color:transparent;background:var(--good-soft);color:var(--good)}.steps .done::before{content:"\2713" / ""}
    .steps .now{border-color:var(--accent);background:var(--accent);color:var(--accent-ink);font-weight:650}
    .steps .off{border-color:transparent;background:var(--poor-soft);color:var(--poor);font-weight:650}
    .steps .ahead{border-style:dashed}
    .matrix{width:100%;table-layout:fixed;border-collapse:separate;border-spacing:2px;font-size:.6875rem}
    .matrix th{font-weight:600;color:var(--ink-3);text-align:left;padding:0}.matrix thead th{text-align:center;letter-spacing:-.01em}.matrix thead :first-child{width:24%}
    .matrix td{text-align:center;padding:.35rem .1rem;border-radius:var(--r1)}
    .matrix .here{outline:3px solid var(--ink);font-weight:700}
    .quote{display:flex;gap:var(--s3);align-items:center;flex-wrap:wrap}.quote b{font-size:var(--t-title)}
    .votes{margin-inline:calc(-1*var(--s5))}
    .month{width:100%;border-collapse:collapse;table-layout:fixed}
    .month th{font-size:var(--t-small);color:var(--ink-3);padding:var(--s2);text-align:left}
    .month td{vertical-align:top;height:6rem;border:1px solid var(--line);padding:var(--s1)}
    .month .other .num{color:var(--ink-3)}.month .other{background:var(--sunken)}
    .month .num{font-weight:600;font-size:var(--t-small)}.month .full{display:none}
    .month ul{list-style:none;display:grid;gap:var(--s1);font-size:var(--t-small);line-height:1.3}
    .month li{border-radius:var(--r1)}.month li>*{display:block;padding:var(--s1);color:inherit;text-decoration:none;overflow-wrap:anywhere;min-height:1.5rem}
    .month li>a:hover{text-decoration:underline}.month li .note{color:inherit;font-size:.75rem}.month .clash{text-transform:uppercase;font-size:.6875rem}
    @media (max-width:44rem){
    .month thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    .month,.month tbody,.month tr,.month td{display:block}
    .month td{height:auto;border:0;border-bottom:1px solid var(--line);padding:var(--s3) var(--s4)}
    .month .quiet{display:none}.month .full{display:inline}.month .num{display:none}.month .full{font-weight:600}}
    """#
}
