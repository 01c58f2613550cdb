// The one script: it makes pages nicer and nothing depends on it.

enum Script {
    static let text = #"""
    // Fitech: enhancement only. Every page works without this file.
    (() => {
      "use strict";
      const all = (selector, root = document) => [...root.querySelectorAll(selector)];

      // Times in the reader's own zone; the exact moment stays in the title.
      const day = new Intl.DateTimeFormat(undefined, {dateStyle: "medium"});
      const moment = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "short"});
      for (const time of all("time[datetime]")) {
        const value = time.getAttribute("datetime");
        if (!value.includes("T")) continue;
        const date = new Date(value);
        if (isNaN(date)) continue;
        time.title = value;
        const near = date.toDateString() === new Date().toDateString();
        time.textContent = near ? "Today, " + date.toLocaleTimeString(undefined, {timeStyle: "short"}) : moment.format(date);
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

      // Units: changing the unit of a field that holds a value converts the value.
      const factor = {kg: 1, lb: 0.45359237, cm: 1, in: 2.54, "mmol/L": 1};
      for (const select of all("select[data-unit-of]")) {
        let before = select.value;
        select.addEventListener("change", () => {
          const input = document.getElementById(select.dataset.unitOf);
          const mg = parseFloat(select.dataset.mg);           // mg/dL per mmol/L of this substance
          const scale = unit => unit === "mg/dL" ? 1 / mg : factor[unit];
          const value = parseFloat(input.value.replace(",", "."));
          if (isFinite(value) && scale(before) && scale(select.value)) {
            input.value = String(Math.round(value * scale(before) / scale(select.value) * 100) / 100);
          }
          before = select.value;
          input.dispatchEvent(new Event("input", {bubbles: true}));
        });
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
