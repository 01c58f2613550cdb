// Announcements: the strip above every page, their list, and the bars that show how far one has come.

extension Stylesheet {
    static let announcements = #"""
    .tellings{display:grid}
    .told{display:flex;flex-wrap:wrap;gap:var(--s2) var(--s3);align-items:center;padding:var(--s2) clamp(1rem,3.5vw,3rem);border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent);box-shadow:inset 4px 0 0 currentColor}
    .told>svg{width:1.25rem;height:1.25rem;flex:none}
    .told p{flex:1 1 14rem;min-width:0;color:var(--ink);max-width:none;font-size:.9375rem;line-height:1.4}
    .told p b{color:var(--ink)}.told p>b:first-child::after{content:" \B7" / ""}
    .told p a{color:inherit;font-weight:600;display:inline-block;min-height:1.5rem}.told p span{color:var(--ink-2);font-size:var(--t-note)}
    .told .button{background:var(--surface)}
    .told-more{padding:var(--s1) clamp(1rem,3.5vw,3rem);font-size:var(--t-note);background:var(--sunken);max-width:none}.told-more a{display:inline-flex;min-height:1.5rem;align-items:center}
    .announcements{list-style:none;display:grid;gap:var(--s4)}
    .announcements .body>*+*{margin-top:var(--s2)}
    .announcements h2 a{text-decoration-color:transparent;display:inline-block;min-height:1.5rem}.announcements h2 a:hover{text-decoration-color:currentColor}
    .marks{display:flex;flex-wrap:wrap;gap:var(--s2)}
    .when{display:flex;gap:var(--s2);align-items:center;font-weight:550;font-size:.9375rem}.when svg{width:1.125rem;height:1.125rem;color:var(--ink-3);flex:none}
    .gist{color:var(--ink-2);overflow-wrap:anywhere}.meta{display:flex;flex-wrap:wrap;gap:var(--s1) var(--s4)}
    .text>*+*{margin-top:var(--s4)}.text{overflow-wrap:anywhere;line-height:1.6}.text a{display:inline-block;min-height:1.5rem;max-width:100%}
    .reach{display:grid;gap:.2rem;min-width:6rem}.reach svg{height:.5rem;border-radius:1rem;overflow:hidden;max-width:none}
    .reach .figures{font-size:var(--t-small)}.lost{color:var(--poor);font-weight:600}
    @media (max-width:44rem){.reach{flex:0 1 9rem;text-align:right}.told p span{display:none}.told .button{width:100%}.told form{flex:1 1 100%}}
    """#
}
