// Cards, buttons, badges, banners, figures: the pieces pages are put together from.

extension Stylesheet {
    static let components = #"""
    .card{background:var(--surface);border:1px solid var(--line);border-radius:var(--r2);box-shadow:var(--shadow)}
    .card>header{display:flex;flex-wrap:wrap;gap:var(--s2) var(--s4);align-items:center;justify-content:space-between;padding:var(--s4) var(--s5) 0}
    .card>header a{font-size:var(--t-note);display:inline-flex;min-height:1.5rem;align-items:center}
    .card>.body{padding:var(--s4) var(--s5) var(--s5)}
    .card>.body>*+*{margin-top:var(--s4)}
    .card>.table-wrap{padding-top:var(--s2)}
    .card>.body>ul{padding-left:1.2rem}
    .card>footer{padding:var(--s3) var(--s5);border-top:1px solid var(--line);font-size:var(--t-note);color:var(--ink-3)}
    .grid{display:grid;gap:var(--s5);grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));align-items:start}
    .split{display:grid;gap:var(--s5);grid-template-columns:minmax(0,1fr) 19rem;align-items:start}
    .split>*{min-width:0}.stack{display:grid;grid-template-columns:minmax(0,1fr);gap:var(--s5);min-width:0}.stack.tight{gap:var(--s3)}
    @media (max-width:72rem){.split{grid-template-columns:minmax(0,1fr)}}
    .button{display:inline-flex;align-items:center;justify-content:center;gap:var(--s2);min-height:2.75rem;padding:.5rem 1.125rem;border-radius:var(--r1);border:1px solid var(--line-strong);background:var(--surface);color:var(--ink);font:inherit;font-weight:600;font-size:.9375rem;line-height:1.2;text-decoration:none;cursor:pointer}
    .button:hover{background:var(--sunken);color:var(--ink)}
    .button.primary{background:var(--accent);border-color:var(--accent);color:var(--accent-ink)}
    .button.primary:hover{background:var(--accent-strong);border-color:var(--accent-strong);color:var(--accent-ink)}
    .button.danger{border-color:var(--poor);color:var(--poor)}
    .button.danger:hover{background:var(--poor-soft)}
    .button.small{min-height:2.25rem;padding:.25rem .75rem;font-size:var(--t-note)}
    .button.wide{width:100%}
    .button svg{width:1.125rem;height:1.125rem;flex:none}
    .actions{display:flex;flex-wrap:wrap;gap:var(--s3);align-items:center}
    .badge{display:inline-flex;align-items:center;gap:.4em;padding:.1em .65em .1em .55em;border-radius:1rem;font-size:var(--t-small);font-weight:600;line-height:1.5;max-width:100%;background:var(--plain-soft);color:var(--plain)}
    .badge::before,.key::before{content:"";width:.62em;height:.62em;background:currentColor;flex:none;clip-path:inset(42% 5%)}
    .good{background:var(--good-soft);color:var(--good)}.badge.good::before,.key.good::before{clip-path:circle(50%)}
    .fair{background:var(--fair-soft);color:var(--fair)}.badge.fair::before,.key.fair::before{clip-path:polygon(50% 4%,100% 96%,0 96%)}
    .poor{background:var(--poor-soft);color:var(--poor)}.badge.poor::before,.key.poor::before{clip-path:polygon(50% 0,100% 50%,50% 100%,0 50%)}
    .info{background:var(--info-soft);color:var(--info)}.badge.info::before,.key.info::before{clip-path:inset(8%)}
    .key{display:inline-flex;align-items:center;gap:.4em;font-size:var(--t-small);background:none}
    .banner{display:grid;grid-template-columns:auto 1fr;gap:var(--s3);padding:var(--s4);border-radius:var(--r2);border:1px solid currentColor;background:var(--info-soft);color:var(--info)}
    .banner>svg{width:1.375rem;height:1.375rem;margin-top:.1rem}
    .banner div,.banner p,.banner li{color:var(--ink)}
    .banner h2{font-size:var(--t-body)}.banner ul{padding-left:1.2rem;margin-top:var(--s1)}.banner a{color:inherit;display:inline-block;min-height:1.5rem}
    .banner.good{background:var(--good-soft);color:var(--good)}.banner.fair{background:var(--fair-soft);color:var(--fair)}.banner.poor{background:var(--poor-soft);color:var(--poor)}
    .stats{display:grid;gap:var(--s4);grid-template-columns:repeat(auto-fit,minmax(min(100%,6.5rem),1fr))}
    .stat{background:var(--surface);border:1px solid var(--line);border-radius:var(--r2);padding:var(--s4) var(--s5);box-shadow:var(--shadow)}
    .stat dt{font-size:var(--t-note);color:var(--ink-3)}
    .stat dd{font-size:var(--t-figure);font-weight:680;letter-spacing:-.02em;line-height:1.2;font-variant-numeric:tabular-nums}
    .stat small{display:block;font-size:var(--t-small);font-weight:400;letter-spacing:0;color:var(--ink-3);line-height:1.4}
    .tile{display:grid;grid-template-columns:auto 1fr;gap:0 var(--s3);align-items:center;padding:var(--s4);border:1px solid var(--line);border-radius:var(--r2);background:var(--surface);color:var(--ink);text-decoration:none;box-shadow:var(--shadow)}
    .tile:hover{border-color:var(--accent);color:var(--ink)}
    .tile svg{width:2.5rem;height:2.5rem;padding:.5rem;border-radius:var(--r1);background:var(--accent-soft);color:var(--accent);grid-row:span 2}
    .tile b{font-weight:650}.tile span{font-size:var(--t-note);color:var(--ink-3)}
    .empty{display:grid;justify-items:center;text-align:center;gap:var(--s3);padding:var(--s6) var(--s4)}
    .empty svg{width:3.5rem;height:3.5rem;padding:.875rem;border-radius:50%;background:var(--accent-soft);color:var(--accent)}
    .empty h1{font-size:var(--t-title)}
    .empty p{color:var(--ink-2);max-width:30rem}
    .empty .actions{justify-content:center}
    .facts{display:grid;grid-template-columns:minmax(6rem,auto) 1fr;gap:var(--s2) var(--s5)}
    .facts dt{color:var(--ink-3);font-size:var(--t-note);padding-top:.1rem}.facts dd{min-width:0}
    .list{list-style:none}.list>li{padding:var(--s3) var(--s5);display:flex;gap:var(--s2) var(--s4);align-items:center;flex-wrap:wrap}
    .list>li+li{border-top:1px solid var(--line)}
    .list .grow{flex:1 1 12rem;min-width:0}.list .grow>a{font-weight:600;display:inline-block;max-width:100%;overflow-wrap:anywhere;min-height:1.5rem;text-decoration-color:transparent}.list .grow>a:hover{text-decoration-color:currentColor}
    .thread{display:grid;grid-template-columns:minmax(0,1fr);gap:var(--s4);list-style:none}
    .message{background:var(--surface);border:1px solid var(--line);border-radius:var(--r2);padding:var(--s4) var(--s5);box-shadow:var(--shadow)}
    .message>header{display:flex;flex-wrap:wrap;gap:var(--s1) var(--s3);align-items:baseline;font-size:var(--t-note);color:var(--ink-3);margin-bottom:var(--s2)}
    .message>header b{color:var(--ink);font-size:var(--t-body)}
    .message.staff{background:var(--accent-soft);border-color:transparent;margin-left:clamp(0rem,4vw,3rem)}
    .message.event{background:none;border:0;box-shadow:none;padding:0 var(--s5);font-size:var(--t-note);color:var(--ink-3)}
    .prose{white-space:pre-wrap;overflow-wrap:anywhere}
    .tabs{display:flex;flex-wrap:wrap;gap:var(--s2);list-style:none}
    .tabs a{display:inline-flex;align-items:center;gap:.4em;min-height:2.25rem;padding:0 .9rem;border-radius:2rem;border:1px solid var(--line);background:var(--surface);color:var(--ink-2);text-decoration:none;font-size:var(--t-note);font-weight:550}
    .tabs a:hover{border-color:var(--accent)}
    .tabs a[aria-current]{background:var(--accent);border-color:var(--accent);color:var(--accent-ink)}
    .phone{max-width:21rem;border:.6rem solid var(--side);border-radius:2rem;background:var(--paper);padding:var(--s4) var(--s3);display:grid;gap:var(--s3);align-content:start}
    .phone h2{text-align:center;font-size:var(--t-note)}
    .bubble{background:var(--plain-soft);color:var(--ink);border-radius:1.1rem 1.1rem 1.1rem .25rem;padding:var(--s2) var(--s3);overflow-wrap:anywhere;font-size:.9375rem}
    .bubble+.note{margin-top:calc(-1*var(--s2))}
    progress,meter{width:100%;height:.6rem;accent-color:var(--accent)}
    """#
}
