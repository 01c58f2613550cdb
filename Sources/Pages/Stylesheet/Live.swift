// Pictures of nodes at work: eight colours that follow a node through the page, and the pieces of its card.

extension Stylesheet {
    static let live = #"""
    :root{--f0:light-dark(#0d8391,#4fc3d0);--f1:light-dark(#c98d10,#e0ac3c);--f2:light-dark(#3f7fd6,#7fb0f0);--f3:light-dark(#c2417c,#ee86b4);--f4:light-dark(#2c9a5b,#5cc48b);--f5:light-dark(#7a5bd0,#a893f0);--f6:light-dark(#a8582c,#e59b6d);--f7:light-dark(#5b6a72,#94a5ad)}
    .f0{--flow:var(--f0)}.f1{--flow:var(--f1)}.f2{--flow:var(--f2)}.f3{--flow:var(--f3)}.f4{--flow:var(--f4)}.f5{--flow:var(--f5)}.f6{--flow:var(--f6)}.f7{--flow:var(--f7)}
    .chart .flow{fill:var(--flow);fill-opacity:.82;stroke:var(--surface);stroke-width:1}
    .flowing{max-width:none}.flowing text{font-size:12px;font-variant-numeric:tabular-nums}
    @media (max-width:44rem){.flowing text{font-size:30px}.flowing .minor{display:none}}
    .swatch{display:inline-block;width:.8em;height:.8em;border-radius:.25em;background:var(--flow);margin-right:.45em;vertical-align:-.05em}
    .nodes{display:grid;gap:var(--s5);grid-template-columns:repeat(auto-fill,minmax(min(100%,18.5rem),1fr))}
    .stat dd{white-space:nowrap}.stat dd small{white-space:normal}.node .rate{font-size:var(--t-note);color:var(--ink-2)}.node .rate b{font-size:var(--t-title);font-weight:680;color:var(--ink);letter-spacing:-.01em;font-variant-numeric:tabular-nums}
    .gauge{height:.5rem;max-width:none}.gauge .flow{stroke:none;fill-opacity:1}
    .sparkline{height:2.75rem;max-width:none}.sparkline .flow{stroke:none;fill-opacity:.55}
    .latency{height:3rem;max-width:none}
    .node figcaption{margin-top:var(--s1);font-variant-numeric:tabular-nums}.node figcaption b{color:var(--ink);font-weight:600}
    .node .facts{font-size:var(--t-note);gap:var(--s1) var(--s4);font-variant-numeric:tabular-nums}
    .node>.body>*+*{margin-top:var(--s3)}
    [data-live]{transition:opacity .3s}[data-live].stale{opacity:.45}
    """#
}
