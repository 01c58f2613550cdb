// The one script: it makes pages nicer and nothing depends on it.

enum Script {
    static let text = #"""
    // Fitech: enhancement only. Every page works without this file.
    (() => {
      "use strict";
      const all = (selector, root = document) => [...root.querySelectorAll(selector)];

      // Times in the zone of the person's account, else the device's; the exact moment stays in the title.
      const language = document.documentElement.lang;
      const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
      let timeZone = document.documentElement.dataset.zone || own;
      try { Intl.DateTimeFormat(language, {timeZone}); } catch { timeZone = own; }
      const parts = {day: "numeric", month: "short", year: "numeric", timeZone}, clock = {hour: "2-digit", minute: "2-digit", timeZone};
      // Another zone than the device's is named, so that nobody misreads it.
      if (timeZone !== own) clock.timeZoneName = "short";
      const today = new Date().toLocaleDateString(language, parts);
      const localise = root => {
        for (const time of all("time[datetime]", root)) {
          const value = time.getAttribute("datetime");
          if (!value.includes("T")) continue;
          const date = new Date(value);
          if (isNaN(date)) continue;
          time.title = value;
          const day = date.toLocaleDateString(language, parts);
          // The end of something that began the same day: the day is said already.
          const since = time.dataset.since;
          if (since && new Date(since).toLocaleDateString(language, parts) === day) { time.textContent = date.toLocaleTimeString(language, clock); continue; }
          time.textContent = (day === today ? "Today" : day) + ", " + date.toLocaleTimeString(language, clock);
        }
      };
      localise(document);
      document.addEventListener("part", event => localise(event.target));

      // A table too wide for its place can be moved by the keyboard, too.
      const reach = () => {
        for (const wrap of all(".table-wrap")) {
          if (wrap.scrollWidth <= wrap.clientWidth) { wrap.removeAttribute("tabindex"); continue; }
          wrap.tabIndex = 0;
          wrap.setAttribute("role", "region");
          wrap.setAttribute("aria-label", wrap.querySelector("caption")?.textContent || "Table");
        }
      };
      reach();
      window.addEventListener("resize", reach);
      document.addEventListener("part", reach);

      // Live parts are asked for again while somebody looks; without this file a reload does the same.
      for (const part of all("[data-live]")) {
        const every = parseInt(part.dataset.live, 10);
        const again = async () => {
          try {
            if (!document.hidden) {
              const answer = await fetch(location.href, {headers: {Accept: "text/html"}});
              if (answer.redirected) { location.reload(); return; }
              const next = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
              part.classList.toggle("stale", !next);
              if (next) { part.replaceChildren(...next.childNodes); localise(part); }
            }
          } catch { part.classList.add("stale"); }
          setTimeout(again, every);
        };
        setTimeout(again, every);
      }

      // Questions before what cannot be taken back.
      document.addEventListener("submit", event => {
        const question = event.target.dataset.confirm;
        if (question && !window.confirm(question)) { event.preventDefault(); return; }
        // A second press while the first is on its way does nothing.
        if (event.target.method === "post") {
          if (event.target.dataset.sent) { event.preventDefault(); return; }
          event.target.dataset.sent = "1";
          setTimeout(() => { delete event.target.dataset.sent; }, 8000);
        }
      });
      window.addEventListener("pageshow", () => all("form[data-sent]").forEach(form => { delete form.dataset.sent; }));

      // Selects that answer at once, without their button.
      for (const control of all("[data-auto-submit]")) {
        control.addEventListener("change", () => control.form.requestSubmit());
        all("[data-auto-submit-button]", control.form).forEach(button => { button.hidden = true; });
      }

      // Filter the rows at hand while typing; Enter still asks the server.
      for (const box of all("input[data-filter]")) {
        const rows = all(box.dataset.filter + " tbody tr");
        const said = document.createElement("span");
        said.className = "visually-hidden";
        said.setAttribute("role", "status");
        box.after(said);
        box.addEventListener("input", () => {
          const wanted = box.value.trim().toLowerCase();
          let shown = 0;
          for (const row of rows) {
            row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
            if (!row.hidden) shown += 1;
          }
          said.textContent = wanted ? shown + " shown here. Press Enter to search everything." : "";
        });
      }

      // A figure keeps what was typed when its unit changes; what it comes to in the stored unit stands beside it.
      const factor = {kg: 1, lb: 0.45359237, cm: 1, in: 2.54, m: 100, "mmol/L": 1};
      for (const select of all("select[data-unit-of]")) {
        const input = document.getElementById(select.dataset.unitOf), stored = select.dataset.stored;
        const said = document.createElement("span");
        said.className = "hint";
        said.hidden = true;
        input.parentElement.after(said);
        const show = () => {
          const scale = select.value === "mg/dL" ? 1 / parseFloat(select.dataset.mg) : factor[select.value];
          const value = parseFloat(input.value.replace(",", ".")) * scale;
          said.hidden = select.value === stored || !isFinite(value);
          said.textContent = "= " + value.toFixed(1) + " " + stored;
        };
        input.addEventListener("input", show);
        select.addEventListener("change", () => { show(); input.dispatchEvent(new Event("input", {bubbles: true})); });
        show();
      }

      // Body mass index while typing.
      const preview = document.querySelector("output[data-bmi]");
      if (preview) {
        const read = code => {
          const input = document.querySelector(`input[data-measure="${code}"]`);
          if (!input) return NaN;
          const unit = document.querySelector(`select[data-unit-of="${input.id}"]`);
          return parseFloat(input.value.replace(",", ".")) * (factor[unit ? unit.value : ""] || 1);
        };
        const show = () => {
          const kg = read(preview.dataset.weight), m = read(preview.dataset.height) / 100;
          const bmi = kg / (m * m);
          preview.textContent = isFinite(bmi) && bmi > 5 && bmi < 120 ? "BMI will be " + bmi.toFixed(1) + " kg/m\u00B2" : "";
        };
        preview.form.addEventListener("input", show);
        show();
      }

      // After a refused form: to the list of what is wrong.
      const problems = document.getElementById("problems");
      if (problems) problems.focus();
    })();
    """#
}
