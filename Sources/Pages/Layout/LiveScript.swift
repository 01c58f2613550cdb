// The script's part for pages that show what is happening: parts of the page are fetched again when the server says that there is news.

extension Script {
    static let live = #"""
    (() => {
      "use strict";
      const live = document.querySelector("[data-events]");
      if (!live || !window.EventSource) return;
      const said = document.createElement("div");
      said.className = "news";
      said.setAttribute("role", "status");
      live.before(said);
      const busy = part => (part.contains(document.activeElement) && document.activeElement.matches("a,input,select,textarea,button,summary")) || part.querySelector("input:checked,details[open]");
      let source = null, seen = null, asking = false, again = false;

      // The parts as they are now; what somebody is using is left alone, and said so.
      const refresh = async () => {
        if (asking) { again = true; return; }
        asking = true;
        try {
          const answer = await fetch(location.href, {headers: {Accept: "text/html"}});
          if (answer.redirected) { location.reload(); return; }
          if (!answer.ok) return;
          const next = new DOMParser().parseFromString(await answer.text(), "text/html");
          const known = new Set([...document.querySelectorAll("[data-part] [id]")].map(one => one.id));
          let left = false, news = [];
          for (const part of document.querySelectorAll("[data-part]")) {
            const fresh = next.getElementById(part.id);
            if (!fresh) continue;
            if (busy(part)) { left = true; continue; }
            part.replaceChildren(...fresh.childNodes);
            part.dispatchEvent(new CustomEvent("part", {bubbles: true}));
            news = news.concat([...part.querySelectorAll(".message[id]")].filter(one => !known.has(one.id)));
          }
          for (const one of news) one.classList.add("fresh");
          // What has been on the page for a while has been seen: an answer sent then answers that, too. Before, the answer is held up once.
          const form = document.querySelector("form input[name=seen]"), told = next.querySelector("form input[name=seen]");
          if (form && told && !left) setTimeout(() => { form.value = told.value; }, 4000);
          said.replaceChildren();
          if (left) {
            const link = document.createElement("a");
            link.href = location.href;
            link.textContent = "Show it";
            said.append("Something has changed here. ", link);
          } else if (news.length) {
            const link = document.createElement("a");
            link.href = "#" + news[news.length - 1].id;
            link.textContent = (news[news.length - 1].querySelector("header b") || link).textContent + " wrote just now";
            said.append(link);
          }
        } catch { /* The next news asks again. */ } finally {
          asking = false;
          if (again) { again = false; refresh(); }
        }
      };

      // Who else is here, as far as it is anybody's to know.
      const presence = document.getElementById("presence");
      const show = state => {
        if (!presence || !state.here) return;
        const writing = new Set(state.writing), lines = [];
        const here = state.here.filter(name => !writing.has(name));
        const list = names => names.join(", ") + (names.length === 1 ? " is" : " are");
        if (state.writing.length) lines.push(list(state.writing) + " writing on this ticket too.");
        if (here.length) lines.push(list(here) + " looking at this ticket, too.");
        presence.replaceChildren();
        presence.className = lines.length ? "banner info" : "";
        for (const line of lines) { const p = document.createElement("p"); p.textContent = line; presence.append(p); }
      };

      const open = () => {
        if (source) return;
        source = new EventSource(live.dataset.events);
        source.addEventListener("gone", () => {
          source.close();
          const link = document.createElement("a");
          link.href = location.href;
          link.textContent = "Look again";
          said.replaceChildren("This was deleted, or you are not signed in any more. ", link);
        });
        source.onmessage = event => {
          const state = JSON.parse(event.data);
          show(state);
          const key = state.version === undefined ? event.data : state.version + " " + state.last_reply;
          // The first word says how things stand; the page came a moment before, unless it waited in another tab.
          if (seen !== null && key !== seen) refresh();
          seen = key;
        };
        source.onerror = () => { if (source && source.readyState === EventSource.CLOSED) { source = null; } };
      };
      const close = () => { if (source) { source.close(); source = null; } };
      document.addEventListener("visibilitychange", () => document.hidden ? close() : open());
      window.addEventListener("pagehide", close);
      window.addEventListener("pageshow", event => { if (event.persisted) open(); });
      if (!document.hidden) open();
    })();
    """#
}
