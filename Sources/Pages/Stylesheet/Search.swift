// The search box above every page, and what it finds.

extension Stylesheet {
    static let search = #"""
    .seek{position:relative;display:flex;padding:var(--s4) clamp(1rem,3.5vw,3rem) 0;max-width:76rem;margin-bottom:var(--s3)}.seek+main{margin-top:calc(-2*var(--s3))}
    .seek svg{position:absolute;left:calc(clamp(1rem,3.5vw,3rem) + .875rem);top:calc(var(--s4) + .8125rem);width:1.125rem;height:1.125rem;color:var(--ink-3);pointer-events:none}
    .seek input{flex:0 1 30rem;min-width:0;min-height:2.75rem;padding:.5rem 2.5rem .5rem 2.625rem;border:1px solid var(--line-strong);border-radius:2rem;background:var(--surface);color:var(--ink);font:inherit;text-overflow:ellipsis}
    .seek input::placeholder{color:var(--ink-3);opacity:1}
    .seek button:focus{position:static;width:auto;height:auto;clip-path:none;margin-left:var(--s2)}
    .seek kbd{position:absolute;left:calc(clamp(1rem,3.5vw,3rem) + min(30rem,100% - 2*clamp(1rem,3.5vw,3rem)) - 2.5rem);top:calc(var(--s4) + .625rem);border:1px solid var(--line);border-radius:var(--r1);padding:0 .4rem;color:var(--ink-3);background:var(--sunken);font-size:var(--t-small);pointer-events:none}
    .seek input:focus~kbd,.seek input:not(:placeholder-shown)~kbd{display:none}
    .hits{list-style:none;padding:var(--s2) 0}
    .hits li{padding:var(--s3) var(--s5)}.hits li+li{border-top:1px solid var(--line)}
    .hits p{max-width:56rem;overflow-wrap:anywhere}.hits .note{margin-top:var(--s1)}
    .hit{display:flex;flex-wrap:wrap;gap:var(--s1) var(--s3);align-items:center;justify-content:space-between}
    .hit>a{font-weight:600;min-height:1.5rem;overflow-wrap:anywhere}
    mark{background:light-dark(#ffe9a8,#5a4608);color:inherit;border-radius:.2em;padding:0 .1em}
    @media (hover:none){.seek kbd{display:none}}
    @media (max-width:60rem){.seek{margin-bottom:var(--s2);padding-top:var(--s3)}.seek+main{margin-top:calc(-2*var(--s2))}.seek input{flex:1}.seek svg{top:calc(var(--s3) + .8125rem)}.seek kbd{display:none}.hits li{padding:var(--s3) var(--s4)}}
    """#
}
