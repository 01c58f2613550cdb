// The status page: the verdict at the top, ninety bars a part, incidents with an edge in their colour.

extension Stylesheet {
    static let status = #"""
    .verdict{display:grid;grid-template-columns:auto 1fr;gap:var(--s4);align-items:center;padding:var(--s5);border-radius:var(--r3);border:1px solid currentColor}
    .verdict>svg{width:3rem;height:3rem;padding:.6rem;border-radius:50%;border:2px solid currentColor}
    .verdict h1{font-size:var(--t-title)}.verdict p{color:var(--ink-2)}
    .status-list{list-style:none}.status-list>li{padding:var(--s4) var(--s5);display:grid;gap:var(--s2)}.status-list>li+li{border-top:1px solid var(--line)}
    .status-head{display:flex;flex-wrap:wrap;gap:var(--s1) var(--s4);justify-content:space-between;align-items:start}.status-head>div{flex:1 1 14rem}
    .bars{width:100%;height:2.125rem}
    .bars .good{fill:var(--good)}.bars .fair{fill:var(--fair)}.bars .poor{fill:var(--poor)}.bars .plain{fill:var(--line)}
    .bars rect:hover{opacity:.6}
    .status-foot{display:flex;flex-wrap:wrap;justify-content:space-between;gap:var(--s1) var(--s3)}.status-foot .figures{order:0}@media (max-width:36rem){.status-foot .figures{order:1;flex-basis:100%}}.status-foot b{color:var(--ink);font-weight:600}
    .status-incident{border:1px solid var(--line);border-left:.35rem solid currentColor;border-radius:var(--r1);background:var(--surface);padding:var(--s3) var(--s4)}
    .status-incident h2{font-size:var(--t-body)}
    .status-incident h2,.status-incident h3,.status-incident p{color:var(--ink)}.status-incident .note{color:var(--ink-3)}.status-incident+.status-incident{margin-top:var(--s3)}
    """#
}
