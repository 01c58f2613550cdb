// The community: posts as people read them, tags, comments.

extension Stylesheet {
    static let community = #"""
    .post>*+*{margin-top:var(--s2)}.post h2{font-size:var(--t-title)}.post h2 a{color:var(--ink);text-decoration:none;min-height:1.5rem;display:inline-block}.post h2 a:hover{color:var(--accent);text-decoration:underline}.post p{color:var(--ink-2)}
    .tags{list-style:none;display:flex;flex-wrap:wrap;gap:var(--s2)}
    .tag{display:inline-flex;align-items:center;min-height:1.5rem;padding:0 .625rem;border-radius:1rem;background:var(--accent-soft);color:var(--accent);font-size:var(--t-small);font-weight:600;text-decoration:none}
    .tag:hover{text-decoration:underline}.tag[aria-current]{background:var(--accent);color:var(--accent-ink)}
    .rich{max-width:44rem;font-size:1.0625rem;line-height:1.65;overflow-wrap:anywhere}.rich>*+*{margin-top:var(--s4)}.rich h2{margin-top:var(--s6)}.rich h3,.rich h4{margin-top:var(--s5)}
    .rich ul,.rich ol{padding-left:1.5rem}.rich li+li{margin-top:var(--s2)}.rich blockquote{margin:0;padding-left:var(--s4);border-left:3px solid var(--accent);color:var(--ink-2)}.rich pre{overflow-x:auto}.rich a{display:inline}
    .means{display:flex;flex-wrap:wrap;gap:var(--s2) var(--s4);align-items:flex-start;margin-top:var(--s3);font-size:var(--t-note)}.means details[open]{flex:1 1 100%}.means .linklike,.means summary{min-height:1.5rem;font-weight:500}
    .reasons{padding-left:1.2rem;color:var(--poor);margin-top:var(--s2)}
    """#
}
