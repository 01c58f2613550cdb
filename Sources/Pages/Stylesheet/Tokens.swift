// Design tokens: the type scale, the spacing scale and every colour, light and dark side by side.

extension Stylesheet {
    /// Text colours hold 4.5:1 against the surfaces they are used on (WCAG 2.2 1.4.3), marks and borders of controls 3:1 (1.4.11).
    static let tokens = #"""
    :root{color-scheme:light dark;
    --paper:light-dark(#f4f6f7,#0e1417);--surface:light-dark(#fff,#161e22);--raised:light-dark(#fff,#1c262b);--sunken:light-dark(#edf1f2,#11191d);
    --line:light-dark(#dbe2e5,#2a363c);--line-strong:light-dark(#7d8c93,#7f929b);
    --ink:light-dark(#14212a,#e8eef0);--ink-2:light-dark(#44545d,#b4c2c8);--ink-3:light-dark(#5b6a72,#94a5ad);
    --accent:light-dark(#0a6470,#63ccd6);--accent-strong:light-dark(#084f59,#8adde5);--accent-ink:light-dark(#fff,#06262b);--accent-soft:light-dark(#e0f1f3,#12343a);
    --good:light-dark(#17693a,#6fd297);--good-soft:light-dark(#e2f4e8,#12301f);
    --fair:light-dark(#7a5200,#f0c05a);--fair-soft:light-dark(#fdf0d3,#35290d);
    --poor:light-dark(#a8261c,#ff9d90);--poor-soft:light-dark(#fde8e5,#3d1815);
    --info:light-dark(#1d4f91,#92bdf7);--info-soft:light-dark(#e5eefb,#152a45);
    --plain:light-dark(#4b5a62,#a9b8bf);--plain-soft:light-dark(#e9eef0,#222d33);
    --good-mark:light-dark(#2c9a5b,#4db57f);--fair-mark:light-dark(#c98d10,#e0ac3c);--poor-mark:light-dark(#d24a3c,#f0796b);--info-mark:light-dark(#3f7fd6,#6fa4ec);--plain-mark:light-dark(#82949d,#74868f);
    --side:light-dark(#0c3038,#0b1a1f);--side-ink:#d9eaed;--side-ink-2:#9fc0c6;--side-on:light-dark(#17505b,#17343b);
    --shadow:0 1px 2px light-dark(rgb(16 42 50/.07),rgb(0 0 0/.4)),0 4px 16px light-dark(rgb(16 42 50/.05),rgb(0 0 0/.25));
    --s1:.25rem;--s2:.5rem;--s3:.75rem;--s4:1rem;--s5:1.5rem;--s6:2rem;--s7:3rem;
    --t-small:.8125rem;--t-note:.875rem;--t-body:1rem;--t-large:1.125rem;--t-title:1.375rem;--t-page:1.75rem;--t-figure:2rem;
    --r1:.375rem;--r2:.75rem;--r3:1rem;
    --font:ui-sans-serif,system-ui,-apple-system,"Segoe UI","Inter","Noto Sans","Liberation Sans",Roboto,"Helvetica Neue",Arial,sans-serif;
    --mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
    :root[data-theme=light]{color-scheme:light}
    :root[data-theme=dark]{color-scheme:dark}
    """#

    /// Elements as they are without a class.
    static let base = #"""
    *,::before,::after{box-sizing:border-box}
    html{font:100%/1.55 var(--font);background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%;scroll-padding:5rem 0 6rem;scrollbar-gutter:stable}
    body{margin:0;min-height:100dvh;overflow-wrap:break-word}
    h1,h2,h3,p,ul,ol,dl,dd,figure,fieldset{margin:0;padding:0}
    h1{font-size:var(--t-page);line-height:1.2;font-weight:680;letter-spacing:-.02em;text-wrap:balance}
    h2{font-size:var(--t-large);line-height:1.3;font-weight:650;letter-spacing:-.01em}
    h3{font-size:var(--t-body);font-weight:650}
    p{text-wrap:pretty;max-width:44rem}
    a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:.18em}
    a:hover{color:var(--accent-strong);text-decoration-thickness:2px}
    code,kbd,samp{font-family:var(--mono);font-size:.92em}
    pre{font:var(--t-note)/1.5 var(--mono);white-space:pre-wrap;background:var(--sunken);padding:var(--s4);border-radius:var(--r1);margin:0}
    hr{border:0;border-top:1px solid var(--line);margin:0}
    svg{display:block}
    time{white-space:nowrap}
    :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:var(--r1)}
    ::selection{background:var(--accent);color:var(--accent-ink)}
    [hidden]{display:none!important}
    .visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    .muted{color:var(--ink-3)}.note{color:var(--ink-3);font-size:var(--t-note)}.figures{font-variant-numeric:tabular-nums}.nowrap{white-space:nowrap}
    .lead{color:var(--ink-2);font-size:var(--t-large);line-height:1.45}
    @media (prefers-reduced-motion:no-preference){a,button,.button,.tile{transition:background-color .12s,border-color .12s,color .12s,box-shadow .12s}}
    """#
}
