// The script's part for support's keys: in the queue and on a ticket, for what the controls of the page do as well.
//
// Single letters are in the way of who speaks to their device or types by chance (WCAG 2.2 2.1.4): the list of keys turns them off.

extension Script {
    static let keys = #"""
    (() => {
      "use strict";
      const queue = document.querySelector("#tickets .picked") && document.getElementById("bulk"), answer = document.querySelector("form[data-answer]");
      if (!queue && !answer) return;
      const shown = element => element && element.offsetParent !== null;
      const center = element => { element.scrollIntoView({block: "center"}); element.focus({preventScroll: true}); };
      let place = -1;
      // Whatever has the focus is the place; else where it was.
      const step = (stops, by) => {
        const at = stops.findIndex(stop => stop.contains(document.activeElement) || (stop.closest("tr") || stop).contains(document.activeElement));
        if (at >= 0) place = at;
        place = Math.max(0, Math.min(stops.length - 1, place + by));
        if (stops[place]) center(stops[place]);
      };
      const links = () => [...document.querySelectorAll("#tickets tbody tr:not([hidden]) .picked a[href^='/tickets/']")];
      const row = () => { const all = links(), at = all.findIndex(link => link.closest("tr").contains(document.activeElement)); return all[at >= 0 ? at : place]; };
      const note = on => {
        answer.toggleAttribute("data-note", on);
        for (const button of answer.querySelectorAll("button:not([value=note]):not([value=draft]):not([value=insert])")) button.hidden = on;
        const label = answer.querySelector("label[for=f-body]");
        label.textContent = on ? "Internal note: only staff see it" : "Your message";
        center(answer.elements.body);
      };
      const keys = queue ? [
        ["j", "The next ticket", () => step(links(), 1)],
        ["k", "The ticket before", () => step(links(), -1)],
        ["o", "Open it, as Enter does", () => row()?.click()],
        ["r", "Open it to answer", () => { const link = row(); if (link) location.href = link.getAttribute("href") + "#f-body"; }],
        ["x", "Choose it, or no longer", () => row()?.closest("tr").querySelector("input[name=ticket]").click()],
        ["a", "Assign it to me", () => {
          const link = row();
          if (!link) return;
          const form = document.createElement("form");
          form.method = "post";
          form.action = link.getAttribute("href") + "/mine";
          for (const [name, value] of [["form_token", queue.elements.form_token.value], ["back", location.pathname + location.search]]) {
            const field = document.createElement("input");
            [field.type, field.name, field.value] = ["hidden", name, value];
            form.append(field);
          }
          document.body.append(form);
          form.requestSubmit();
        }],
      ] : [
        ["j", "The next message", () => step([...document.querySelectorAll(".thread > .message")], 1)],
        ["k", "The message before", () => step([...document.querySelectorAll(".thread > .message")], -1)],
        ["r", "Write an answer", () => note(false)],
        ["n", "Write an internal note; r makes it an answer again", () => note(true)],
        ["a", "Assign it to me", () => document.querySelector("form[data-mine] button")?.click()],
      ];
      if (answer && location.hash === "#f-body") answer.elements.body.focus();
      const reachable = () => { for (const message of document.querySelectorAll(".thread > .message")) message.tabIndex = -1; };
      if (answer) { reachable(); document.addEventListener("part", reachable); }

      const dialog = document.createElement("dialog"), list = document.createElement("dl"), heading = document.createElement("h2");
      const isOff = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
      heading.id = "keys-title";
      heading.textContent = "Keyboard shortcuts";
      dialog.className = "keys";
      dialog.setAttribute("aria-labelledby", "keys-title");
      list.className = "facts";
      for (const [key, words] of [...keys, ["/", "Search everything"], ["?", "This list"]]) {
        const term = document.createElement("dt"), sign = document.createElement("kbd"), text = document.createElement("dd");
        sign.textContent = key;
        text.textContent = words;
        term.append(sign);
        list.append(term, text);
      }
      const label = document.createElement("label"), box = document.createElement("input"), words = document.createElement("span"), close = document.createElement("button");
      label.className = "choice";
      box.type = "checkbox";
      box.checked = !isOff();
      words.textContent = "Use these keys in this browser. They never act while you type.";
      box.addEventListener("change", () => { try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch {} });
      label.append(box, words);
      close.type = "button";
      close.autofocus = true;
      close.className = "button";
      close.textContent = "Close";
      close.addEventListener("click", () => dialog.close());
      dialog.append(heading, list, label, close);
      const open = document.createElement("button");
      open.type = "button";
      open.className = "linklike";
      open.textContent = "Keyboard shortcuts";
      open.addEventListener("click", () => dialog.showModal());
      document.getElementById("content").append(dialog);
      document.querySelector(".foot")?.prepend(open);

      document.addEventListener("keydown", event => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || event.repeat && !"jk".includes(event.key)) return;
        if (dialog.open || isOff()) return;
        const target = event.target instanceof Element ? event.target.closest("input, textarea, select, [contenteditable]") : null;
        // A box that is ticked is not typed into.
        if (target && target.type !== "checkbox") return;
        if (event.key === "?") { event.preventDefault(); dialog.showModal(); return; }
        const key = keys.find(one => one[0] === event.key);
        if (!key) return;
        event.preventDefault();
        key[2]();
      });
    })();
    """#
}
