// Makes a questionnaire quicker to fill; everything here also works, more slowly, without it.
// Shown and hidden questions, adding and removing people, resident ID numbers, character counts.
"use strict";
(function () {
  const root = document.querySelector(".questionnaire");
  if (!root) return;
  document.documentElement.classList.add("js");
  const words = JSON.parse(root.dataset.words);
  const say = (name, values) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

  function fieldsNamed(name) {
    return root.querySelectorAll('[name="' + CSS.escape(name) + '"]');
  }

  function answersOf(name) {
    const codes = [];
    for (const field of fieldsNamed(name)) {
      if (field.type === "radio" || field.type === "checkbox") {
        if (field.checked) codes.push(field.value);
      } else if (field.value) codes.push(field.value);
    }
    return codes;
  }

  // --- questions that depend on others ---

  function holds(test) {
    const [name, codes, wanted] = test;
    return answersOf(name).some((code) => codes.includes(code)) === wanted;
  }

  function answered(test) {
    return answersOf(test[0]).length > 0;
  }

  // A whole section stays in sight until an answer rules it out, so that the length of the form is plain from the start;
  // a single question appears when it is asked. The server decides in the end.
  function refresh() {
    for (const part of root.querySelectorAll("[data-when]")) {
      const tests = JSON.parse(part.dataset.when);
      const section = part.tagName === "SECTION";
      part.hidden = !tests.every((test) => holds(test) || (section && !answered(test)));
    }
  }

  // --- people: add and remove in place ---

  const pattern = document.getElementById("person-pattern");
  const section = root.querySelector("[data-repeat]");
  const blocks = () => Array.from(root.querySelectorAll(".persons > .person"));

  function announce(sentence) {
    root.querySelector(".said").textContent = sentence;
  }

  function renumber(block, index) {
    const repeat = section.dataset.repeat;
    const old = "q-" + repeat + "-" + block.dataset.index + "-";
    const now = "q-" + repeat + "-" + index + "-";
    for (const element of block.querySelectorAll("*")) {
      for (const name of ["id", "name", "for", "aria-describedby", "data-when", "data-check-when"]) {
        const value = element.getAttribute(name);
        if (value && value.includes(old)) element.setAttribute(name, value.split(old).join(now));
      }
    }
    block.dataset.index = index;
    block.id = "person-" + (index + 1);
    block.querySelector(".person-title").textContent = say("person", { number: index + 1 });
    const remove = block.querySelector('[name="_remove"]');
    remove.value = index;
    const copying = block.querySelector('[name="_copy"]');
    if (copying) {
      copying.value = index;
      copying.hidden = !index; // the first one has nobody to be like
    }
    remove.textContent = say("removePerson", { number: index + 1 });
  }

  function renumberAll() {
    // Moving numbers down one after the other never makes two blocks share a radio group: each place is free by then.
    blocks().forEach((block, index) => {
      if (String(block.dataset.index) !== String(index)) renumber(block, index);
    });
  }

  function add() {
    const copy = pattern.content.firstElementChild.cloneNode(true);
    section.querySelector(".persons").append(copy);
    renumber(copy, blocks().length - 1);
    refresh();
    const first = copy.querySelector("input, select, textarea");
    first.focus({ preventScroll: true });
    copy.scrollIntoView({ block: "start" });
    announce(say("added", { number: blocks().length }));
  }

  function hasAnswers(block) {
    return Array.from(block.querySelectorAll("input, select, textarea")).some((field) =>
      field.type === "radio" || field.type === "checkbox" ? field.checked : field.value);
  }

  // What members of one household mostly answer alike: taken over from the first person where nothing is answered yet.
  function copy(block) {
    const labels = [];
    for (const question of block.querySelectorAll("[data-shared]")) {
      const from = blocks()[0].querySelector('[data-shared="' + question.dataset.shared + '"]');
      const fields = Array.from(question.querySelectorAll("[name]"));
      const done = fields.some((field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : field.value));
      if (!from || done) continue;
      from.querySelectorAll("[name]").forEach((field, at) => {
        if (field.type === "radio" || field.type === "checkbox") fields[at].checked = field.checked;
        else fields[at].value = field.value;
      });
      if (fields.some((field) => field.checked || (field.type !== "radio" && field.value))) {
        labels.push(question.querySelector("label, legend").firstChild.textContent.trim());
      }
    }
    refresh();
    announce(say("copied", { labels: labels.join(" · ") || "–" }));
    section.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function remove(block) {
    const number = Number(block.dataset.index) + 1;
    if (hasAnswers(block) && !window.confirm(say("remove", { number: number }))) return;
    block.remove();
    renumberAll();
    refresh();
    section.focus({ preventScroll: true });
    announce(say("removed", { number: number }));
    // A draft kept by the page hears of it as of any other change.
    section.dispatchEvent(new Event("input", { bubbles: true }));
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !pattern) return;
    if (button.name === "_add") {
      event.preventDefault();
      add();
    } else if (button.name === "_copy") {
      event.preventDefault();
      copy(button.closest(".person"));
    } else if (button.name === "_remove") {
      event.preventDefault();
      remove(button.closest(".person"));
    }
  });

  // --- resident ID numbers (GB 11643): what is wrong at once, birth date and sex filled in ---

  // The same code as in forms that are filled in the browser; until it is here, the server alone judges.
  let numbers = null;
  import("./form/resident_id.js").then((module) => { numbers = module; }).catch(() => {});

  function showError(field, sentence) {
    const place = document.getElementById(field.id + "-error");
    place.querySelector(".error-text").textContent = sentence;
    place.hidden = !sentence;
    field.closest(".question").classList.toggle("has-error", Boolean(sentence));
    const described = (field.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== place.id);
    if (sentence) {
      field.setAttribute("aria-invalid", "true");
      described.push(place.id);
    } else field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", described.join(" "));
  }

  // Leaving a field may take words away above a button or bring them up: not before the tap that left it has arrived.
  let pressed = false;
  for (const kind of ["pointerdown", "pointerup", "pointercancel"]) {
    addEventListener(kind, () => { pressed = kind === "pointerdown"; }, true);
  }
  function afterTap(work) {
    setTimeout(() => (pressed ? afterTap(work) : work()), 50);
  }

  // What the server said about an answer holds no more once the answer is another; whether the new one is right it says at the end.
  function takeBack(field) {
    const question = field.closest(".question.has-error");
    const place = question && question.querySelector(".error");
    if (!place || field.dataset.check || root.classList.contains("paged")) return;
    place.hidden = true;
    question.classList.remove("has-error");
    for (const each of question.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
    for (const line of document.querySelectorAll("#error-summary a")) {
      const about = document.getElementById(line.hash.slice(1));
      if (about && question.contains(about)) line.closest("li").remove();
    }
    const summary = document.getElementById("error-summary");
    if (summary && !summary.querySelector("li")) summary.hidden = true;
  }

  function fillFrom(field, number) {
    const prefix = field.name.slice(0, field.name.lastIndexOf("-") + 1);
    const parts = numbers.idParts(number);
    let filled = false;
    const birth = fieldsNamed(prefix + "birth_date")[0];
    if (birth && (!birth.value || birth.dataset.filled)) {
      birth.value = parts.birth;
      birth.dataset.filled = "yes";
      filled = true;
    }
    const sexes = Array.from(fieldsNamed(prefix + "sex"));
    if (sexes.length && (!sexes.some((sex) => sex.checked) || sexes[0].dataset.filled)) {
      for (const sex of sexes) sex.checked = sex.value === parts.sex;
      sexes[0].dataset.filled = "yes";
      filled = true;
    }
    if (filled) announce(words.filled);
    refresh();
  }

  function checkId(field) {
    if (field.dataset.checkWhen && !JSON.parse(field.dataset.checkWhen).every(holds)) {
      showError(field, "");
      return;
    }
    if (!numbers) return;
    const number = numbers.plain(field.value);
    const wrong = number ? numbers.idProblem(number) : "";
    const problem = wrong && say(wrong, { count: number.length });
    showError(field, problem);
    if (number && !problem) fillFrom(field, number);
  }

  const plainWords = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

  // --- numbers: no number, or out of bounds; the server judges everything else ---

  const SHAPES = { integer: /^[+-]?\d{1,15}$/, decimal: /^[+-]?\d{1,12}(\.\d{0,6})?$/ };

  function checkNumber(field) {
    const text = plainWords(field.value);
    const { check, least, most, wrong } = field.dataset;
    const out = (least && Number(text) < Number(least)) || (most && Number(text) > Number(most));
    showError(field, !text ? "" : !SHAPES[check].test(text) ? words[check] : out ? wrong : "");
  }

  // --- long lists: a few letters find the choice ---

  function filter(field) {
    const question = field.closest(".question");
    const wanted = plainWords(field.value);
    const fits = (text) => plainWords(text).includes(wanted);
    const list = question.querySelector("select");
    let count = 0;
    if (list) {
      list.all = list.all || Array.from(list.options);
      const shown = list.all.filter((option) => !option.value || option.selected || fits(option.text));
      const chosen = list.value;
      list.replaceChildren(...shown);
      list.value = chosen;
      const found = shown.filter((option) => option.value && fits(option.text));
      count = found.length;
      if (wanted && count === 1 && list.value !== found[0].value) {
        list.value = found[0].value;
        list.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    for (const tile of question.querySelectorAll(".tile")) {
      tile.hidden = !fits(tile.textContent) && !tile.querySelector("input").checked;
      count += !tile.hidden;
    }
    question.querySelector(".filter [role=status]").textContent = say("filtered", { count: count });
  }

  // --- counting characters, as the server counts them (code points) ---

  function count(area) {
    const place = document.getElementById(area.id + "-count");
    const left = Number(area.dataset.limit) - Array.from(area.value).length;
    place.textContent = left < 0 ? say("over", { count: -left }) : left < 200 ? say("left", { count: left }) : "";
    place.classList.toggle("over", left < 0);
  }

  root.addEventListener("input", (event) => {
    const field = event.target;
    if ("filter" in field.dataset) filter(field);
    if (field.dataset.limit) count(field);
    if (field.dataset.filled) delete field.dataset.filled;
    if (field.dataset.check === "resident-id" && numbers && numbers.plain(field.value).length === 18) checkId(field);
  });

  root.addEventListener("change", (event) => {
    const field = event.target;
    const typed = field.matches("textarea, input:not([type=radio]):not([type=checkbox])"); // left by a tap somewhere else
    if (typed) afterTap(() => follows(field));
    else follows(field);
    if (field.name) afterTap(() => takeBack(field));
  });

  function follows(field) {
    refresh();
    if (field.type === "radio") {
      for (const other of fieldsNamed(field.name)) delete other.dataset.filled;
      const block = field.closest(".person");
      const id = block && block.querySelector('[data-check="resident-id"]');
      // Another kind of document: what was said about the number may no longer hold.
      if (id && id.dataset.checkWhen && id.dataset.checkWhen.includes(JSON.stringify(field.name))) checkId(id);
    }
    if (field.dataset.check === "resident-id") checkId(field);
    if (field.dataset.check in SHAPES) checkNumber(field);
  }

  function begin() {
    refresh();
    root.querySelectorAll("[data-limit]").forEach(count);
  }

  begin();
  const summary = document.getElementById("error-summary");
  const told = root.querySelector(".notice[tabindex]");
  const first = root.querySelector("[autofocus]");
  if (summary) summary.focus();
  else if (told) (first || told).focus();
  // A draft put back by the page changes answers without events of the user's own.
  document.addEventListener("questionnaire:changed", () => {
    renumberAll();
    begin();
  });
  root.addEventListener("questionnaire:fresh", begin);
})();
